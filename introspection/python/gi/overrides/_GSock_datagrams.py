# SPDX-License-Identifier: LGPL-2.1-or-later
"""Messages and batches as Python has them: values of Python in, values of Python out."""

import collections
import itertools
import struct
import sys
from array import array

from .GSock import (GSock, Address, InvalidArgument, Received, export, get_host, name_sender,
                    to_bytes, to_descriptors, to_list)

Batch, Message = GSock.Batch, GSock.Message


def to_address(value):
    """An address, or its text such as '127.0.0.1:53'."""
    if value is None or isinstance(value, Address):
        return value
    if isinstance(value, str):
        return Address.new_from_text(value)
    raise TypeError(f'an address is a GSock.Address or text, not {value!r}')


# Messages

ExtendedError = export(collections.namedtuple(
    'ExtendedError', 'errno origin type code info offender'))


def to_buffers(data):
    """The buffers of a message: bytes are one, a list has several."""
    return [*map(to_bytes, data)] if isinstance(data, (list, tuple)) else [to_bytes(data)]


def copy_address(self):
    """The message keeps its own, which goes with it."""
    address = self.get_address()
    return address and address.copy()


def get_packet_info(self):
    known, address, interface = read_packet_info(self)
    return (address.get_host(), interface) if known else None


def set_packet_info(self, value):
    value = (None, 0) if value is None else value
    address, interface = take_apart(value, 'packet_info', 'address, interface')
    write_packet_info(self, to_address(address), interface)


def set_credentials(self, value):
    write_credentials(self, *take_apart(value, 'credentials', 'pid, uid, gid'))


def get_extended_error(self):
    known, *parts, offender = read_extended_error(self)
    return ExtendedError(*parts, offender.get_host()) if known else None


def get_controls(self):
    controls = [self.get_control(index) for index in range(self.get_n_controls())]
    return [(level, kind, content.get_data() or b'') for content, level, kind in controls]


def take_apart(value, part, names):
    if not isinstance(value, (tuple, list)) or len(value) != len(names.split(', ')):
        raise TypeError(f'{part} is ({names}), not {value!r}')
    return value


def none_below_zero(name):
    """A number of which C says with -1 that there is none."""
    read, write = getattr(Message, f'get_{name}'), getattr(Message, f'set_{name}', None)

    def get(self):
        value = read(self)
        return None if value < 0 else value

    def put(self, value):
        write(self, -1 if value is None else value)
    return property(get, put if write else None)


def known_or_none(method):
    """Several values at once, after whether there are any."""
    def get(self):
        known, *values = method(self)
        return tuple(values) if known else None
    return get


read_packet_info, write_packet_info = Message.get_packet_info, Message.set_packet_info
read_extended_error, write_credentials = Message.get_extended_error, Message.set_credentials

NUMBERS = ('overflow_count', 'segment_size', 'timestamp', 'traffic_class', 'ttl')
PROPERTIES = {
    'address': property(copy_address, lambda self, value: self.set_address(to_address(value))),
    'control_truncated': property(Message.is_control_truncated),
    'controls': property(get_controls),
    'credentials': property(known_or_none(Message.get_credentials), set_credentials),
    'data': property(lambda self: self.get_bytes().get_data() or b''),
    'extended_error': property(get_extended_error),
    'flags': property(Message.get_flags, Message.set_flags),
    'full_length': property(Message.get_full_length),
    'filename': property(lambda self: self.address and self.address.get_filename()),
    'host': property(lambda self: self.address and get_host(self.address)),
    'packet_info': property(get_packet_info, set_packet_info),
    'port': property(lambda self: name_sender(self.get_address())[1]),
    'truncated': property(Message.is_truncated),
    **{name: none_below_zero(name) for name in NUMBERS},
    '__iter__': lambda self: iter((self.data, *name_sender(self.get_address()))),
    '__repr__': lambda self: f'<GSock.Message {self.data!r}, {self.address}>',
}

for name, item in PROPERTIES.items():
    setattr(Message, name, item)


def add_file_descriptors(self, descriptors):
    for fd in to_descriptors(descriptors):
        self.add_file_descriptor(fd)


def add_controls(self, controls):
    for control in to_list(controls, '(level, type, bytes)'):
        self.add_control(*take_apart(control, 'a control', 'level, type, bytes'))


def set_part(name):
    return lambda self, value: setattr(self, name, value)


# What send_message takes by keyword that is a part of the message, and what sets it.
PARTS = {
    'controls': add_controls,
    'credentials': set_part('credentials'),
    'file_descriptors': add_file_descriptors,
    'packet_info': set_part('packet_info'),
    'segment_size': set_part('segment_size'),
    'traffic_class': set_part('traffic_class'),
    'ttl': set_part('ttl'),
}


def make_message(data, parts):
    message = Message.new()
    for buffer in to_buffers(data):
        message.add_data(buffer)
    for name, value in parts.items():
        if value is not None:
            PARTS[name](message, value)
    return message


