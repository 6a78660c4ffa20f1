#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compiles and runs every C, Python, JavaScript, Lua, Ruby, Vala and Lisp snippet of the guides, and prints TAP.

Usage: test-snippets.py SOURCE-FOLDER BUILD-FOLDER C-COMPILER PYTHON GJS LUA GUILE SBCL VALAC RUBY

An interpreter or compiler that is not there is given as "-", and its snippets are skipped. A snippet is a whole
program (C and Vala with a main function), or a fragment that is run where these are there to be used:

  server       a passive socket at the loopback address, and its port
  client peer  two ends of a connection to it
  udp          a datagram socket that is bound to the loopback address
  left right   a pair of local sockets
  cancellable  a GCancellable; in C also error and buffer

A fragment of C or Vala that begins with a definition is put outside of any function, and only compiled; so
are the snippets of the doc comments, for which there is a socket. Every name of a C function that a
guide mentions has to be declared in a header.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

GUIDES = ('README.md', 'CONTRIBUTING.md', 'docs/*.md')
TIMEOUT = 60
WHOLE = {'c': r'^main \(', 'python': r'^from gi.repository import .*GSock', 'js': r'gi://GSock',
         'lua': r"lgi.require", 'ruby': r"^require 'gsock'", 'scheme': r'use-modules', 'lisp': r'defpackage',
         'vala': r'^(int|void) main \('}
# How what stands outside of functions begins.
DEFINITIONS = {'c': r'static|typedef|struct|G_D|#', 'vala': r'(public |async )?(class|async|void) '}

C_FIXTURES = '''#include <gsock/gsock.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define U G_GNUC_UNUSED
static U GSockSocket *server, *client, *peer, *udp, *left, *right;
static U GCancellable *cancellable;
static U GError *error;
static U int port;
static U char buffer[1500];

static void
make_fixtures (void)
{
  cancellable = g_cancellable_new ();
  server = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL);
  port = gsock_socket_get_local_port (server);
  client = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", port, NULL);
  peer = GSOCK_SOCKET (gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (server), NULL, &error, NULL));
  udp = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
  if (!gsock_make_socket_pair (&left, &right, &error, NULL))
    abort ();
}
'''
C_MAIN = '''
static void (*const snippets[]) (void) = { %s };

int
main (int argc, char **argv)
{
  make_fixtures ();
  snippets[atoi (argv[1])] ();
  if (error != NULL)
    g_printerr ("%%s\\n", error->message);
  return error != NULL;
}
'''
PYTHON_FIXTURES = '''import gi
gi.require_version('GSock', '1')
from gi.repository import Gio, GLib, GSock
cancellable = Gio.Cancellable()
server = GSock.make_socket(connect='passive', local_host='127.0.0.1')
port = server.props.local_port
client = GSock.make_socket(remote_host='127.0.0.1', remote_port=port)
peer = server.accept_connection()
udp = GSock.make_socket(type='datagram', local_host='127.0.0.1')
left, right = GSock.make_socket_pair()
'''
JS_FIXTURES = '''import GSock from 'gi://GSock?version=1';
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
const cancellable = new Gio.Cancellable();
const server = GSock.make_socket({connect: 'passive', localHost: '127.0.0.1'});
const port = server.localPort;
const client = GSock.make_socket({remoteHost: '127.0.0.1', remotePort: port});
const peer = server.accept_connection();
const udp = GSock.make_socket({type: 'datagram', localHost: '127.0.0.1'});
const [left, right] = GSock.make_socket_pair();
'''
LUA_FIXTURES = '''local lgi = require 'lgi'
local Gio, GLib = lgi.Gio, lgi.GLib
local GSock = lgi.require('GSock', '1')
local cancellable = Gio.Cancellable()
local server = GSock.make_socket{connect = 'passive', local_host = '127.0.0.1'}
local port = server.local_port
local client = GSock.make_socket{remote_host = '127.0.0.1', remote_port = port}
local peer = server:accept_connection()
local udp = GSock.make_socket{type = 'datagram', local_host = '127.0.0.1'}
local left, right = GSock.make_socket_pair()
'''
RUBY_FIXTURES = '''require 'gsock'
cancellable = Gio::Cancellable.new
server = GSock.make_socket(connect: :passive, local_host: '127.0.0.1')
port = server.local_port
client = GSock.make_socket(remote_host: '127.0.0.1', remote_port: port)
peer = server.accept_connection
udp = GSock.make_socket(type: :datagram, local_host: '127.0.0.1')
left, right = GSock.make_socket_pair
'''
SCHEME_FIXTURES = '''(use-modules (gsock) (ice-9 receive) (rnrs bytevectors))
(define udp (make-socket #:type 'datagram #:local-host "127.0.0.1"))
'''
LISP_FIXTURES = '''(load "examples/lisp/gsock.lisp")
(use-package :gsock)
(defvar udp (make-socket :type :datagram :local-host "127.0.0.1"))
'''
VALA_FIXTURES = '''const string LOCALHOST = "127.0.0.1";
GSock.PassiveSocket server;
GSock.ActiveSocket client;
GSock.ActiveSocket peer;
GSock.Socket udp;
GSock.Socket left;
GSock.Socket right;
GLib.Cancellable cancellable;
int port;

void make_fixtures () throws GLib.Error {
	cancellable = new GLib.Cancellable ();
	server = (GSock.PassiveSocket) GSock.make_socket (null, "connect", GSock.Role.PASSIVE, "local-host", LOCALHOST);
	port = server.local_port;
	client = (GSock.ActiveSocket) GSock.make_socket (null, "remote-host", LOCALHOST, "remote-port", port);
	peer = server.accept_connection (null);
	udp = GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", LOCALHOST);
	GSock.make_socket_pair (out left, out right);
}
'''
VALA_MAIN = '''
int main (string[] args) {
	try {
		make_fixtures ();
		switch (int.parse (args[1])) {
%s		}
	} catch (GLib.Error error) {
		printerr ("%%s\\n", error.message);
		return 1;
	}
	return 0;
}
'''
FIXTURES = {'python': PYTHON_FIXTURES, 'js': JS_FIXTURES, 'lua': LUA_FIXTURES, 'scheme': SCHEME_FIXTURES,
            'lisp': LISP_FIXTURES, 'ruby': RUBY_FIXTURES}


