#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example servers, and those who visit them: curl, nc, wrk, and Python's socket."""

import contextlib
import os
import re
import resource
import select
import shlex
import signal
import socket
import subprocess

import peers


@contextlib.contextmanager
def running(variable, *arguments):
    """The address of a server that runs meanwhile, ends when it is told to, and has nothing to say."""
    if variable not in os.environ:
        raise peers.Skip('that example is not built')
    command = [*shlex.split(os.environ[variable]), *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            port = int(re.search(r':(\d+)', process.stdout.readline()).group(1))
            yield '127.0.0.1', port
            assert process.poll() is None, 'it ended by itself'
            process.send_signal(signal.SIGTERM)
            output, errors = process.communicate(timeout=peers.TIMEOUT)
            assert process.returncode == 0 and errors == '', errors
        finally:
            process.kill()


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
        with running(variable, folder) as (host, port):
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


ECHO = {language.lower(): (f'GSOCK_ECHO_SERVER_{language}',) for language in ('C', 'PYTHON', 'JS', 'LUA', 'VALA')}


@peers.cases(**ECHO)
def nc_gets_it_back(variable):
    data = os.urandom(5_000_000)
    with running(variable) as (_, port):
        assert output_of('nc', '-N', '127.0.0.1', str(port), stdin=data) == data


@peers.cases(**ECHO)
def many_at_a_time(variable):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    n = min(2000, min(hard, 8192) - 100)
    with running(variable) as address:
        sockets = [socket.create_connection(address, timeout=peers.TIMEOUT) for _ in range(n)]
        for number, visitor in enumerate(sockets):
            visitor.sendall(b'%6d' % number)
        for number, visitor in enumerate(sockets):
            assert visitor.recv(100) == b'%6d' % number
        for visitor in sockets:
            visitor.close()


@peers.cases(**ECHO)
def a_slow_reader_is_waited_for(variable):
    with running(variable) as address, socket.create_connection(address, timeout=peers.TIMEOUT) as visitor:
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


peers.main()
