# SPDX-License-Identifier: LGPL-2.1-or-later
"""gsock as Python has it: keyword arguments, native values, exceptions of Python's own families.

Whatever in the typelib can fail is wrapped by a function that is made from its arguments there, so
an operator that is added to the library needs nothing here. Only what has another shape in Python
is written out.
"""

import collections
import errno
import functools
import importlib
import operator
import os
import threading

from gi.repository import Gio, GLib, GObject

from .._gi import FunctionInfo, GType, VFuncInfo
from ..module import get_introspection_module

GSock = get_introspection_module('GSock')
Address = GSock.Address

__all__ = []


def export(item):
    item.__module__ = 'gi.repository.GSock'
    globals()[item.__name__] = item
    __all__.append(item.__name__)
    return item


# Exceptions

DOMAIN = GLib.quark_to_string(GSock.error_quark())

# The exceptions of Python that mean the same. All are an OSError as well.
BUILTINS = {
    'access-denied': PermissionError,
    'connection-aborted': ConnectionAbortedError,
    'connection-in-progress': BlockingIOError,
    'connection-refused': ConnectionRefusedError,
    'connection-reset': ConnectionResetError,
    'connection-timeout': TimeoutError,
    'endpoint-shutdown': BrokenPipeError,
    'interrupted': InterruptedError,
    'invalid-address': ValueError,
    'invalid-argument': ValueError,
    'invalid-keyword': ValueError,
    'not-found': FileNotFoundError,
    'out-of-range': ValueError,
    'timed-out': TimeoutError,
    'unknown-keyword': TypeError,
    'would-block': BlockingIOError,
}

# What only gsock can find out has no number of the kernel; these are what Python's sockets give.
NUMBERS = {'closed': errno.EBADF, 'timed-out': errno.ETIMEDOUT}


@export
class SocketError(GLib.Error, OSError):
    """What gsock reports. Each code of GSock.Error has a class of its own, such as TimedOut."""

    code = int(GSock.Error.FAILED)
    errno = None

    def __init__(self, message='', domain=DOMAIN, code=None):
        GLib.Error.__init__(self, message, domain, self.code if code is None else code)

    def __str__(self):
        return self.message

    def __repr__(self):
        return f'{type(self).__name__}({self.message!r})'

    strerror = property(__str__)


def make_exception(code):
    nick = code.value_nick
    bases = (SocketError, BUILTINS[nick]) if nick in BUILTINS else (SocketError,)
    number = GSock.error_to_errno(code) or NUMBERS.get(nick)
    return export(type(nick.title().replace('-', ''), bases, {'code': int(code), 'errno': number}))


EXCEPTIONS = {int(code): make_exception(code) for code in GSock.Error.__enum_values__.values()}

# An exception that a method of a subclass raises crosses C as a GError; here it waits meanwhile. So does
# one that a handler of signals raises, where the extension module runs it in the middle of a call.
crossing = threading.local()


def describe(exception):
    return f'{type(exception).__name__}: {exception}'


def translate(error):
    interruption = getattr(crossing, 'interruption', None)
    if interruption is not None:
        crossing.interruption = None
        return interruption
    if error.domain != DOMAIN:
        return error
    original, crossing.original = getattr(crossing, 'original', None), None
    if original is not None and error.message == describe(original):
        return original
    return EXCEPTIONS.get(error.code, SocketError)(error.message, error.domain, error.code)


# Values

def pack_integer(value):
    if -0x80000000 <= value <= 0x7fffffff:
        return int(value)
    kind = GObject.TYPE_INT64 if int(value) < 2**63 else GObject.TYPE_UINT64
    return GObject.Value(kind, int(value))


def pack_text(value):
    if '\0' in value:
        raise ValueError(f'{value!r} has a null character in it')
    return str(value)


def pack_unicode(value):
    """PyGObject makes a Variant of what is no Unicode, and fails later."""
    value.encode()
    return pack_text(value)


def to_bytes(value):
    if isinstance(value, str):
        raise TypeError('bytes are wanted, not str: encode it first')
    return value.get_data() if isinstance(value, GLib.Bytes) else bytes(memoryview(value))


def bytes_to_variant(value):
    """All of them at once: PyGObject makes a Variant of each."""
    return GLib.Variant.new_from_bytes(GLib.VariantType('ay'), GLib.Bytes.new(bytes(value)), True)


VARIANTS = (
    (GLib.Variant, lambda value: value),
    (bool, functools.partial(GLib.Variant, 'b')),
    # Flags of PyGObject do not compare with what is larger than a long.
    (int, lambda value: GLib.Variant('x' if int(value) < 2**63 else 't', int(value))),
    (float, functools.partial(GLib.Variant, 'd')),
    (str, lambda value: GLib.Variant('s', pack_unicode(value))),
    ((bytes, bytearray, memoryview), bytes_to_variant),
    (Address, lambda value: GLib.Variant('s', value.get_host() or value.to_text())),
    ((tuple, list), lambda value: GLib.Variant.new_tuple(*map(to_variant, value))),
    (type(None), lambda value: GLib.Variant('mv', None)),
)