class Snippet:
    def __init__(self, language, text, where):
        self.language = language
        self.text = text
        self.where = where
        self.is_program = re.search(WHOLE[language], text, re.M) is not None
        self.is_definition = re.match(DEFINITIONS.get(language, 'none'), text) is not None and not self.is_program
        self.is_comment = where.startswith('gsock/')


def read(*path):
    with open(os.path.join(*path), encoding='utf-8') as file:
        return file.read()


def fences(text, where):
    for match in re.finditer(r'^```(c|python|js|lua|ruby|vala|scheme|lisp)\n(.*?)^```$', text, re.S | re.M):
        yield Snippet(match[1], match[2], f'{where}:{text.count(chr(10), 0, match.start()) + 1}')


def find_snippets(source):
    for pattern in GUIDES:
        for path in sorted(glob.glob(os.path.join(source, pattern))):
            yield from fences(read(path), os.path.relpath(path, source))
    for path in sorted(glob.glob(os.path.join(source, 'gsock', '*.[ch]'))):
        text = re.sub(r'^ \* ?', '', read(path), flags=re.M)
        yield from fences(text, os.path.relpath(path, source))


def find_undeclared(source):
    """Names in the guides that look like C functions and are none."""
    headers = ''.join(read(path) for path in glob.glob(os.path.join(source, 'gsock', '*.h')))
    for pattern in GUIDES:
        for path in sorted(glob.glob(os.path.join(source, pattern))):
            for name in sorted(set(re.findall(r'\bgsock_\w*[a-z]\b', read(path)))):
                if re.search(rf'\b{name}\b', headers) is None:
                    yield f'{os.path.relpath(path, source)}: {name}'


def run(command, environment=None):
    """None when all is well, else what was printed."""
    try:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return f'no end after {TIMEOUT} seconds'
    return None if done.returncode == 0 else f'{done.stdout}exit status {done.returncode}'


