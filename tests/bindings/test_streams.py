# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams of text and bytes in Python: blocking, awaited, and with callbacks."""

import asyncio
import unittest

import tap
from gi.repository import Gio, GLib, GSock

LOCALHOST = '127.0.0.1'


class Streams(unittest.TestCase):
    def setUp(self):
        with GSock.make_socket(connect='passive', local_host=LOCALHOST) as server:
            self.client = GSock.make_socket(remote_host=LOCALHOST, remote_port=server.props.local_port)
            self.peer = server.accept_connection()

    def tearDown(self):
        self.client.close()
        self.peer.close()

    def test_blocking(self):
        self.assertTrue(self.client.write_line('grün'))
        self.client.write_text('ab\ncd')
        self.client.write_bytes(b'\x00\xff')
        self.client.finish_output(timeout=5)
        self.assertEqual(self.peer.read_line(timeout=5), 'grün')
        self.assertEqual(self.peer.read_char(), 'a')
        self.assertEqual(self.peer.read_text(4), 'b\ncd')
        self.assertEqual(self.peer.read_bytes(2), b'\x00\xff')
        with self.assertRaises(BlockingIOError):
            self.peer.read_line(wait=False)
        self.client.close()
        self.assertEqual(self.peer.read_bytes(-1), b'')
        self.assertIsNone(self.peer.read_line())
        self.assertIsNone(self.peer.read_char())

    def test_awaited(self):
        asyncio.run(self.converse())

    async def converse(self):
        client, peer = self.client, self.peer
        for reading, first, rest, read in (
                (peer.read_line_async, 'half', ' a line\n', 'half a line'),
                (peer.read_char_async, '', 'ü', 'ü'),
                (lambda: peer.read_text_async(6), 'abc', 'def', 'abcdef'),
                (lambda: peer.read_bytes_async(4), 'ab', 'cd', b'abcd')):
            task = asyncio.ensure_future(reading())
            await client.write_text_async(first)
            await client.finish_output_async()
            await asyncio.sleep(0.01)
            self.assertFalse(task.done())
            await client.write_text_async(rest)
            await client.finish_output_async()
            self.assertEqual(await task, read)
        # What had come to one that was cancelled is there for the next.
        client.write_text('some')
        client.finish_output()
        task = asyncio.ensure_future(peer.read_line_async())
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        with self.assertRaises(TimeoutError):
            await peer.read_line_async(timeout=0.01)
        await client.write_line_async('thing')
        await client.finish_output_async()
        self.assertEqual(await peer.read_line_async(), 'something')
        client.close()
        self.assertIsNone(await peer.read_line_async())
        self.assertIsNone(await peer.read_char_async())

    def test_much(self):
        asyncio.run(self.write_much())

    async def write_much(self):
        async def write():
            for n in range(20000):
                await self.client.write_line_async(f'{n} ' + 'x' * 100)
            await self.client.write_bytes_async(bytes(1_000_000))
            await self.client.finish_output_async()
            self.client.close()

        writing = asyncio.ensure_future(write())
        for n in range(20000):
            self.assertEqual((await self.peer.read_line_async(timeout=20)).split()[0], str(n))
        self.assertEqual(await self.peer.read_bytes_async(-1), bytes(1_000_000))
        await writing

    def call(self, begin, *arguments, **keywords):
        loop, got = GLib.MainLoop(), []

        def on_done(source, result):
            got.append(getattr(source, begin.__name__.replace('_async', '_finish'))(result))
            loop.quit()

        begin(*arguments, callback=on_done, **keywords)
        loop.run()
        return got[0]

    def test_callbacks(self):
        for begin, content in ((self.client.write_line_async, 'line'), (self.client.write_text_async, 'text'),
                               (self.client.write_bytes_async, b'abc')):
            self.assertTrue(self.call(begin, content, timeout=5))
        self.assertTrue(self.call(self.client.finish_output_async))
        self.assertEqual(self.call(self.peer.read_line_async, timeout=5), 'line')
        self.assertEqual(self.call(self.peer.read_char_async), 't')
        self.assertEqual(self.call(self.peer.read_text_async, n_characters=3), 'ext')
        self.assertEqual(self.call(self.peer.read_bytes_async, 3), b'abc')
        self.client.close()
        self.assertIsNone(self.call(self.peer.read_line_async))
        self.assertIsNone(self.call(self.peer.read_char_async))