def take_message(data, keywords):
    """A message of what send_message takes; its parts are taken out of the keywords."""
    parts = {name: keywords.pop(name) for name in PARTS.keys() & keywords.keys()}
    if not isinstance(data, Message):
        return make_message(data, parts)
    if parts:
        raise TypeError(f'a Message has its parts in it: set its {", ".join(sorted(parts))} before')
    return data


def send_message(self, data, *, cancellable=None, **keywords):
    """Sends bytes, or a list of buffers, with the parts that are given by keyword; or a Message.
    The keywords of send_to say where it goes."""
    return send_whole(self, take_message(data, keywords), cancellable=cancellable, **keywords)


# Batches

# There are many datagrams to a call, so nothing here that is done for each of them is a statement of
# Python: it is all map, zip and the like.

repeat, new_batch = itertools.repeat, Batch.new
get_data, get_lengths = Batch.get_packed_data, Batch.get_packed_lengths
get_numbers, get_address_of_number = Batch.get_address_numbers, Batch.get_numbered_address


def numbers_in(packed):
    return memoryview(packed).cast('I')


def is_uniform(packed):
    """Whether there are numbers, and all the same."""
    return packed[:-4] == packed[4:] and packed != b''


def cut(data, lengths):
    """The pieces of data that have these lengths."""
    if is_uniform(lengths) and lengths[:4] != bytes(4):
        length = int.from_bytes(lengths[:4], sys.byteorder)
        return itertools.chain.from_iterable(struct.iter_unpack(f'{length}s', data))
    ends = list(itertools.accumulate(numbers_in(lengths)))
    return map(data.__getitem__, map(slice, [0, *ends], ends))


def name_senders(batch):
    """The host and the port of each datagram."""
    packed = get_numbers(batch)
    if is_uniform(packed):
        number = int.from_bytes(packed[:4], sys.byteorder)
        host, port = name_sender(get_address_of_number(batch, number))
        return repeat(host), repeat(port)
    numbers = numbers_in(packed)
    senders = [(number, name_sender(get_address_of_number(batch, number)))
               for number in {*numbers}]
    hosts = {number: host for number, (host, port) in senders}
    ports = {number: port for number, (host, port) in senders}
    return map(hosts.__getitem__, numbers), map(ports.__getitem__, numbers)


@export
class ReceivedMany:
    """What receive_many gives: iterates as tuples of data, host and port, as Received does; an
    element is a Received, which tells the rest.
    """

    __slots__ = ('batch', 'count')

    def __init__(self, batch, count):
        self.batch, self.count = batch, count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        batch, index = self.batch, range(self.count)[index]
        address = batch.get_address(index)
        return Received((batch.get_data(index), address and address.copy(), batch.get_flags(index),
                         batch.get_full_length(index)))

    def __iter__(self):
        batch = self.batch
        return zip(cut(get_data(batch), get_lengths(batch)), *name_senders(batch))

    def __repr__(self):
        return f'ReceivedMany({list(self)!r})'


def take_datagram(datagram):
    """Bytes and an address of bytes alone, of (bytes, address) and of (bytes, host, port)."""
    if not isinstance(datagram, tuple):
        return to_bytes(datagram), None
    if not 1 <= len(datagram) <= 3:
        raise TypeError('a datagram is bytes, (bytes, address) or (bytes, host, port), '
                        f'not {datagram!r}')
    data, *where = datagram
    if len(where) == 2 and where[1] is not None:
        return to_bytes(data), Address.new_from_host(*where)
    if len(where) == 2 and where[0] is not None:
        return to_bytes(data), Address.new_from_filename(where[0])
    return to_bytes(data), to_address(where[0] if where else None)


def pack_batch(datagrams):
    """A batch of what send_many takes. Nothing but bytes is packed at one go."""
    if isinstance(datagrams, Batch):
        return datagrams
    if isinstance(datagrams, (bytes, bytearray, memoryview, str)):
        raise TypeError('a list of datagrams is wanted, not one: send_to sends one')
    batch, datagrams = new_batch(), to_list(datagrams, 'datagrams')
    try:
        add_packed(batch, b''.join(datagrams), array('I', [*map(len, datagrams)]).tobytes(), None)
        return batch
    except (TypeError, InvalidArgument):
        pass  # some have an address, or are no bytes but something that has bytes
    for datagram in datagrams:
        batch.add(*take_datagram(datagram))
    return batch


def send_many(self, datagrams, **keywords):
    """How many of the datagrams were sent: bytes, tuples of bytes and an address, or a Batch."""
    return send_batch(self, pack_batch(datagrams), **keywords)


def receive_many(self, most, batch=None, **keywords):
    """What has arrived, as a ReceivedMany; the batch, where one is given, is used for it."""
    batch = new_batch() if batch is None else batch
    return ReceivedMany(batch, receive_batch(self, batch, most, **keywords))


add_packed = Batch.add_packed
send_batch, receive_batch = GSock.Socket.send_many, GSock.Socket.receive_many
send_whole = GSock.Socket.send_message
for operator in (send_many, receive_many, send_message):
    setattr(GSock.Socket, operator.__name__, operator)