class Tester:
    def __init__(self, source, build, compiler, python, gjs, lua, guile, sbcl, valac, ruby):
        self.source = source
        self.build = build
        self.compiler = compiler
        self.valac = valac
        self.interpreters = {'python': (python, []), 'js': (gjs, ['-m']), 'lua': (lua, []),
                             'ruby': (ruby, []),
                             'scheme': (guile, ['-L', os.path.join(source, 'examples', 'lisp')]),
                             'lisp': (sbcl, ['--script'])}
        self.folder = tempfile.TemporaryDirectory(prefix='gsock-snippets-')
        self.environment = dict(os.environ, G_DEBUG='fatal-criticals', GUILE_AUTO_COMPILE='0')
        self.pkg_config = dict(os.environ, PKG_CONFIG_PATH=os.path.join(self.build, 'meson-uninstalled'))
        self.number = 0
        self.failed = False

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write(text)
        return self.path(name)

    def tell(self, name, problem, skip=None):
        self.number += 1
        self.failed = self.failed or problem is not None
        print(f'{"not ok" if problem else "ok"} {self.number} - {name}' + (f' # SKIP {skip}' if skip else ''))
        for line in (problem or '').rstrip().split('\n'):
            if line:
                print(f'# {line}')

    def compile(self, text, name):
        flags = subprocess.run(['pkg-config', '--cflags', '--libs', 'gsock-1'], env=self.pkg_config,
                               capture_output=True, text=True, check=True).stdout.split()
        libraries = os.path.join(self.build, 'gsock')
        return run([*self.compiler.split(), '-Wall', '-Wextra', '-Werror', '-Wno-unused', '-Wno-unused-parameter',
                    '-o', self.path(name), self.write(name + '.c', text), *flags, f'-Wl,-rpath,{libraries}'])

    def test_program(self, snippet):
        self.tell(snippet.where, self.compile(snippet.text, 'program') or run([self.path('program')], self.environment))

    def test_fragments(self, snippets):
        """All of them in one program, which is told which to run."""
        if not snippets:
            return
        functions = ''.join(f'\nstatic void\nsnippet_{i} (void)\n{{\n#line 1 "{snippet.where}"\n{snippet.text}}}\n'
                            for i, snippet in enumerate(snippets))
        table = ', '.join(f'snippet_{i}' for i in range(len(snippets)))
        problem = self.compile(C_FIXTURES + functions + C_MAIN % table, 'fragments')
        for i, snippet in enumerate(snippets):
            self.tell(snippet.where, problem or run([self.path('fragments'), str(i)], self.environment))

    def test_compiled_only(self, snippet):
        if snippet.is_definition:
            text = f'{C_FIXTURES}\n{snippet.text}\nint main (void) {{ make_fixtures (); return 0; }}\n'
        else:
            text = f'{C_FIXTURES}\nint\nmain (void)\n{{\nGSockSocket *socket U = udp;\n{snippet.text}\nmake_fixtures ();\nreturn 0;\n}}\n'
        self.tell(snippet.where + ' (compiled)', self.compile(text, 'compiled'))

    def compile_vala(self, text, name):
        return run([self.valac, '--quiet', '--vapidir', os.path.join(self.build, 'introspection', 'vala', 'vapi'), '--pkg', 'gio-2.0', '--pkg', 'gsock-1',
                    '--pkg', 'posix', '-X', '-w', '-X', '-Wl,-rpath,' + os.path.join(self.build, 'gsock'), '-o', self.path(name),
                    self.write(name + '.vala', text)], self.pkg_config)

    def test_vala(self, snippets):
        """As in C: all fragments, and the definitions, in one program."""
        fragments = []
        for snippet in snippets:
            if self.valac == '-':
                self.tell(snippet.where, None, skip='nothing here compiles vala')
            elif snippet.is_program:
                problem = self.compile_vala(snippet.text, 'program')
                self.tell(snippet.where, problem or run([self.path('program')], self.environment))
            else:
                fragments.append(snippet)
        if not fragments:
            return
        text, cases = VALA_FIXTURES, ''
        for i, snippet in enumerate(fragments):
            if snippet.is_definition:
                text += f'\n// {snippet.where}\n{snippet.text}'
            else:
                text += f'\n// {snippet.where}\nvoid snippet_{i} () throws GLib.Error {{\n{snippet.text}}}\n'
                cases += f'\t\tcase {i}:\n\t\t\tsnippet_{i} ();\n\t\t\tbreak;\n'
        problem = self.compile_vala(text + VALA_MAIN % cases, 'fragments-vala')
        for i, snippet in enumerate(fragments):
            self.tell(snippet.where + (' (compiled)' if snippet.is_definition else ''),
                      problem or run([self.path('fragments-vala'), str(i)], self.environment))

    def test_script(self, snippet):
        interpreter, options = self.interpreters[snippet.language]
        if interpreter == '-':
            self.tell(snippet.where, None, skip=f'nothing here runs {snippet.language}')
            return
        text = snippet.text if snippet.is_program else FIXTURES[snippet.language] + snippet.text
        script = self.write('snippet.' + snippet.language, text)
        self.tell(snippet.where, run([interpreter, *options, script], self.environment))

    def test_all(self):
        snippets = list(find_snippets(self.source))
        undeclared = list(find_undeclared(self.source))
        self.tell('every C function that a guide mentions is declared', '\n'.join(undeclared) or None)
        code = [snippet for snippet in snippets if snippet.language == 'c']
        whole = [snippet for snippet in code if snippet.is_program]
        single = [snippet for snippet in code if not snippet.is_program and (snippet.is_definition or snippet.is_comment)]
        self.test_fragments([snippet for snippet in code if snippet not in whole and snippet not in single])
        for snippet in whole:
            self.test_program(snippet)
        for snippet in single:
            self.test_compiled_only(snippet)
        self.test_vala([snippet for snippet in snippets if snippet.language == 'vala'])
        for snippet in snippets:
            if snippet.language not in ('c', 'vala'):
                self.test_script(snippet)
        print(f'1..{self.number}')
        return 1 if self.failed else 0


def main():
    sys.exit(Tester(*sys.argv[1:]).test_all())


main()
