# SPDX-License-Identifier: LGPL-2.1-or-later
"""What does not block, as Python has it. With a callback the asynchronous operators run in a GLib main
context; without one they are awaited, in the event loop of asyncio.
"""

import asyncio
import concurrent.futures
import contextlib
import functools
import math
import threading

from gi.repository import Gio, GLib

from . import GSock as face
from . import _GSock_datagrams as datagrams
from ._GSock_handover import pairs_of
from .GSock import (GSock, ConnectionInProgress, InvalidKeyword, Received, TimedOut, WouldBlock, call_next, pack,
                    to_address, to_bytes, to_condition)

Socket, ActiveSocket, PassiveSocket = GSock.Socket, GSock.ActiveSocket, GSock.PassiveSocket

# How long to let a local socket be whose queue is full: nothing tells when there is room.
PAUSE = 0.005


# In asyncio's loop

def wake_all(waiting):
    for future in waiting:
        if not future.done():
            future.set_result(None)


def give_up(future, operator):
    if not future.done():
        future.set_exception(TimedOut(f'{operator}: the time is up'))


def forget(loop, fd, writing):
    (loop.remove_writer if writing else loop.remove_reader)(fd)


def leave(places, key, future):
    """Whoever has closed the socket has taken the place away: its number may be another's by now."""
    place = places.get(key, ())
    if future in place:
        place.remove(future)
        if not place:
            del places[key]
            forget(*key)


async def become_ready(self, operator, writing, deadline):
    """Several may wait for the same of one socket; a loop has one place for it."""
    loop, fd = asyncio.get_running_loop(), self.fileno()
    places, key = self.__dict__.setdefault('_awaited', {}), (loop, fd, writing)
    place, future = places.setdefault(key, []), loop.create_future()
    timers = [] if deadline is None else [loop.call_at(deadline, give_up, future, operator)]
    try:
        place.append(future)
        if len(place) == 1:
            (loop.add_writer if writing else loop.add_reader)(fd, wake_all, place)
        # Another thread that closes it may have looked before.
        if '_closing' in self.__dict__ or not self.is_open():
            timers.append(loop.call_later(PAUSE, wake_all, [future]))
        await future
    except (KeyError, OSError):
        # The number is nobody's any more, or is being taken away; what is tried next tells of it.
        if self.is_open() and '_closing' not in self.__dict__:
            raise
    finally:
        leave(places, key, future)
        for timer in timers:
            timer.cancel()


def end_waits(self):
    """Before the number is closed, which the loops do not notice."""
    places = self.__dict__.pop('_awaited', {})
    while places:
        key, place = places.popitem()
        loop = key[0]
        # One that is closed has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(wake_all, list(place))
            forget(*key)


def check_patience(operator, wait, timeout):
    """What C would refuse, which is never told of these."""
    if not isinstance(wait, (int, float)) or wait not in (0, 1):
        raise InvalidKeyword(f'{operator}: wait takes a boolean, not {wait!r}')
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float, type(None))):
        raise InvalidKeyword(f'{operator}: timeout takes a number of seconds, not {timeout!r}')
    if timeout is not None and math.isnan(timeout):
        raise InvalidKeyword(f'{operator}: timeout is not a number')


def never_waits(keywords):
    """Whether a flag says so."""
    flags = keywords.get('flags')
    if isinstance(flags, str) and 'dont-wait' in flags.lower().replace('_', '-'):
        return True
    return bool(keywords.get('dont_wait')) or (isinstance(flags, int) and bool(flags & GSock.MessageFlags.DONT_WAIT))


def deadline_of(self, operator, wait, timeout):
    check_patience(operator, wait, timeout)
    timeout = self.props.timeout if timeout in (None, GSock.TIMEOUT_DEFAULT) else timeout
    return None if timeout < 0 else asyncio.get_running_loop().time() + timeout


async def pause(operator, deadline):
    if deadline is not None and asyncio.get_running_loop().time() >= deadline:
        raise TimedOut(f'{operator}: the time is up')
    await asyncio.sleep(PAUSE)


async def become_writable(self, operator, deadline):
    """The socket itself may be ready where the queue of a local receiver is full."""
    if self.get_address_family() == GSock.AddressFamily.LOCAL and self.get_socket_type() == GSock.SocketType.DATAGRAM:
        await pause(operator, deadline)
    else:
        await become_ready(self, operator, True, deadline)


