# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams of text as Python has them: lines to iterate over, and text that is not cut short."""

import functools

from .GSock import GSock

ActiveSocket = GSock.ActiveSocket


def check_text(text):
    """In C a text ends with its first null character, and the rest would be lost without a word."""
    if not isinstance(text, str):
        raise TypeError(f'text is wanted, not {text!r}: write_bytes takes bytes')
    if '\0' in text:
        raise ValueError(f'{text!r} has a null character in it: write_bytes takes it')
    return text


plain = {name: getattr(ActiveSocket, name)
         for name in ('read_bytes', 'read_text', 'write_line', 'write_line_async', 'write_text', 'write_text_async')}


def read_bytes(self, size=-1, *, cancellable=None, **keywords):
    """So many bytes, fewer at the end of the stream; without a size all up to the end."""
    return plain['read_bytes'](self, size, cancellable=cancellable, **keywords)


def read_text(self, n_characters=-1, *, cancellable=None, **keywords):
    """So many characters, fewer at the end of the stream; without a number all up to the end."""
    return plain['read_text'](self, n_characters, cancellable=cancellable, **keywords)


def write_line(self, text='', *, cancellable=None, **keywords):
    """A line, to which its ending is added."""
    return plain['write_line'](self, check_text(text), cancellable=cancellable, **keywords)


def write_text(self, text, *, cancellable=None, **keywords):
    """Text, whose newlines become line ends."""
    return plain['write_text'](self, check_text(text), cancellable=cancellable, **keywords)


def make_checked(write):
    @functools.wraps(write)
    def call(self, text='', **keywords):
        return write(self, check_text(text), **keywords)
    return call


def lines(self):
    """The lines up to the end of the stream."""
    return iter(self.read_line, None)


async def awaited_lines(self):
    """The same for asyncio."""
    while (line := await self.read_line_async()) is not None:
        yield line


FACE = {
    '__aiter__': awaited_lines,
    '__iter__': lines,
    'read_bytes': read_bytes,
    'read_text': read_text,
    'write_line': write_line,
    'write_line_async': make_checked(plain['write_line_async']),
    'write_text': write_text,
    'write_text_async': make_checked(plain['write_text_async']),
}

for name, item in FACE.items():
    setattr(ActiveSocket, name, item)
