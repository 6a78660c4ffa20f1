// SPDX-License-Identifier: LGPL-2.1-or-later
// gsock as JavaScript has it: keywords in an object, native values, callbacks that close.

/* exported _init, FUNCTIONS, METHODS, Received, arrange, isKeywords, kebab, refuseRest, toBytes, toCondition, toInteger, toReceived, toText */

const {Gio, GLib, GObject} = imports.gi;

let GSock;

// Values

const encoder = new TextEncoder();
const kebabs = new Map();

// The names of C, such as SO_KEEPALIVE, begin with a capital.
function kebab(name) {
    if (!kebabs.has(name)) {
        const split = name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
        kebabs.set(name, /^[A-Z]/.test(name) ? name : split.replace(/_/g, '-'));
    }
    return kebabs.get(name);
}

function isGType(value) {
    return Object.prototype.toString.call(value) === '[object GIRepositoryGType]';
}

function isKeywords(value) {
    return typeof value === 'object' && value !== null &&
        Object.getPrototypeOf(value) === Object.prototype;
}

function toText(value) {
    if (value.includes('\0'))
        throw new TypeError(`${JSON.stringify(value)} has a null character in it`);
    return value;
}

function fail(code, message) {
    throw new GSock.Error({code, message});
}

// gjs frees what it never had when a number cannot be a size.
function toCount(value) {
    if (!Number.isSafeInteger(value) || value < 0)
        fail(GSock.Error.OUT_OF_RANGE, `${String(value)} is no size`);
    return value;
}

function toInteger(value) {
    if (!Number.isInteger(value) || value !== (value | 0))
        fail(GSock.Error.OUT_OF_RANGE, `${String(value)} is no number that fits`);
    return value;
}

function toTypeValue(type) {
    if (!isGType(type))
        throw new TypeError(`${type} is no class of GObject`);
    const value = new GObject.Value();
    value.init(GObject.type_from_name('GType'));
    value.set_gtype(type);
    return value;
}

function toBytes(value) {
    if (typeof value === 'string')
        return encoder.encode(value);
    if (value instanceof Uint8Array)
        return value;
    if (ArrayBuffer.isView(value))
        return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    if (value instanceof GLib.Bytes)
        return value.toArray();
    if (value instanceof ArrayBuffer || Array.isArray(value))
        return Uint8Array.from(value instanceof ArrayBuffer ? new Uint8Array(value) : value);
    throw new TypeError(`bytes or a string are wanted, not ${value}`);
}

const VARIANTS = {
    boolean: value => new GLib.Variant('b', value),
    number: value => new GLib.Variant(Number.isSafeInteger(value) ? 'x' : 'd', value),
    bigint: value => new GLib.Variant('x', value),
    string: value => new GLib.Variant('s', toText(value)),
    object: objectToVariant,
};

function objectToVariant(value) {
    if (value === null)
        return new GLib.Variant('mv', null);
    if (value instanceof GLib.Variant)
        return value;
    if (value instanceof GSock.Address)
        return new GLib.Variant('s', value.get_host() ?? value.to_text());
    if (Array.isArray(value))
        return GLib.Variant.new_tuple(value.map(toVariant));
    const bytes = new GLib.Bytes(toBytes(value));
    return GLib.Variant.new_from_bytes(new GLib.VariantType('ay'), bytes, true);
}

function toVariant(value) {
    const make = VARIANTS[typeof value];
    if (make === undefined)
        throw new TypeError(`no socket option takes ${String(value)}`);
    return make(value);
}

function fromVariant(value) {
    if (value.get_type_string() === 'ay')
        return value.get_data_as_bytes().toArray();
    return value.recursiveUnpack();
}

function toCondition(value) {
    if (typeof value !== 'string')
        return value;
    return value.split('|').reduce((condition, nick) => {
        const bit = GLib.IOCondition[nick.trim().toUpperCase()];
        if (bit === undefined)
            throw new TypeError(`"${value}" is no condition: give in, out, pri, err or hup`);
        return condition | bit;
    }, 0);
}

// gjs itself crashes on one that has no place in a GValue.
function toLong(value) {
    if (value !== BigInt.asIntN(64, value) && value !== BigInt.asUintN(64, value))
        fail(GSock.Error.OUT_OF_RANGE, `${value} is no number of 64 bits`);
    return value;
}

// The values of keywords, as C converts them on.
const VALUES = {
    bigint: toLong,
    string: toText,
    function: value => toTypeValue(value.$gtype),
    object: objectToValue,
    symbol: undefined,
};

function objectToValue(value) {
    if (isGType(value))
        return toTypeValue(value);
    if (Array.isArray(value) || ArrayBuffer.isView(value))
        return toVariant(value);
    return value.constructor?.$gtype === undefined ? undefined : value;
}

