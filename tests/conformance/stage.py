# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the cases of a manifest can meet: somebody who listens, files of sockets, folders, descriptors."""

import os
import selectors
import shutil
import socket
import tempfile
import threading

LONGEST = 107


class Stage:
    """Everything has a name in `places`, as tests/teststage.h has it for the tests in C:

    port, udp    ports of 127.0.0.1 at which somebody listens, and receives
    free         one that is taken, and where nobody listens
    stream, seqpacket, datagram    files of sockets of these types, which listen or receive
    file         a file that is no socket
    regular, pipe    descriptors that are inherited, and no sockets
    large        bytes that are one more than a datagram has

    Those that each case has of its own: dir, an empty folder; stale, a file that a socket has left
    behind; long and longest, file names that are one byte too long and that are not; self, its number.
    """

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='gsock-')
        self.selector = selectors.DefaultSelector()
        self.connections, self.kept = [], []
        internet = [self.internet(kind) for kind in (socket.SOCK_STREAM, socket.SOCK_STREAM, socket.SOCK_DGRAM)]
        self.places = dict(zip(('port', 'free', 'udp'), (str(one.getsockname()[1]) for one in internet)))
        self.serve(internet[0])
        self.drain(internet[2])
        for name, kind in (('stream', socket.SOCK_STREAM), ('seqpacket', socket.SOCK_SEQPACKET), ('datagram', socket.SOCK_DGRAM)):
            made = self.local(kind, self.path(name))
            self.drain(made) if name == 'datagram' else self.serve(made)
            self.places[name] = self.path(name)
        self.places['large'] = f'b"{"x" * 65508}"'
        self.make_others()
        self.stop, self.woken = os.pipe()
        self.selector.register(self.stop, selectors.EVENT_READ, None)
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def internet(self, kind):
        made = socket.socket(socket.AF_INET, kind)
        made.bind(('127.0.0.1', 0))
        self.kept.append(made)
        return made

    def local(self, kind, path):
        made = socket.socket(socket.AF_UNIX, kind)
        made.bind(path)
        self.kept.append(made)
        return made

    def make_others(self):
        with open(self.path('file'), 'w') as file:
            file.write('text')
        self.places['file'] = self.path('file')
        self.inherited = [os.open(self.path('file'), os.O_RDONLY), *os.pipe()]
        self.places['regular'], self.places['pipe'] = map(str, self.inherited[:2])

    def serve(self, listener):
        listener.listen(64)
        self.selector.register(listener, selectors.EVENT_READ, self.accept)

    def drain(self, receiver):
        self.selector.register(receiver, selectors.EVENT_READ, lambda one: one.recv(65536))

    def accept(self, listener):
        self.connections.append(listener.accept()[0])
        while len(self.connections) > 100:
            self.connections.pop(0).close()

    def run(self):
        while True:
            for key, _ in self.selector.select():
                if key.data is None:
                    return
                key.data(key.fileobj)

    def of_case(self, number):
        """The places that a case has of its own."""
        folder = self.path(str(number))
        os.mkdir(folder)
        stale = self.path(f'{number}s')
        self.local(socket.SOCK_STREAM, stale)
        self.kept.pop().close()
        longest = folder + '/' + 'l' * (LONGEST - len(folder) - 1)
        return {'self': str(number), 'dir': folder, 'stale': stale, 'longest': longest, 'long': longest + 'l'}

    def close(self):
        os.close(self.woken)
        self.thread.join()
        os.close(self.stop)
        self.selector.close()
        for one in self.kept + self.connections:
            one.close()
        for fd in self.inherited:
            os.close(fd)
        shutil.rmtree(self.folder)