async def attempt(self, operator, writing, call, *, wait=True, timeout=None, **keywords):
    """It is received when nobody can cancel it any more: who is cancelled has received nothing."""
    deadline = deadline_of(self, operator, wait, timeout)
    while True:
        try:
            return call(wait=False, **keywords)
        except WouldBlock:
            if not wait or never_waits(keywords):
                raise
        if writing:
            await become_writable(self, operator, deadline)
        else:
            await become_ready(self, operator, False, deadline)


async def receive_from(self, size=65536, **keywords):
    return await attempt(self, 'receive-from', False, functools.partial(self.receive_from, size), **keywords)


async def receive_message(self, size=65536, **keywords):
    call = functools.partial(self.receive_message, size)
    return await attempt(self, 'receive-message', False, call, **keywords)


async def receive_many(self, most, batch=None, **keywords):
    call = functools.partial(self.receive_many, most, batch)
    return await attempt(self, 'receive-many', False, call, **keywords)


async def accept_connection(self, **keywords):
    return await attempt(self, 'accept-connection', False, self.accept_connection, **keywords)


def make_carrier(name):
    """Of descriptors, sockets and credentials, which are one message each."""
    operator, writing = name.replace('_', '-'), name.startswith('send')

    async def carry(self, *arguments, **keywords):
        own = {key: keywords.pop(key) for key in BY_NAME if key in keywords}
        call = functools.partial(getattr(self, name), *arguments, **own)
        return await attempt(self, operator, writing, call, **keywords)
    return carry


CARRIERS = ('receive_credentials', 'receive_file_descriptor', 'receive_file_descriptors', 'receive_socket',
            'send_credentials', 'send_file_descriptor', 'send_file_descriptors', 'send_socket')


async def send_message(self, data, **keywords):
    call = functools.partial(self.send_message, data)
    return await attempt(self, 'send-message', True, call, **keywords)


async def send_all(self, operator, call, start, end, whole, *, wait=True, timeout=None, **keywords):
    """From start to end, as far as it gets: what stops it after that is met again."""
    deadline, first = deadline_of(self, operator, wait, timeout), start
    wait = wait and not never_waits(keywords)
    try:
        while True:
            try:
                start += call(start=start, end=end, wait=False, **keywords)
                if start >= end or whole or not wait:
                    break
            except WouldBlock:
                if not wait:
                    raise
            await become_writable(self, operator, deadline)
    except GLib.Error:
        if start == first:
            raise
    return start - first


async def send_to(self, data, start=0, end=None, **keywords):
    data = to_bytes(data)
    whole = self.get_socket_type() != GSock.SocketType.STREAM
    return await send_all(self, 'send-to', functools.partial(self.send_to, data), start,
                          len(data) if end is None else end, whole, **keywords)


async def send_many(self, many, start=0, end=None, **keywords):
    batch = datagrams.pack_batch(many)
    return await send_all(self, 'send-many', functools.partial(self.send_many, batch), start,
                          batch.get_count() if end is None else end, False, **keywords)


def names_host(address, keywords):
    """Whether something has to be looked up."""
    host = address if isinstance(address, str) else keywords.get('host', keywords.get('remote_host'))
    if isinstance(host, str):
        return not GLib.hostname_is_ip_address(host)
    return bool(keywords.keys() & {'connectable', 'remote_connectable'})


async def connect_to(self, address=None, *, wait=True, timeout=None, **keywords):
    if names_host(address, keywords):
        return await run_in_thread(self.connect_to, address, wait=wait, timeout=timeout, **keywords)
    deadline = deadline_of(self, 'connect', wait, timeout)
    call = functools.partial(self.connect_to, address, **keywords)
    while True:
        try:
            return call(wait=False)
        except ConnectionInProgress:
            if not wait:
                raise
            await become_ready(self, 'connect', True, deadline)
            call = self.finish_connect
        except WouldBlock:
            if not wait:
                raise
            await pause('connect', deadline)


# Streams of text and bytes

def make_reader(name):
    operator = name.replace('_', '-')

    async def read(self, *arguments, **keywords):
        """What has come of it stays in the buffer until it is complete."""
        call = functools.partial(getattr(self, name), *arguments)
        return await attempt(self, operator, False, call, **keywords)
    return read


def make_writer(name):
    operator = name.replace('_', '-')

    async def write(self, content, *, wait=True, timeout=None, **keywords):
        """It is in the buffer at once; what is awaited is that there is room for more."""
        deadline, call = deadline_of(self, operator, wait, timeout), getattr(self, name)
        while True:
            try:
                return call(content, wait=False, **keywords)
            except WouldBlock:
                if not wait:
                    raise
            await become_ready(self, operator, True, deadline)
            call, content, keywords = self.write_bytes, b'', {}
    return write


