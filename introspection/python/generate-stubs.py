# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes what type checkers and editors are told of GSock in Python: the types are those of the typelib,
the signatures those of the overrides. To be run where both are found: generate-stubs.py OUTPUT
"""

import inspect
import keyword
import sys

import gi

gi.require_version('GSock', '1')
from gi._gi import FunctionInfo, Repository
from gi.repository import GSock

HEADER = '''# SPDX-License-Identifier: LGPL-2.1-or-later
# Made from GSock-1.typelib and the overrides by generate-stubs.py.

from typing import Any, AsyncIterator, Callable, Iterator, Literal, NamedTuple, overload

from gi.repository import Gio, GLib, GObject

Buffer = bytes | bytearray | memoryview | GLib.Bytes
Condition = str | GLib.IOCondition
Datagram = Buffer | tuple[Any, ...]


class SocketError(GLib.Error, OSError):
    code: int
    message: str
    domain: str
    def __init__(self, message: str = ..., domain: str = ..., code: int | None = ...) -> None: ...


class Received(tuple[bytes, str | None, int | None]):
    def __new__(cls, result: tuple[bytes, Address | None, MessageFlags, int]) -> Received: ...
    @property
    def data(self) -> bytes: ...
    @property
    def host(self) -> str | None: ...
    @property
    def filename(self) -> str | None: ...
    @property
    def port(self) -> int | None: ...
    @property
    def address(self) -> Address | None: ...
    @property
    def flags(self) -> MessageFlags: ...
    @property
    def full_length(self) -> int: ...
    @property
    def truncated(self) -> bool: ...


class ReceivedMany:
    batch: Batch
    count: int
    def __init__(self, batch: Batch, count: int) -> None: ...
    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> Received: ...
    def __iter__(self) -> Iterator[tuple[bytes, str | None, int | None]]: ...


class FileDescriptors(list[int]):
    payload: bytes


class Credentials(NamedTuple):
    pid: int
    uid: int
    gid: int


class SenderCredentials(NamedTuple):
    pid: int
    uid: int
    gid: int
    pidfd: int | None


class ExtendedError(NamedTuple):
    errno: int
    origin: int
    type: int
    code: int
    info: int
    offender: str | None


# Which class it is, the keywords say.
@overload
def make_socket(*, type: Literal['datagram'], cancellable: Gio.Cancellable | None = ..., **keywords: Any) -> DatagramSocket: ...
@overload
def make_socket(*, type: Literal['raw'], cancellable: Gio.Cancellable | None = ..., **keywords: Any) -> RawSocket: ...
@overload
def make_socket(*, connect: Literal['passive'], cancellable: Gio.Cancellable | None = ..., **keywords: Any) -> PassiveSocket: ...
@overload
def make_socket(*, type: SocketType | int, cancellable: Gio.Cancellable | None = ..., **keywords: Any) -> Any: ...
@overload
def make_socket(*, connect: Any, cancellable: Gio.Cancellable | None = ..., **keywords: Any) -> Any: ...
@overload
def make_socket(*, cancellable: Gio.Cancellable | None = ..., **keywords: Any) -> ActiveSocket: ...
'''
WRITTEN_OUT = {'SocketError', 'Received', 'ReceivedMany', 'FileDescriptors', 'Credentials',
               'SenderCredentials', 'ExtendedError', 'make_socket'}

TAGS = {
    'void': 'None', 'gboolean': 'bool', 'gfloat': 'float', 'gdouble': 'float', 'utf8': 'str',
    'filename': 'str', 'GType': 'Any', 'gunichar': 'str', 'error': 'GLib.Error',
}

# What a parameter of an override takes, where that is not what the typelib says.
PARAMETERS = {
    'address': 'Address | Gio.SocketAddress | str | None',
    'batch': 'Batch | None',
    'bytes': 'Buffer',
    'callback': 'Callable[..., Any] | None',
    'cancellable': 'Gio.Cancellable | None',
    'cls': 'Any',
    'condition': 'Condition',
    'conditions': 'Any',
    'data': 'Buffer | list[Any] | tuple[Any, ...] | Message',
    'datagrams': 'Batch | list[Any]',
    'fd': 'Any',
    'fds': 'Any',
    'many': 'Batch | list[Any]',
    'most': 'int',
    'payload': 'Buffer | None',
    'priority': 'int',
    'remote_address': 'Address | None',
    'remote_host': 'str | None',
    'remote_port': 'int | None',
    'size': 'int',
    'sockets': 'Any',
    'timeout': 'float | None',
    'value': 'Any',
    'wait': 'bool',
}

# What an override answers, where that is not what the typelib says. It has Any of the rest.
RESULTS = {
    '__aiter__': 'AsyncIterator[Any]',
    '__enter__': 'Any',
    '__eq__': 'bool',
    '__exit__': 'None',
    '__hash__': 'int',
    '__init__': 'None',
    '__iter__': 'Iterator[Any]',
    '__repr__': 'str',
    '__str__': 'str',
    'accept_connection': 'ActiveSocket',
    'create_source': 'GLib.Source',
    'file_descriptors_from_activation': 'list[tuple[str, int]]',
    'get_option': 'Any',
    'get_option_bytes': 'bytes',
    'handover_take': 'list[tuple[str, Any]]',
    'make_instance': 'Any',
    'make_socket_from_fd': 'Any',
    'make_sockets_from_activation': 'list[tuple[str, Any]]',
    'peer_credentials': 'Credentials',
    'receive_credentials': 'SenderCredentials',
    'receive_file_descriptors': 'FileDescriptors',
    'receive_from': 'Received',
    'receive_from_finish': 'Received',
    'receive_many': 'ReceivedMany',
    'receive_socket': 'Any',
    'send_many': 'int',
    'send_message': 'int',
    'wait_for_any': 'list[Any]',
}
NAMES_OF_PYTHON = {'__aiter__', '__enter__', '__eq__', '__exit__', '__hash__', '__init__', '__iter__',
                   '__repr__', '__str__'}


def type_of(kind, given=False):
    tag = kind.get_tag_as_string()
    if tag == 'array':
        item = kind.get_param_type(0)
        if item.get_tag_as_string() == 'guint8':
            return 'Buffer' if given else 'bytes'
        return f'list[{type_of(item, given)}]'
    if tag in ('glist', 'gslist'):
        return f'list[{type_of(kind.get_param_type(0), given)}]'
    if tag == 'interface':
        interface = kind.get_interface()
        namespace, name = interface.get_namespace(), interface.get_name()
        if type(interface).__name__ == 'CallbackInfo':
            return 'Callable[..., Any]'
        if namespace == 'GSock':
            return name
        return f'{namespace}.{name}' if namespace in ('Gio', 'GLib', 'GObject') else 'Any'
    if tag == 'void' and kind.is_pointer():
        return 'Any'
    return TAGS.get(tag, 'int' if 'int' in tag else 'Any')


def or_none(kind, nullable):
    return f'{kind} | None' if nullable and kind not in ('Any', 'None') else kind


def result_of(info):
    """With what is given beside the result, as PyGObject does."""
    arguments = info.get_arguments()
    returned = info.get_return_type()
    kinds = [argument.get_type() for argument in arguments] + [returned]
    lengths = {kind.get_array_length() for kind in kinds if kind.get_tag_as_string() == 'array'}
    results = [or_none(type_of(argument.get_type()), argument.may_be_null())
               for index, argument in enumerate(arguments)
               if argument.get_direction() != 0 and index not in lengths]
    if returned.get_tag_as_string() != 'void' or returned.is_pointer():
        results.insert(0, or_none(type_of(returned), info.may_return_null()))
    return (f'tuple[{", ".join(results)}]' if len(results) > 1 else results[0]) if results else 'None'


def given_to(info):
    """The arguments that are given, by name."""
    arguments = info.get_arguments()
    kinds = [argument.get_type() for argument in arguments] + [info.get_return_type()]
    lengths = {kind.get_array_length() for kind in kinds if kind.get_tag_as_string() == 'array'}
    return {argument.get_name(): or_none(type_of(argument.get_type(), True), argument.may_be_null())
            for index, argument in enumerate(arguments)
            if argument.get_direction() == 0 and index not in lengths}


def declare(name, parameters, result, decorator=None, indent=''):
    lines = [f'{indent}@{decorator}\n'] if decorator else []
    lines.append(f'{indent}def {name}({", ".join(parameters)}) -> {result}: ...\n')
    return ''.join(lines)


def declare_native(name, info, receiver=(), decorator=None, indent=''):
    given = [(f'{item}_' if keyword.iskeyword(item) else item, kind)
             for item, kind in given_to(info).items()]
    last = max((i for i, (_, kind) in enumerate(given) if not kind.endswith('None')), default=-1)
    parameters = [f'{item}: {kind}' + (' = ...' if i > last else '')
                  for i, (item, kind) in enumerate(given)]
    if any(item == 'user_data' for item, _ in given):
        parameters = [item for item in parameters if not item.startswith('user_data')] + ['*user_data: Any']
    return declare(name, [*receiver, *parameters], result_of(info), decorator, indent)


def declare_written(name, function, info, indent='', decorator=None):
    """A function of the overrides; what its parameters are, the typelib tells by their names."""
    known = given_to(info) if info else {}
    parameters = []
    for item in inspect.signature(function, follow_wrapped=False).parameters.values():
        kind = PARAMETERS.get(item.name) or known.get(item.name, 'Any')
        if item.kind is item.VAR_POSITIONAL:
            parameters.append(f'*{item.name}: Any')
        elif item.kind is item.VAR_KEYWORD:
            parameters.append(f'**{item.name}: Any')
        elif item.name == 'self' and not parameters:
            parameters.append('self')
        else:
            if item.kind is item.KEYWORD_ONLY and not any(p.startswith('*') for p in parameters):
                parameters.append('*')
            parameters.append(f'{item.name}: {kind}' + (' = ...' if item.default is not item.empty else ''))
    result = RESULTS.get(name) or ('Any' if name.endswith('_async') or info is None else successful(info))
    if name == '__eq__':
        parameters = ['self', 'other: object']
    return declare(name, parameters, result, decorator, indent)


def successful(info):
    """The overrides leave out the TRUE of what gives something else."""
    result = result_of(info)
    if not result.startswith('tuple[bool, '):
        return result
    rest = result[len('tuple[bool, '):-1]
    outs = sum(argument.get_direction() != 0 for argument in info.get_arguments())
    return rest if outs == 1 else f'tuple[{rest}]'


def declare_member(name, item, info):
    if isinstance(item, property):
        setter = f'    @{name}.setter\n    def {name}(self, value: Any) -> None: ...\n' if item.fset else ''
        return f'    @property\n    def {name}(self) -> Any: ...\n{setter}'
    static = isinstance(item, staticmethod) or (isinstance(item, FunctionInfo) and not item.is_method())
    native = item if isinstance(item, FunctionInfo) else info if not inspect.isfunction(getattr(item, '__func__', item)) else None
    decorator = 'staticmethod' if static else None
    if native is not None and name not in NAMES_OF_PYTHON:
        return declare_native(name, native, () if static else ('self',), decorator, '    ')
    if native is not None:
        return declare(name, ['self'], RESULTS[name], None, '    ')
    return declare_written(name, getattr(item, '__func__', item), info, '    ', decorator)


def declare_properties(info, parent):
    lines = [f'        {item.get_name().replace("-", "_")}: {or_none(type_of(item.get_type()), True)}\n'
             if type_of(item.get_type()) not in ('int', 'bool', 'float') else
             f'        {item.get_name().replace("-", "_")}: {type_of(item.get_type())}\n'
             for item in info.get_properties()]
    base = f'({parent}.Props)' if parent else ''
    body = ''.join(lines) or '        ...\n'
    return f'    class Props{base}:\n{body}    @property\n    def props(self) -> Props: ...\n'


def declare_class(name, cls, info):
    methods = {item.get_name(): item for item in info.get_methods()} if hasattr(info, 'get_methods') else {}
    is_object = type(info).__name__ == 'ObjectInfo'
    parent = info.get_parent() if is_object else None
    own = parent.get_name() if parent and parent.get_namespace() == 'GSock' else ''
    base = own or ('GObject.Object' if is_object else '')
    body = declare_properties(info, own) if is_object else ''
    for member, item in vars(cls).items():
        wanted = not member.startswith(('_', 'do_')) or member in NAMES_OF_PYTHON
        if wanted and (callable(item) or isinstance(item, (property, staticmethod))) and not inspect.isclass(item):
            body += declare_member(member, item, methods.get(member))
    heading = f'class {name}({base}):' if base else f'class {name}:'
    return f'\n\n{heading}\n' + (body or '    ...\n')


def declare_enum(name, cls):
    """As numbers, for then a checker knows all the names there are."""
    about = '    value_names: list[str]\n    value_nicks: list[str]\n'
    if hasattr(cls, '__enum_values__'):
        about = '    value_name: str\n    value_nick: str\n'
    values = [value for value in dir(cls) if value.isupper() and isinstance(getattr(cls, value), cls)]
    return f'\n\nclass {name}(int):\n{about}' + ''.join(f'    {value}: {name}\n' for value in values)


def declare_item(name, item, info):
    if inspect.isclass(item) and issubclass(item, BaseException):
        bases = ', '.join(base.__name__ for base in item.__bases__)
        return f'\n\nclass {name}({bases}): ...\n'
    if isinstance(item, FunctionInfo):
        return declare_native(name, item)
    if hasattr(item, '__enum_values__') or hasattr(item, '__flags_values__'):
        return declare_enum(name, item)
    if inspect.isclass(item):
        return declare_class(name, item, info) if info else ''
    if inspect.isfunction(item):
        return declare_written(name, item, info)
    return f'{name}: {type(item).__name__}\n' if isinstance(item, (int, float, str)) else ''


def find_items():
    """Parents before their children, as Python wants them."""
    items = {name: getattr(GSock, name) for name in dir(GSock) if not name.startswith('_')}
    return sorted(items.items(), key=lambda pair: (inspect.isclass(pair[1]) and len(pair[1].__mro__), pair[0]))


def main(output):
    repository = Repository.get_default()
    parts = [HEADER]
    for name, item in find_items():
        if name not in WRITTEN_OUT and not name.endswith('Class'):
            parts.append(declare_item(name, item, repository.find_by_name('GSock', name)))
    with open(output, 'w', encoding='utf-8') as file:
        file.write(''.join(parts))


main(sys.argv[1])
