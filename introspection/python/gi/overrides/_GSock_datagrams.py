# SPDX-License-Identifier: LGPL-2.1-or-later
"""Messages and batches as Python has them: values of Python in, values of Python out."""

import array
import collections
import itertools

from .GSock import GSock, Address, Received, export, get_host, get_port, to_bytes

Batch, Message = GSock.Batch, GSock.Message


def to_address(value):
    """An address, or its text such as '127.0.0.1:53'."""
    if value is None or isinstance(value, Address):
        return value
    if isinstance(value, str):
        return Address.new_from_text(value)
    raise TypeError(f'an address is a GSock.Address or text, not {value!r}')


def name_sender(address):
    """Host and port, or filename and None."""
    if address is None:
        return None, None
    host = get_host(address)
    return (host, get_port(address)) if host is not None else (address.get_filename(), None)


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
    for fd in descriptors:
        self.add_file_descriptor(fd if isinstance(fd, int) else fd.fileno())


def add_controls(self, controls):
    for control in controls:
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


def send_message(self, data, *, cancellable=None, **keywords):
    """Sends bytes, or a list of buffers, with the parts that are given by keyword; or a Message.
    The keywords of send_to say where it goes."""
    parts = {name: keywords.pop(name) for name in PARTS.keys() & keywords.keys()}
    if not isinstance(data, Message):
        data = make_message(data, parts)
    elif parts:
        raise TypeError(f'a Message has its parts in it: set its {", ".join(sorted(parts))} before')
    return send_whole(self, data, cancellable=cancellable, **keywords)


# Batches

def numbers_in(packed):
    return memoryview(packed).cast('I')


@export
class ReceivedMany:
    """What receive_many gives: iterates as tuples of data, host and port, as Received does; an
    element is a Received, which tells the rest.
    """

    __slots__ = ('batch',)

    def __init__(self, batch):
        self.batch = batch

    def __len__(self):
        return self.batch.get_count()

    def __getitem__(self, index):
        batch, index = self.batch, range(len(self))[index]
        address = batch.get_address(index)
        return Received((batch.get_data(index), address and address.copy(), batch.get_flags(index),
                         batch.get_full_length(index)))

    def __iter__(self):
        batch = self.batch
        data, lengths = batch.get_packed_data(), numbers_in(batch.get_packed_lengths())
        numbers = numbers_in(batch.get_address_numbers())
        senders = [name_sender(batch.get_numbered_address(number))
                   for number in range(batch.get_n_addresses())]
        ends = itertools.accumulate(lengths)
        if len(senders) == 1 and GSock.BATCH_NO_ADDRESS not in numbers:
            host, port = senders[0]
            return iter([(data[end - length:end], host, port)
                         for end, length in zip(ends, lengths)])
        senders = dict(enumerate(senders))
        senders[GSock.BATCH_NO_ADDRESS] = None, None
        return iter([(data[end - length:end], *senders[number])
                     for end, length, number in zip(ends, lengths, numbers)])

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
    batch, datagrams = Batch.new(), list(datagrams)
    try:
        data, lengths = b''.join(datagrams), array.array('I', map(len, datagrams))
    except TypeError:
        lengths = None
    if lengths is not None and sum(lengths) == len(data):
        batch.add_packed(data, lengths.tobytes(), None)
        return batch
    for datagram in datagrams:
        batch.add(*take_datagram(datagram))
    return batch


def send_many(self, datagrams, **keywords):
    """How many of the datagrams were sent: bytes, tuples of bytes and an address, or a Batch."""
    return send_batch(self, pack_batch(datagrams), **keywords)


def receive_many(self, most, batch=None, **keywords):
    """What has arrived, as a ReceivedMany; the batch, where one is given, is used for it."""
    batch = Batch.new() if batch is None else batch
    receive_batch(self, batch, most, **keywords)
    return ReceivedMany(batch)


send_batch, receive_batch = GSock.Socket.send_many, GSock.Socket.receive_many
send_whole = GSock.Socket.send_message
for operator in (send_many, receive_many, send_message):
    setattr(GSock.Socket, operator.__name__, operator)