async def finish_output(self, **keywords):
    return await attempt(self, 'finish-output', True, self.finish_output, **keywords)


READERS = ('read_bytes', 'read_char', 'read_line', 'read_text')
WRITERS = ('write_bytes', 'write_line', 'write_text')
STREAMS = {'finish_output': finish_output, **{name: make_reader(name) for name in READERS},
           **{name: make_writer(name) for name in WRITERS}}


# What asyncio cannot wait for: look-ups, and the race for an address among many

def run_for(done, call):
    done.set_running_or_notify_cancel()
    try:
        done.set_result(call())
    except BaseException as error:
        done.set_exception(error)


def close_unwanted(future):
    if not future.cancelled() and future.exception() is None and isinstance(future.result(), Socket):
        future.result().close()


async def run_in_thread(function, *arguments, **keywords):
    cancellable = Gio.Cancellable()
    call = functools.partial(function, *arguments, cancellable=cancellable, **keywords)
    done = concurrent.futures.Future()
    threading.Thread(target=run_for, args=(done, call), daemon=True, name='gsock').start()
    try:
        return await asyncio.wrap_future(done)
    except asyncio.CancelledError:
        cancellable.cancel()
        done.add_done_callback(close_unwanted)
        raise


# In a main context

def lead_descriptors(keywords, fds, payload=None):
    return face.to_descriptors(fds), None if payload is None else GLib.Bytes.new(to_bytes(payload))


# What the functions in C take at first, of what is given here.
LEADING = {
    'accept_connection': lambda keywords: (),
    'finish_output': lambda keywords: (),
    'read_bytes': lambda keywords, size: (size,),
    'read_char': lambda keywords: (),
    'read_line': lambda keywords: (),
    'read_text': lambda keywords, n_characters: (n_characters,),
    'receive_credentials': lambda keywords: (),
    'receive_file_descriptor': lambda keywords: (),
    'receive_file_descriptors': lambda keywords, maximum: (maximum,),
    'receive_from': lambda keywords, size=65536: (size,),
    'receive_many': lambda keywords, most, batch: (batch, most),
    'receive_message': lambda keywords, size=65536: (size,),
    'receive_socket': lambda keywords: (),
    'send_credentials': lambda keywords: (),
    'send_file_descriptor': lambda keywords, fd: (face.to_descriptor(fd),),
    'send_file_descriptors': lead_descriptors,
    'send_many': lambda keywords, many: (datagrams.pack_batch(many),),
    'send_message': lambda keywords, data: (datagrams.take_message(data, keywords),),
    'send_socket': lambda keywords, socket: (socket,),
    'send_to': lambda keywords, data: (GLib.Bytes.new(to_bytes(data)),),
    'write_bytes': lambda keywords, content: (GLib.Bytes.new(to_bytes(content)),),
    'write_line': lambda keywords, content: (content,),
    'write_text': lambda keywords, content: (content,),
}


def lead_connect(keywords, address=None):
    address, more = to_address(address, keywords)
    keywords.update(more)
    return (address,)


LEADING['connect_to'] = lead_connect
# Which of them can be given by name.
BY_NAME = ('address', 'batch', 'data', 'fd', 'fds', 'many', 'maximum', 'most', 'n_characters', 'payload', 'size', 'socket')


def check_awaited(priority, cancellable):
    if cancellable is not None:
        raise TypeError('what is awaited is cancelled as a task of asyncio: leave cancellable out')
    if priority is not None:
        raise TypeError('what is awaited has no priority: that is for callbacks')


def make_twin(begin, lead, awaitable):
    def call(self, *arguments, callback=None, priority=None, cancellable=None, **keywords):
        """With a callback, which is given the socket and a result for the finish function, in the
        thread-default main context of GLib; without one it is to be awaited.
        """
        if callback is None:
            check_awaited(priority, cancellable)
            return awaitable(self, *arguments, **keywords)
        named = {name: keywords.pop(name) for name in BY_NAME if name in keywords}
        leading = lead(keywords, *arguments, **named)
        return call_next(begin, self, *leading, *pack(keywords), priority or GLib.PRIORITY_DEFAULT, cancellable, callback)
    return call


def take_received(self, result):
    """What was received, as a Received."""
    data, *rest = finish_receive(self, result)
    return Received((data.get_data() or b'', *rest))