function packValue(name, value) {
    const make = typeof value in VALUES ? VALUES[typeof value] : same => same;
    const packed = make?.(value);
    if (packed === undefined)
        fail(GSock.Error.INVALID_KEYWORD, `${kebab(name)} takes no ${String(value)}`);
    return packed;
}

function pack(keywords) {
    const given = Object.entries(keywords)
        .filter(([, value]) => value !== null && value !== undefined);
    return [
        given.map(([name]) => kebab(name)),
        given.map(([name, value]) => packValue(name, value)),
    ];
}

// The leading argument of bind_address and connect_to: an address, or a host.
function toAddress(value, keywords) {
    if (typeof value === 'string') {
        keywords.host = value;
        return null;
    }
    if (value instanceof Gio.SocketAddress)
        return GSock.Address.new_from_gsocket_address(value);
    return value;
}

// What receive_from gives: data, host and port; on local sockets data, filename and null. Where host and
// port say all there is, nothing else is given, and the address is made when it is asked for.
var Received = class Received {
    #sender;
    #host;
    #port;

    constructor([data, address, flags = 0, fullLength = data.length], host, port) {
        this.data = data;
        this.flags = flags;
        this.fullLength = fullLength;
        this.#sender = address;
        this.#host = host;
        this.#port = port;
    }

    get address() {
        if (this.#sender === undefined)
            this.#sender = GSock.Address.new_from_host(this.#host, this.#port);
        return this.#sender;
    }

    get full_length() {
        return this.fullLength;
    }

    get host() {
        if (this.#host === undefined)
            this.#host = this.address?.get_host() ?? null;
        return this.#host;
    }

    get filename() {
        return this.host === null ? this.address?.get_filename() ?? null : null;
    }

    get port() {
        if (this.#port === undefined)
            this.#port = this.address && this.filename === null ? this.address.get_port() : null;
        return this.#port;
    }

    get truncated() {
        return this.fullLength > this.data.length ||
            (this.flags & GSock.MessageFlags.TRUNCATE) !== 0;
    }

    [Symbol.iterator]() {
        return [this.data, this.host ?? this.filename, this.port].values();
    }
};

// Wrappers

const OPTIONAL = {
    abort: false,
    address: null,
    cancellable: null,
    condition: 'in',
    interface: null,
    ipv6: 1,
    limit: 0,
    name: null,
    numeric: false,
    payload: null,
    poll: true,
    priority: GLib.PRIORITY_DEFAULT,
    protocol: null,
    read: false,
    size: 65536,
    source: null,
    timeout: -2,
    unset_environment: true,
    wait: true,
    write: false,
};

const CONVERSIONS = {
    address: toAddress,
    bytes: toBytes,
    condition: toCondition,
    data: toBytes,
    limit: toInteger,
    maximum: toCount,
    most: toInteger,
    n_characters: toInteger,
    payload: value => value === null ? null : new GLib.Bytes(toBytes(value)),
    size: toCount,
    text: toText,
    ttl: toInteger,
    value: toVariant,
};

const withoutSuccess = result => result.length > 2 ? result.slice(1) : result[1];
// The numbers, which are the caller's to close, and in payload the bytes that they came with.
const toDescriptors = ([fds, payload]) => Object.assign(fds, {payload: payload.toArray()});
const withNames = ([items, names]) => names.map((name, i) => [name, items[i]]);
// The callback of a source is given the socket and what it is ready for.
function withCallback(source) {
    source.set_callback = callback => GObject.source_set_closure(source, callback);
    return source;
}

const toCredentials = ([, pid, uid, gid, pidfd = -1]) =>
    ({pid, uid, gid, pidfd: pidfd < 0 ? null : pidfd});
var toReceived = result => new Received(result);
const patience = ['wait', 'timeout', 'cancellable'];

// The arguments of each operator; `keyworded` takes others by name, `final` cannot be cancelled.
var METHODS = {
    Socket: {
        bind_address: {parameters: ['address'], keyworded: true},
        close: {parameters: ['abort']},
        connect_to: {parameters: ['address'], keyworded: true},
        copy_local_address: {result: withoutSuccess},
        create_source: {parameters: ['condition', 'cancellable'], result: withCallback},
        copy_remote_address: {result: withoutSuccess},
        finish_connect: {parameters: patience},
        get_option: {parameters: ['name'], result: fromVariant},
        get_option_bytes: {parameters: ['level', 'option', 'size'], result: toBytes},
        get_option_int: {parameters: ['level', 'option'], result: withoutSuccess},
        init_with_keywords: {keyworded: true},
        peer_credentials: {result: toCredentials},
        receive_credentials: {keyworded: true, result: toCredentials},
        receive_file_descriptor: {keyworded: true},
        receive_file_descriptors: {parameters: ['maximum'], keyworded: true, result: toDescriptors},
        receive_many: {parameters: ['batch', 'most'], keyworded: true},
        receive_message: {parameters: ['size'], keyworded: true},
        receive_from: {parameters: ['size'], keyworded: true, result: toReceived},
        receive_socket: {keyworded: true},
        send_credentials: {keyworded: true},
        send_file_descriptor: {parameters: ['fd'], keyworded: true},
        send_file_descriptors: {parameters: ['fds', 'payload'], keyworded: true},
        send_many: {parameters: ['batch'], keyworded: true},
        send_message: {parameters: ['message'], keyworded: true},
        send_socket: {parameters: ['socket'], keyworded: true},
        send_to: {parameters: ['data'], keyworded: true},
        set_option: {parameters: ['name', 'value']},
        set_option_bytes: {parameters: ['level', 'option', 'bytes']},
        shutdown: {parameters: ['read', 'write']},
        wait_for: {parameters: ['condition', 'timeout', 'cancellable']},
    },
    DatagramSocket: {
        block_source: {parameters: ['group', 'source', 'interface', 'cancellable']},
        join_group: {parameters: ['group', 'interface', 'source', 'cancellable']},
        leave_group: {parameters: ['group', 'interface', 'source', 'cancellable']},
        set_multicast_interface: {parameters: ['interface', 'cancellable']},
        set_multicast_ttl: {parameters: ['ttl']},
        set_ttl: {parameters: ['ttl']},
        unblock_source: {parameters: ['group', 'source', 'interface', 'cancellable']},
    },
    ActiveSocket: {
        finish_output: {keyworded: true},
        read_bytes: {parameters: ['size'], keyworded: true, conversions: {size: toInteger}, optional: {size: -1}},
        // A null character comes as none.
        read_char: {keyworded: true, result: ([read, character]) => read ? character || '\0' : null},
        read_line: {keyworded: true},
        read_text: {parameters: ['n_characters'], keyworded: true, optional: {n_characters: -1}},
        write_bytes: {parameters: ['data'], keyworded: true},
        write_line: {parameters: ['text'], keyworded: true, optional: {text: ''}},
        write_text: {parameters: ['text'], keyworded: true},
    },
    PassiveSocket: {
        accept_connection: {keyworded: true},
        accept_many: {parameters: ['limit'], keyworded: true},
        listen_on: {keyworded: true, final: true},
    },
};
var FUNCTIONS = {
    file_descriptors_from_activation: {parameters: ['unset_environment'], result: withNames},
    handover_complete: {parameters: ['channel', 'sockets', 'timeout', 'cancellable']},
    handover_give: {
        parameters: ['channel', 'sockets', 'names', 'timeout', 'cancellable'],
        awaited: {parameters: ['channel', 'sockets', 'names', 'timeout', 'priority', 'cancellable'], ofSource: true},
    },
    handover_take: {parameters: ['channel', 'timeout', 'cancellable'], result: withNames},
    lookup_hostname: {parameters: ['name', 'ipv6', 'cancellable']},
    lookup_name: {parameters: ['address', 'numeric', 'cancellable']},
    lookup_service: {parameters: ['service', 'protocol']},
    make_instance: {parameters: ['type'], keyworded: true},
    make_socket: {keyworded: true},
    make_socket_from_fd: {parameters: ['fd'], keyworded: true, final: true},
    make_socket_pair: {keyworded: true, final: true, result: withoutSuccess},
    make_sockets_from_activation: {keyworded: true, final: true, result: withNames},
    notify_service_manager: {parameters: ['state', ...patience]},
    remove_stored_file_descriptors: {parameters: ['name', ...patience]},
    store_file_descriptors: {parameters: ['fds', 'name', 'poll', ...patience]},
    wait_for_service_manager: {parameters: ['timeout', 'cancellable']},
};

// Null is a value where there is no other.
function take(keywords, name, operator, otherwise = OPTIONAL[name]) {
    const value = keywords[name] ?? (otherwise === undefined ? keywords[name] : otherwise);
    if (value === undefined)
        throw new TypeError(`${operator}: ${name} is missing`);
    delete keywords[name];
    return value;
}

function refuseRest(operator, keywords, parameters) {
    const [unknown] = Object.keys(keywords);
    if (unknown !== undefined) {
        fail(GSock.Error.UNKNOWN_KEYWORD,
            `${kebab(operator)}: unknown keyword "${unknown}"; it takes ${parameters.join(', ')}`);
    }
}

// What `native` is to be called with, of arguments in order and by name in an object at the end.
function arrange(operator, given, shape) {
    const {parameters = [], keyworded = false, final = false, last = [], conversions = {}, optional = {}} = shape;

    while (given.length > 0 && given[given.length - 1] === undefined)
        given.pop();
    const keywords = isKeywords(given[given.length - 1]) ? {...given.pop()} : {};
    if (given.length > parameters.length)
        throw new TypeError(`${operator} takes ${parameters.length} arguments and keywords`);
    parameters.forEach((name, i) => {
        if (given[i] !== undefined)
            keywords[name] = given[i];
    });
    const values = parameters.map(name => {
        const value = take(keywords, name, operator, optional[name]);
        const convert = conversions[name] ?? CONVERSIONS[name];
        return convert ? convert(value, keywords) : value;
    });
    const rest = keyworded && !final ? [...last, 'cancellable'] : last;
    const behind = rest.map(name => take(keywords, name, operator));
    if (!keyworded)
        refuseRest(operator, keywords, parameters);
    return [...values, ...keyworded ? pack(keywords) : [], ...behind];
}

// A function that takes its arguments in order, or by name in an object at the end.
function wrap(operator, native, shape) {
    const {result = same => same} = shape;

    return function (...given) {
        return result(native.call(this, ...arrange(operator, given, shape)));
    };
}

function closeAfter(socket, callback) {
    let result;
    try {
        result = callback(socket);
    } finally {
        if (!(result instanceof Promise))
            socket.close();
    }
    return result instanceof Promise ? result.finally(() => socket.close()) : result;
}

function constructSocket(keywords) {
    const rest = {...keywords};
    const own = {};
    for (const name of Object.keys(rest)) {
        const spec = this.constructor.find_property(kebab(name));
        if (spec !== null && (spec.flags & GObject.ParamFlags.CONSTRUCT_ONLY) !== 0) {
            own[name] = rest[name];
            delete rest[name];
        }
    }
    const self = GObject.Object.prototype._init.call(this, own) ?? this;
    self.init_with_keywords(rest);
    return self;
}

function _init() {
    GSock = this;
    const datagrams = imports.overrides._GSockDatagrams;
    const async = imports.overrides._GSockAsync;
    const quick = imports.overrides._GSockQuick;
    Object.assign(CONVERSIONS, {batch: datagrams.toBatch, message: datagrams.toMessage});

    async.addOperators();
    for (const [name, methods] of Object.entries(METHODS)) {
        const prototype = GSock[name].prototype;
        for (const [operator, shape] of Object.entries(methods))
            prototype[operator] = wrap(operator, prototype[operator], shape);
    }
    for (const [name, shape] of Object.entries(FUNCTIONS))
        GSock[name] = wrap(name, GSock[name], shape);

    // Otherwise that of GDatagramBased is found first.
    GSock.DatagramSocket.prototype.create_source = GSock.Socket.prototype.create_source;

    GSock.Received = Received;
    datagrams.install();
    async.install();
    quick.install();
    GSock.Socket.prototype._init = constructSocket;
    GSock.Socket.prototype.toString = GSock.Socket.prototype.to_string;
    GSock.Address.prototype.toString = GSock.Address.prototype.to_text;
    for (const name of ['new_abstract', 'new_for_family', 'new_from_bytes']) {
        const make = GSock.Address[name];
        GSock.Address[name] = (...given) => make(...given.slice(0, -1), toBytes(given[given.length - 1]));
    }

    // Ends when the socket is closed.
    GSock.PassiveSocket.prototype[Symbol.iterator] = function* () {
        while (this.is_open())
            yield this.accept_connection();
    };

    // The lines up to the end of the stream.
    GSock.ActiveSocket.prototype[Symbol.iterator] = function* () {
        for (let line = this.read_line(); line !== null; line = this.read_line())
            yield line;
    };

    const makeInstanceOfType = GSock.make_instance;
    GSock.make_instance = (type, keywords) =>
        typeof type === 'function' ? new type(keywords) : makeInstanceOfType(type, keywords ?? {});

    const waitForEach = GSock.wait_for_any;
    GSock.wait_for_any = wrap('wait_for_any', (sockets, conditions, timeout, cancellable) => {
        const all = Array.isArray(conditions) ? conditions : sockets.map(() => conditions);
        return waitForEach(sockets, all.map(toCondition), timeout, cancellable);
    }, {
        parameters: ['sockets', 'conditions', 'timeout', 'cancellable'],
        optional: {conditions: 'in', timeout: -1},
    });

    GSock.with_open_socket = (keywords, callback) =>
        closeAfter(GSock.make_socket(keywords), callback);
}
