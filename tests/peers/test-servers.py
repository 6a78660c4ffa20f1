#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example servers, and those who visit them: curl, nc, wrk, and Python's socket."""

import contextlib
import os
import re
import resource
import select
import socket
import subprocess
import threading

import peers
from gi.repository import Gio


def output_of(*command, stdin=None):
    return subprocess.run([peers.program(command[0]), *command[1:]], input=stdin, stdout=subprocess.PIPE, check=True,
                          timeout=peers.TIMEOUT).stdout


@contextlib.contextmanager
def website(variable):
    with peers.folder() as folder:
        pages = {'index.html': b'<h1>page</h1>', 'empty.txt': b'', 'large.bin': os.urandom(3_000_000)}
        for name, content in pages.items():
            with open(os.path.join(folder, name), 'wb') as file:
                file.write(content)
        with peers.running(variable, folder) as (host, port):
            yield f'http://{host}:{port}', pages, port


HTTP = {language.lower(): (f'GSOCK_HTTP_SERVER_{language}',) for language in ('C', 'PYTHON', 'JS')}
TOLD = {
    'missing': ('/nothing', [], '404'),
    'outside': ('/../../../etc/passwd', ['--path-as-is'], '404'),
    'escaped': ('/%2e%2e/%2e%2e/etc/passwd', ['--path-as-is'], '404'),
    'folder': ('/..', ['--path-as-is'], '404'),
    'method': ('/', ['-X', 'DELETE'], '405'),
    'large': ('/', ['-H', 'X: ' + 'x' * 9000], '431'),
    'old': ('/', ['-0'], '200'),
}


@peers.cases(**HTTP)
def curl_gets_files(variable):
    with website(variable) as (url, pages, _):
        assert output_of('curl', '-sf', url + '/') == pages['index.html']
        names = sorted(pages)
        together = output_of('curl', '-sf', *(f'{url}/{name}' for name in names * 3))
        assert together == b''.join(pages[name] for name in names * 3)
        head = output_of('curl', '-sI', url + '/large.bin')
        assert b'200 OK' in head and b'Content-Length: 3000000' in head, head


@peers.cases(**HTTP)
def curl_is_told(variable):
    with website(variable) as (url, _, _):
        for path, options, code in TOLD.values():
            told = output_of('curl', '-s', '-o', os.devnull, '-w', '%{http_code}', *options, url + path).decode()
            assert told == code, (path, told)


@peers.cases(**HTTP)
def nc_sends_several_requests_at_once(variable):
    with website(variable) as (_, pages, port):
        request = b'GET / HTTP/1.1\r\n\r\n' * 20 + b'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'
        answer = output_of('nc', '127.0.0.1', str(port), stdin=request)
        assert answer.count(b'HTTP/1.1 200 OK') == answer.count(pages['index.html']) == 21, answer
        assert b'400 Bad Request' in output_of('nc', '127.0.0.1', str(port), stdin=b'nonsense\r\n\r\n')


@peers.cases(**HTTP)
def wrk_meets_no_error(variable):
    with website(variable) as (url, _, _):
        report = output_of('wrk', '-t1', '-c100', '-d1', url + '/').decode()
        assert 'Socket errors' not in report and 'Non-2xx' not in report, report
        assert int(re.search(r'(\d+) requests in', report).group(1)) > 100, report


ECHO = peers.in_each_language('ECHO_SERVER')


@peers.cases(**ECHO)
def nc_gets_it_back(variable):
    data = os.urandom(5_000_000)
    with peers.running(variable) as (_, port):
        assert output_of('nc', '-N', '127.0.0.1', str(port), stdin=data) == data


@peers.cases(**ECHO)
def many_at_a_time(variable):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    n = min(2000, min(hard, 8192) - 100)
    with peers.running(variable) as address:
        sockets = [socket.create_connection(address, timeout=peers.TIMEOUT) for _ in range(n)]
        for number, visitor in enumerate(sockets):
            visitor.sendall(b'%6d' % number)
        for number, visitor in enumerate(sockets):
            assert visitor.recv(100) == b'%6d' % number
        for visitor in sockets:
            visitor.close()


@peers.cases(**ECHO)
def a_slow_reader_is_waited_for(variable):
    with peers.running(variable) as address, socket.create_connection(address, timeout=peers.TIMEOUT) as visitor:
        visitor.setblocking(False)
        chunk, sent = b'x' * 65536, 0
        while select.select([], [visitor], [], 0.2)[1]:
            sent += visitor.send(chunk)
        # It has stopped reading; another is served all the same.
        with socket.create_connection(address, timeout=peers.TIMEOUT) as other:
            other.sendall(b'hello')
            assert other.recv(100) == b'hello'
        visitor.settimeout(peers.TIMEOUT)
        visitor.shutdown(socket.SHUT_WR)
        got = 0
        while data := visitor.recv(1 << 20):
            got += len(data)
        assert got == sent, (got, sent)


@contextlib.contextmanager
def certificate():
    """Of a server that is called gsock.test, with its key."""
    with peers.folder() as folder:
        names = [os.path.join(folder, name) for name in ('certificate.pem', 'key.pem')]
        subprocess.run([peers.program('openssl'), 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
                        '-subj', '/CN=gsock.test', '-addext', 'subjectAltName=DNS:gsock.test',
                        '-out', names[0], '-keyout', names[1]], stderr=subprocess.DEVNULL, check=True)
        yield names


@peers.test
def openssl_gets_it_back():
    if not Gio.TlsBackend.get_default().supports_tls():
        raise peers.Skip('GIO has no backend for TLS here: glib-networking is not installed')
    data = b'what is sent by TLS\n' * 50_000
    with certificate() as names, peers.running('GSOCK_TLS_ECHO_SERVER_C', *names) as (host, port):
        command = [peers.program('openssl'), 's_client', '-quiet', '-no_ign_eof', '-connect', f'{host}:{port}', '-CAfile', names[0],
                   '-verify_return_error', '-verify_hostname', 'gsock.test', '-servername', 'gsock.test']
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as visitor:
            try:
                sending = threading.Thread(target=lambda: visitor.stdin.write(data) and visitor.stdin.flush())
                sending.start()
                assert visitor.stdout.read(len(data)) == data
                sending.join()
                visitor.stdin.close()
                assert visitor.wait(peers.TIMEOUT) == 0
            finally:
                visitor.kill()


peers.main()