finish_receive = Socket.receive_from_finish
Socket.receive_from_finish = take_received

AWAITABLE = {
    Socket: {
        **{function.__name__: function for function in (
            connect_to, receive_from, receive_many, receive_message, send_many, send_message, send_to)},
        **{name: make_carrier(name) for name in CARRIERS},
    },
    ActiveSocket: STREAMS,
    PassiveSocket: {'accept_connection': accept_connection},
}

for cls, operators in AWAITABLE.items():
    for name, awaitable in operators.items():
        twin = make_twin(vars(cls)[name + '_async'], LEADING[name], awaitable)
        # What Python tells of wrong arguments, and of a coroutine that nobody awaits.
        for function in twin, awaitable, LEADING[name]:
            function.__name__ = function.__qualname__ = name + '_async'
        setattr(cls, twin.__name__, twin)


# What makes sockets

def make_maker(begin, blocking):
    def call(*leading, callback=None, priority=None, cancellable=None, **keywords):
        """With a callback, which is given None and a result for the finish function, in the thread-default
        main context of GLib; without one it is to be awaited.
        """
        if callback is None:
            check_awaited(priority, cancellable)
            return run_in_thread(blocking, *leading, **keywords)
        return call_next(begin, *leading, *pack(keywords), priority or GLib.PRIORITY_DEFAULT, cancellable, callback)
    return call


for name in ('make_socket', 'make_instance'):
    maker = make_maker(getattr(GSock, name + '_async'), getattr(face, name))
    maker.__name__ = name + '_async'
    face.export(maker)


# Look-ups

def make_look_up(begin, blocking, option, default):
    def call(what, value=default, cancellable=None, callback=None, **named):
        """With a callback, which is given None and a result for the finish function; without one it is to
        be awaited.
        """
        value = named.pop(option, value)
        if named:
            raise TypeError(f'{blocking.__name__}_async() takes no {", ".join(named)}')
        if callback is None:
            check_awaited(None, cancellable)
            return run_in_thread(blocking, what, value)
        return call_next(begin, what, value, cancellable, callback)
    return call


LOOK_UPS = {'lookup_hostname': ('ipv6', GSock.Ipv6Mode.YES), 'lookup_name': ('numeric', False)}

for name, (option, default) in LOOK_UPS.items():
    look_up = make_look_up(getattr(GSock, name + '_async'), getattr(face, name), option, default)
    look_up.__name__ = look_up.__qualname__ = name + '_async'
    face.export(look_up)


# Handover

begin_to_give = GSock.handover_give_async


@face.export
def handover_give_async(channel, sockets, timeout=GSock.TIMEOUT_DEFAULT, *, callback=None, priority=None, cancellable=None):
    """With a callback, which is given the channel and a result for the finish function; without one it is to
    be awaited.
    """
    if callback is None:
        check_awaited(priority, cancellable)
        return run_in_thread(face.handover_give, channel, sockets, timeout)
    pairs = pairs_of(sockets)
    return call_next(begin_to_give, channel, [socket for _, socket in pairs], [face.pack_text(name) for name, _ in pairs], timeout,
                     priority or GLib.PRIORITY_DEFAULT, cancellable, callback)


# Watches, servers, and what ends

def watch(self, condition, callback, *data, priority=GLib.PRIORITY_DEFAULT):
    """Calls back, in the main context, whenever the socket is ready, until the callback answers False:
    what gives None goes on.
    """
    def call(socket, ready, unused):
        return callback(socket, ready, *data) in (None, True)

    if not callable(callback):
        raise TypeError(f'watch: the callback is a function, not {callback!r}')
    return call_next(native_watch, self, to_condition(condition), priority, call, None)


def start(self, priority=GLib.PRIORITY_DEFAULT):
    """Begins to accept."""
    return call_next(native_start, self, priority)


def close(self, abort=False):
    """Closes the socket; whoever awaits something of it is told."""
    self.__dict__['_closing'] = True
    try:
        end_waits(self)
        return native_close(self, abort)
    finally:
        self.__dict__.pop('_closing', None)


async def accept_all(self):
    """Accepts connections until the socket is closed."""
    while self.is_open():
        try:
            yield await self.accept_connection_async()
        except GLib.Error as error:
            if not error.matches(GSock.error_quark(), GSock.Error.CLOSED):
                raise


native_watch, native_start, native_close = Socket.watch, GSock.Server.start, Socket.close
Socket.watch = watch
Socket.close = close
GSock.Server.start = start
PassiveSocket.__aiter__ = accept_all