KEYWORDS = (
    (bool, lambda value: value),
    (int, pack_integer),
    (str, pack_text),
    (os.PathLike, lambda value: pack_text(os.fsdecode(value))),
    ((type, GType), functools.partial(GObject.Value, GObject.TYPE_GTYPE)),
    ((bytes, bytearray, memoryview, tuple, list), lambda value: to_variant(value)),
    (object, lambda value: value),
)


# Found at once; the rest goes through the table.
COMMON = {bool: bool, float: float, int: pack_integer, str: pack_text}


def convert(table, value):
    for types, make in table:
        if isinstance(value, types):
            return make(value)
    raise TypeError(f'no socket option takes {value!r}, of type {type(value).__name__}')


to_variant = functools.partial(convert, VARIANTS)


def pack(keywords):
    """Names and values of the keywords; one that is None is left out."""
    names, values = [], []
    for name, value in keywords.items():
        if value is not None:
            make = COMMON.get(type(value))
            names.append(name)
            values.append(make(value) if make else convert(KEYWORDS, value))
    return names, values


def from_variant(value):
    if value.get_type_string() == 'ay':
        return value.get_data_as_bytes().get_data()
    return value.unpack()


def to_condition(value):
    """A GLib.IOCondition, or nicks of it with | between them."""
    if not isinstance(value, str):
        return GLib.IOCondition(value)
    nicks = [nick.strip().upper() for nick in value.split('|')]
    try:
        return functools.reduce(operator.or_, (getattr(GLib.IOCondition, nick) for nick in nicks))
    except AttributeError:
        names = 'in, out, pri, err or hup'
        raise ValueError(f'{value!r} names no GLib.IOCondition: give {names}') from None


def to_address(value, keywords):
    """The leading argument of bind_address and connect_to: an address, or a host."""
    if isinstance(value, str):
        return None, {'host': value, **keywords}
    if isinstance(value, Gio.SocketAddress):
        return Address.new_from_gsocket_address(value), keywords
    return value, keywords


get_host, get_port = Address.get_host, Address.get_port


def name_sender(address):
    """Host and port, or filename and None."""
    if address is None:
        return None, None
    host = get_host(address)
    return (host, get_port(address)) if host is not None else (address.get_filename(), None)


@export
class Received(tuple):
    """What receive_from gives: data, host and port; on local sockets data, filename and None."""

    # Address, flags and full length, where they are more than the three say.
    told = None

    def __new__(cls, result):
        data, address, flags, full_length = result
        self = tuple.__new__(cls, (data, *name_sender(address)))
        self.told = address, flags, full_length
        return self

    data = property(operator.itemgetter(0))
    host = property(lambda self: None if self[2] is None else self[1])
    filename = property(lambda self: self[1] if self[2] is None else None)
    port = property(operator.itemgetter(2))
    flags = property(lambda self: self.told[1] if self.told else NO_FLAGS)
    full_length = property(lambda self: self.told[2] if self.told else len(self[0]))

    @property
    def address(self):
        return self.told[0] if self.told else Address.new_from_host(self[1], self[2])

    @property
    def truncated(self):
        return self.full_length > len(self.data) or bool(self.flags & GSock.MessageFlags.TRUNCATE)

    def __repr__(self):
        return f'Received({self.data!r}, from {self.address})'


NO_FLAGS = GSock.MessageFlags.NONE


def to_descriptor(value):
    """A number, or what has one, as files and sockets do."""
    if isinstance(value, int):
        return value
    if not hasattr(value, 'fileno'):
        raise TypeError(f'a descriptor is a number, or what has a fileno, not {value!r}')
    return value.fileno()


def to_list(value, what):
    """A socket iterates too, over what it reads or accepts: that is waited for, and is not what was meant."""
    if isinstance(value, GSock.Socket):
        raise TypeError(f'a list of {what} is wanted, not one socket')
    return list(value)


def to_descriptors(value):
    return [to_descriptor(fd) for fd in to_list(value, 'descriptors')]


@export
class FileDescriptors(list):
    """What receive_file_descriptors gives: numbers, which are the caller's to close, and in payload
    the bytes that they came with.
    """

    def __init__(self, fds, payload):
        super().__init__(fds)
        self.payload = payload.get_data() or b''


Credentials = export(collections.namedtuple('Credentials', 'pid uid gid'))
SenderCredentials = export(collections.namedtuple('SenderCredentials', 'pid uid gid pidfd'))