class Pairs(unittest.TestCase):
    def setUp(self):
        self.near, self.far = GSock.make_socket_pair()

    def tearDown(self):
        self.near.close(True)
        self.far.close(True)

    def say(self, text):
        self.far.write_text(text)
        self.far.finish_output()

    def test_read(self):
        self.say('h\u00e9llo\n\u20acxyz\nrest')
        self.assertEqual(self.near.read_line(), 'h\u00e9llo')
        self.assertEqual(self.near.read_char(), '\u20ac')
        self.assertEqual(self.near.read_text(2), 'xy')
        self.assertEqual(self.near.read_bytes(2), b'z\n')
        self.assertEqual(self.near.read_text(100, partial=True), 'rest')
        self.far.write_bytes(b'\0\xff')
        self.far.close()
        self.assertEqual(self.near.read_char(), '\0')
        self.assertEqual(self.near.read_bytes(), b'\xff')
        self.assertEqual([self.near.read_char(), self.near.read_line(), self.near.read_text(), self.near.read_bytes()],
                         [None, None, '', b''])

    def test_write(self):
        self.near.write_line('one')
        self.near.write_line()
        self.near.write_text('two\n')
        for data in b'\0', bytearray(b'\1'), memoryview(b'\2'):
            self.near.write_bytes(data)
        self.near.finish_output(timeout=1)
        self.assertEqual(self.far.read_bytes(12), b'one\n\ntwo\n\0\1\2')

    def test_lines(self):
        self.far.write_text('one\ntwo\n\nlast')
        self.far.close()
        self.assertEqual(list(self.near), ['one', 'two', '', 'last'])

    def test_refused(self):
        self.assertRaises(ValueError, self.near.write_text, 'a\0b')
        self.assertRaises(ValueError, self.near.write_line, 'a\0b')
        self.assertRaises(ValueError, self.near.write_text_async, 'a\0b')
        self.assertRaises(TypeError, self.near.write_bytes, 'text')
        self.assertRaises(TypeError, self.near.read_line, maximum=3)
        self.assertRaises(TimeoutError, self.near.read_line, timeout=0.01)
        self.assertRaises(BlockingIOError, self.near.read_text, 1, wait=False)
        self.far.write_bytes(b'\xff\n')
        self.far.finish_output()
        with self.assertRaises(GSock.InvalidText) as caught:
            self.near.read_line()
        self.assertIn('offset 0', str(caught.exception))
        with self.assertRaises(GSock.InvalidState):
            self.near.receive_from()
        self.assertEqual(self.near.clear_input(), 2)
        self.say('long line\n')
        with self.assertRaises(GSock.MessageTooLong):
            self.near.read_line(maximum_length=4)

    def test_formats(self):
        near, far = GSock.make_socket_pair(external_format='utf-16le/crlf')
        with near, far:
            far.write_line('\u65e5\u672c')
            far.finish_output()
            self.assertEqual(near.read_bytes(8), '\u65e5\u672c\r\n'.encode('utf-16-le'))
            self.assertRaises(GLib.Error, GSock.make_socket_pair, external_format='nonsense')

    def test_gio(self):
        stream = self.near.create_io_stream()
        stream.get_output_stream().write_all(b'from GIO\n', None)
        self.assertEqual(self.far.read_line(), 'from GIO')
        self.say('line\n')
        lines = Gio.DataInputStream.new(stream.get_input_stream())
        self.assertEqual(lines.read_line_utf8(None)[0], 'line')
        stream.close(None)
        self.assertFalse(self.near.is_open())

    def test_awaited_lines(self):
        async def serve():
            async for line in self.far:
                await self.far.write_line_async(line[::-1])
                await self.far.finish_output_async()
            self.far.close()

        async def run():
            serving = asyncio.ensure_future(serve())
            for word in 'drawer', 'stressed':
                await self.near.write_text_async(word + '\n')
                await self.near.finish_output_async()
                self.assertEqual(await self.near.read_line_async(timeout=5), word[::-1])
            self.near.shutdown(False, True)
            self.assertIsNone(await self.near.read_line_async())
            await serving

        asyncio.run(run())


tap.main()