def to_sender(result):
    _, pid, uid, gid, pidfd = result
    return SenderCredentials(pid, uid, gid, pidfd if pidfd >= 0 else None)


def to_character(result):
    """None at the end of the stream; PyGObject makes no character of a null one."""
    read, character = result
    return (character or '\0') if read else None


# Wrappers of what can fail

DEFAULTS = {
    'abort': 'False',
    'condition': "'in'",
    'flags': 'NO_FLAGS',
    'ipv6': 'IPV6',
    'limit': '0',
    'numeric': 'False',
    'poll': 'True',
    'read': 'False',
    'size': '65536',
    'timeout': 'TIMEOUT',
    'unset_environment': 'True',
    'wait': 'True',
    'write': 'False',
}

RESULTS = {
    'get_option': from_variant,
    'get_option_bytes': GLib.Bytes.get_data,
    'peer_credentials': lambda result: Credentials(*result[1:]),
    'read_bytes_finish': lambda data: data.get_data() or b'',
    'read_char': to_character,
    'read_char_finish': to_character,
    'receive_credentials': to_sender,
    'receive_credentials_finish': to_sender,
    'receive_file_descriptors': lambda result: FileDescriptors(*result),
    'receive_file_descriptors_finish': lambda result: FileDescriptors(*result),
    'receive_from': Received,
}

# By the type of an argument: how to convert it.
CONVERSIONS = {
    'guint8[]': 'if {0}.__class__ is not bytes: {0} = to_bytes({0})',
    'gint32[]': '{0} = to_descriptors({0})',
    'Variant': '{0} = to_variant({0})',
    'IOCondition': '{0} = to_condition({0})',
}

# By its name, where the type does not tell.
NAMED_CONVERSIONS = {
    'fd': 'if {0}.__class__ is not int: {0} = to_descriptor({0})',
    'payload': 'if {0} is not None: {0} = GLib.Bytes.new(to_bytes({0}))',
}

HOST_OR_ADDRESS = 'address, keywords = to_address(address, keywords)'

PLAIN = '''
def call({parameters}):
    {conversions}
    try:
        return {convert}(function({arguments}))
    except GError as error:
        raise translate(error) from None
'''

WITH_KEYWORDS = '''
def call({parameters}**keywords):
    {conversions}
    try:
        if keywords:
            names, values = pack(keywords)
            return {convert}(function({leading}names, values{rest}))
        return {convert}(function({leading}None, None{rest}))
    except GError as error:
        raise translate(error) from None
'''

SCOPE = {
    'Address': Address,
    'GError': GLib.Error,
    'GLib': GLib,
    'IPV6': GSock.Ipv6Mode.YES,
    'NO_FLAGS': NO_FLAGS,
    'TIMEOUT': GSock.TIMEOUT_DEFAULT,
    'pack': pack,
    'to_address': to_address,
    'to_bytes': to_bytes,
    'to_condition': to_condition,
    'to_descriptor': to_descriptor,
    'to_descriptors': to_descriptors,
    'to_variant': to_variant,
    'translate': translate,
}

compiled = functools.lru_cache(None)(functools.partial(compile, filename='<GSock>', mode='exec'))


def kind_of(argument):
    kind = argument.get_type()
    tag = kind.get_tag_as_string()
    if tag == 'array':
        return kind.get_param_type(0).get_tag_as_string() + '[]'
    return kind.get_interface().get_name() if tag == 'interface' else tag


def arguments_of(info):
    """Name and kind of the arguments that a caller gives: not those that return or are a length."""
    arguments = info.get_arguments()
    kinds = [argument.get_type() for argument in arguments] + [info.get_return_type()]
    lengths = {kind.get_array_length() for kind in kinds if kind.get_tag_as_string() == 'array'}
    return [(argument.get_name(), kind_of(argument), argument.may_be_null())
            for index, argument in enumerate(arguments)
            if argument.get_direction() == 0 and index not in lengths]


def parameters_of(arguments):
    """As they stand in a def; once one has to be given, so have those before it."""
    parameters, optional = [], True
    for name, kind, nullable in reversed(arguments):
        default = DEFAULTS.get(name, 'None' if nullable and kind != 'guint8[]' else None)
        optional = optional and default is not None
        parameters.insert(0, f'{name}={default}' if optional else name)
    return parameters


def result_of(info, name):
    if name in RESULTS:
        return RESULTS[name]
    outs = sum(argument.get_direction() == 1 for argument in info.get_arguments())
    if outs and info.get_return_type().get_tag_as_string() == 'gboolean':
        return operator.itemgetter(1 if outs == 1 else slice(1, None))
    return None


def wrap(info, function, receiver=()):
    arguments = arguments_of(info)
    names = [name for name, _, _ in arguments]
    keyworded = 'names' in names
    cut = names.index('names') if keyworded else len(names)
    leading, rest = arguments[:cut], names[cut + 2:]
    conversions = [conversion.format(name) for name, kind, _ in leading
                   if (conversion := CONVERSIONS.get(kind) or NAMED_CONVERSIONS.get(name))]
    if keyworded and ('address', 'Address', True) in leading:
        conversions.append(HOST_OR_ADDRESS)

    result = result_of(info, info.get_name())
    parameters = [*receiver, *parameters_of(leading)]
    if keyworded:
        parameters += ['*'] * bool(rest) + [f'{name}=None' for name in rest]
    source = (WITH_KEYWORDS if keyworded else PLAIN).format(
        parameters=''.join(f'{item}, ' for item in parameters),
        conversions='\n    '.join(conversions),
        convert='convert_result' if result else '',
        arguments=', '.join([*receiver, *names]),
        leading=''.join(f'{item}, ' for item in [*receiver, *names[:cut]]),
        rest=''.join(f', {name}' for name in rest))
    scope = {**SCOPE, 'function': function, 'convert_result': result}
    exec(compiled(source), scope)
    scope['call'].__name__ = info.get_name()
    return scope['call']


# What takes a function, in _GSock_async, and what has few arguments, in _GSock_quick.
WRITTEN_OUT = {'watch'}
QUICK = [vars(GSock.Socket)[name] for name in ('send_data', 'send_data_to_host', 'receive_data')]


def wrap_class(cls):
    for name, info in list(vars(cls).items()):
        if not isinstance(info, FunctionInfo) or not info.can_throw_gerror() or name in WRITTEN_OUT:
            continue
        if info.is_method():
            call = wrap(info, info, ('self',))
        else:
            call = staticmethod(wrap(info, getattr(cls, name)))
        setattr(cls, name, call)


for name in dir(GSock):
    item = getattr(GSock, name)
    if isinstance(item, FunctionInfo):
        if item.can_throw_gerror():
            export(wrap(item, item))
    elif hasattr(item, '__info__'):
        wrap_class(item)


# Methods of subclasses

def check_size(answer, least=-1):
    size = operator.index(answer)
    if not least <= size < 2**63:
        raise OverflowError(f'{size} is no number of bytes')
    return size


def check_sent(answer):
    return check_size(answer)


def check_received(answer):
    """In C there are always four results, and one that is missing is not noticed."""
    data, address, flags, full_length = answer
    data = data if isinstance(data, GLib.Bytes) else GLib.Bytes.new(to_bytes(data))
    if not isinstance(address, (Address, type(None))):
        raise TypeError(f'the sender is a GSock.Address or None, not {address!r}')
    return data, address, GSock.MessageFlags(flags), check_size(full_length, 0)


def check_message(answer):
    if not isinstance(answer, GSock.Message):
        raise TypeError(f'what is received is a GSock.Message, not {answer!r}')
    return answer


def check_accepted(answer):
    if not isinstance(answer, GSock.ActiveSocket):
        raise TypeError(f'what is accepted is a GSock.ActiveSocket, not {answer!r}')
    return answer


def check_done(answer):
    return answer is None or bool(answer)


def call_next(method, *arguments):
    try:
        return method(*arguments)
    except GLib.Error as error:
        raise translate(error) from None


class NextMethod:
    """What a class of the library does, for super().do_x (...) as for Parent.do_x (self, ...)."""

    def __init__(self, info):
        self.info = info

    def __get__(self, instance, owner):
        native = next(cls for cls in owner.__mro__ if '__info__' in vars(cls))
        method = self.info.__get__(None, native)
        return method if instance is None else functools.partial(call_next, method, instance)


ANSWERS = {
    'do_accept_connection': check_accepted,
    'do_receive_from': check_received,
    'do_receive_message': check_message,
    'do_send_message': check_sent,
    'do_send_to': check_sent,
}
METHODS = {}

for cls in (GSock.Socket, GSock.PassiveSocket, GSock.DatagramSocket):
    for name, info in list(vars(cls).items()):
        if isinstance(info, VFuncInfo):
            METHODS[name] = NextMethod(info)
            setattr(cls, name, METHODS[name])


def guard(name, method):
    """A method that C can call: what it raises gets through, a wrong answer is refused."""
    check = ANSWERS.get(name, check_done)

    @functools.wraps(method)
    def call(*arguments):
        try:
            return check(method(*arguments))
        except GLib.Error:
            raise
        except BaseException as error:
            crossing.original = error
            raise GLib.Error(describe(error), DOMAIN, SocketError.code) from error
    return call


# What there is beside this needs the names above, and puts itself in place.
for name in ('faces', 'activation', 'datagrams', 'handover', 'async', 'quick', 'streams'):
    importlib.import_module('._GSock_' + name, __package__)
