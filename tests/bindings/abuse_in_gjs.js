// SPDX-License-Identifier: LGPL-2.1-or-later
// Every operator with every hostile value for every argument and keyword; see abuse.py, which runs it.
// An answer or an error is right, whatever is given. What is tried is printed before it is.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import GSock from 'gi://GSock?version=1';
import System from 'system';

const localHost = '127.0.0.1';
const [mode, ...rest] = ARGV;

// Values

function cancelled() {
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    return cancellable;
}

function makeBatch() {
    const batch = GSock.Batch.new();
    batch.add(new Uint8Array(3), GSock.Address.new_from_text('127.0.0.1:9'));
    return batch;
}

function makeMessage() {
    const message = GSock.Message.new();
    message.add_data(new Uint8Array(3));
    return message;
}

const MAKERS = {
    udp: () => GSock.make_socket({type: 'datagram', localHost}),
    listener: () => GSock.make_socket({connect: 'passive', localHost}),
    fresh: () => GSock.make_socket({type: 'datagram'}),
    raw: () => GSock.make_socket({addressFamily: 'netlink', type: 'raw'}),
};

// The sockets that operators are called on; those that a call has closed are made again.
const held = {};
const closed = GSock.make_socket({type: 'datagram'});
closed.close();
const isCancelled = cancelled();
let receiver = null;

function drop(...names) {
    for (const name of names) {
        held[name]?.close(true);
        delete held[name];
    }
}

function socket(name) {
    if (name === 'closed')
        return closed;
    if (!held[name]?.is_open()) {
        if (name in MAKERS) {
            held[name] = MAKERS[name]();
        } else {
            drop('left', 'right');
            [held.left, held.right] = GSock.make_socket_pair();
            held.right.set_timeout(0);
        }
        // Nothing waits, whatever it is given.
        held[name].set_timeout(0);
    }
    return held[name];
}

const SPECIAL = {
    'empty-list': () => [],
    'list-of-numbers': () => [1, 2, 3],
    'list-of-text': () => ['a', 'b'],
    'mixed-list': () => [new Uint8Array(1), null, 'x', 2n ** 70n, {}, undefined],
    'list-of-nothing': () => [null],
    'nested-list': () => [[1, [2]], ['a', localHost, 9]],
    'empty-mapping': () => ({}),
    'mapping': () => ({a: 1, 5: null}),
    'object': () => new Date(),
    'function': () => () => null,
    'class': () => Map,
    'type': () => GObject.TYPE_STRING,
    'socket-class': () => GSock.ActiveSocket,
    'cancellable': () => new Gio.Cancellable(),
    'cancelled': () => isCancelled,
    'glib-bytes': () => new GLib.Bytes([1, 2, 3]),
    'variant': () => new GLib.Variant('(sa{sv})', ['a', {b: new GLib.Variant('i', 5)}]),
    'address': () => GSock.Address.new_from_text('127.0.0.1:9'),
    'empty-address': () => new GSock.Address(),
    'message': makeMessage,
    'batch': makeBatch,
    'condition': () => GLib.IOCondition.IN,
    'socket': () => socket('left'),
    'closed-socket': () => closed,
    'socket-without-init': () => GObject.Object.newv(GSock.DatagramSocket.$gtype, []),
    'listener': () => socket('listener'),
    'the-receiver': () => receiver,
    'an-error': () => new GLib.Error(Gio.IOErrorEnum, 5, 'broken'),
};

function toText(text) {
    const [, once, count] = text.match(/^(.*?)(?:\*(\d+))?$/);
    return once.replace('\\0', '\0').replace('\\xff', '\ud800').repeat(count ?? 1);
}

const KINDS = {
    none: () => null,
    boolean: text => text === 'true',
    integer: text => Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text),
    number: text => ({nan: NaN, inf: Infinity, '-inf': -Infinity})[text] ?? Number(text),
    text: toText,
    bytes: text => new Uint8Array(Number(text)),
};

function readValues() {
    const values = new Map();
    const [, data] = GLib.file_get_contents(`${GLib.getenv('GSOCK_TEST_DATA')}/hostile-values.tsv`);
    for (const row of new TextDecoder().decode(data).split('\n')) {
        if (row === '' || row.startsWith('#'))
            continue;
        const [name, kind, text = ''] = row.split('\t');
        const value = kind === 'special' ? null : KINDS[kind](text);
        values.set(name, SPECIAL[name] ?? (() => value));
    }
    values.set('undefined', () => undefined);
    values.set('symbol', () => Symbol('x'));
    values.set('array-buffer', () => new ArrayBuffer(5));
    values.set('other-array', () => new Float64Array(2));
    values.set('double-of-2^63', () => 2 ** 63);
    values.set('proxy', () => new Proxy({}, {get() {
        throw new RangeError('by the proxy');
    }}));
    values.set('throws', () => ({toString() {
        throw new RangeError('by toString');
    }}));
    return values;
}

// Arguments

const nothing = () => false;
const here = () => socket('udp').get_local_address();

// What is given for an argument when it is not its turn, by its name.
const BASELINES = {
    address: here,
    batch: makeBatch,
    bytes: () => new Uint8Array(5),
    callback: () => nothing,
    channel: () => socket('left'),
    condition: () => GLib.IOCondition.IN,
    conditions: () => [GLib.IOCondition.IN],
    data: () => new Uint8Array(5),
    destination: here,
    fd: () => socket('udp').get_file_descriptor(),
    fds: () => [socket('udp').get_file_descriptor()],
    group: () => GSock.Address.new_from_host('239.1.2.3', 0),
    host: () => localHost,
    interface: () => 'lo',
    level: () => 1,
    lengths: () => new Uint8Array([5, 0, 0, 0]),
    listener: () => socket('listener'),
    maximum: () => 4,
    message: makeMessage,
    most: () => 4,
    n_characters: () => 4,
    name: () => 'broadcast',
    names: () => ['a'],
    network: () => Gio.InetAddressMask.new_from_string('10.0.0.0/8'),
    option: () => 2,
    other: here,
    payload: () => new Uint8Array(5),
    port: () => 80,
    priority: () => 0,
    protocol: () => null,
    read: () => true,
    service: () => 'http',
    size: () => 100,
    socket: () => socket('udp'),
    socket_names: () => ['a'],
    sockets: () => [socket('udp')],
    source: () => GSock.Address.new_from_host(localHost, 0),
    state: () => 'READY=1',
    text: () => '127.0.0.1:80',
    timeout: () => 0,
    type: () => GSock.DatagramSocket.$gtype,
    value: () => true,
    wait: () => false,
};
const USUAL = {wait: false, timeout: 0};
const HALVES = {remoteHost: ['remotePort', 9], remotePort: ['remoteHost', localHost], host: ['port', 9], port: ['host', localHost]};
// Where something is looked up, which is nobody's business here, and what would wait for ever.
const PATIENT = /^(wait|timeout|.*[hH]ost|.*[cC]onnectable|.*[sS]ervice|address|name|remotePort|port)$/;

const camel = name => name.replace(/[-_]([a-z])/g, (_, letter) => letter.toUpperCase());
const KEYWORDS = GLib.getenv('GSOCK_TEST_KEYWORDS').split(' ').map(camel);

const RECEIVERS = {
    Socket: () => socket('udp'),
    ActiveSocket: () => socket('left'),
    PassiveSocket: () => socket('listener'),
    DatagramSocket: () => socket('udp'),
    RawSocket: () => socket('raw'),
    Address: here,
    Batch: makeBatch,
    Message: makeMessage,
    Interface: () => GSock.list_network_interfaces()[0],
    Lookup: () => GSock.lookup_hostname(localHost),
    Server: () => new GSock.Server({listener: socket('listener')}),
    Watch: () => socket('udp').watch('in', nothing),
};
const ANOTHER = ['', '', 'left', 'left', 'right', 'listener', 'fresh', 'raw', 'closed'];
// What the reference is kept by is the language's own affair.
const LEFT = ['ref', 'unref', 'free', 'constructor', '_init', 'toString', 'init_with_keywords'];
let another = '';

class Operator {
    constructor(name, owner, holder, parameters, keyworded) {
        Object.assign(this, {name, owner, holder, parameters, keyworded, keywords: [], usual: {}});
    }

    call(self, given) {
        return this.owner === null ? this.holder[this.name](...given) : this.holder.prototype[this.name].apply(self, given);
    }

    run(hostile, keywords) {
        receiver = this.owner === null ? null : RECEIVERS[this.owner]();
        if (another !== '' && this.owner === 'Socket')
            receiver = socket(another);
        const given = this.parameters.map(name => name in hostile ? hostile[name]() : this.baseline(name));
        const named = {...this.usual};
        for (const name of Object.keys(keywords)) {
            if (name in HALVES)
                named[HALVES[name][0]] = HALVES[name][1];
        }
        Object.assign(named, keywords);
        if (this.keyworded)
            given.push(named);
        return this.call('self' in hostile ? hostile.self() : receiver, given);
    }

    baseline(name) {
        const lookup = name === 'name' && this.name.startsWith('lookup');
        return BASELINES[lookup ? 'host' : name]?.() ?? null;
    }

    // Which keywords it knows.
    learn() {
        if (!this.keyworded)
            return;
        for (const [name, value] of Object.entries(USUAL)) {
            if (this.knows(name, value))
                this.usual[name] = value;
        }
        this.keywords = KEYWORDS.filter(name => this.knows(name, nothing));
    }

    knows(name, value) {
        try {
            finish(this.name, this.run({}, {[name]: value, cancellable: isCancelled}));
        } catch (error) {
            return name !== 'dup' && !error.message?.includes('unknown keyword');
        }
        return name !== 'dup';
    }

    rows(values) {
        const rows = [];
        const names = this.owner === null ? this.parameters : [...this.parameters, 'self'];
        for (const value of values.keys()) {
            rows.push(...names.map(name => [name, value, {[name]: values.get(value)}, {}]));
            rows.push(...this.keywords.map(name => [`${name}=`, value, {}, {[name]: values.get(value)}]));
        }
        return rows;
    }
}

// What was given is closed.
function finish(name, result) {
    if (result instanceof Promise) {
        result.then(later => finish(name, later), () => {});
        return;
    }
    if (/^receive_file_descriptor|^peer_pidfd/.test(name)) {
        const numbers = Array.isArray(result) ? result.flat() : [result];
        numbers.filter(fd => typeof fd === 'number').forEach(fd => GLib.close(fd));
    }
    for (const item of Array.isArray(result) ? result.flat() : [result]) {
        if (item instanceof GSock.Socket && item !== receiver)
            item.close(true);
        else if (item instanceof GSock.Watch)
            item.cancel();
    }
}

// The typelib says what there is, and what it takes.
function readOperators() {
    const repository = imports.gi.GIRepository.Repository.get_default();
    const GI = imports.gi.GIRepository;
    const found = new Map();

    function add(owner, name, holder, info) {
        const arrays = [];
        const names = [];
        for (let i = 0; i < GI.callable_info_get_n_args(info); i++) {
            const argument = GI.callable_info_get_arg(info, i);
            const type = GI.arg_info_get_type(argument);
            if (GI.type_info_get_tag(type) === GI.TypeTag.ARRAY)
                arrays.push(GI.type_info_get_array_length(type));
            if (GI.arg_info_get_direction(argument) !== GI.Direction.OUT)
                names.push([i, argument.get_name()]);
        }
        const own = names.filter(([i]) => !arrays.includes(i)).map(([, argument]) => argument);
        const keyworded = own.includes('names') && own.includes('values');
        const cut = keyworded ? own.indexOf('names') : own.length;
        const isMethod = (GI.function_info_get_flags(info) & GI.FunctionInfoFlags.IS_METHOD) !== 0;
        const parameters = own.slice(0, cut).filter(argument => argument !== 'user_data' && !(name === 'receive_many' && argument === 'batch'));
        found.set(owner ? `${owner}.${name}` : name,
            new Operator(name, isMethod ? owner : null, holder, parameters, keyworded));
    }

    for (let i = 0; i < repository.get_n_infos('GSock'); i++) {
        const info = repository.get_info('GSock', i);
        const name = info.get_name();
        const type = info.get_type();
        const [count, nth] = {
            [GI.InfoType.OBJECT]: [GI.object_info_get_n_methods, GI.object_info_get_method],
            [GI.InfoType.STRUCT]: [GI.struct_info_get_n_methods, GI.struct_info_get_method],
        }[type] ?? [];
        if (type === GI.InfoType.FUNCTION)
            add(null, name, GSock, info);
        for (let n = 0; count !== undefined && n < count(info); n++) {
            const method = nth(info, n);
            const holder = GSock[name];
            if (holder !== undefined && !LEFT.includes(method.get_name()))
                add(name, method.get_name(), holder, method);
        }
    }
    return found;
}

// Runs

let answers = 0;
let errors = 0;

// Numbers that the parent gives, so that another run does the same.
let state = Number(GLib.getenv('GSOCK_TEST_SEED') ?? 1) | 0;
function chance(count) {
    state = Math.imul(state, 1103515245) + 12345 | 0;
    return ((state >>> 8) & 0xffff) % count;
}

function iterate() {
    for (let i = 0; i < 3; i++)
        GLib.MainContext.default().iteration(false);
}

const ORDINARY = [GLib.Error, TypeError, RangeError, Error];

function attempt(operator, hostile, keywords) {
    const named = {};
    for (const [name, value] of Object.entries(keywords))
        named[name] = value();
    if ([...Object.keys(hostile), ...Object.keys(keywords)].some(name => PATIENT.test(name))) {
        if (operator.parameters.includes('cancellable'))
            hostile.cancellable ??= () => isCancelled;
        else if (operator.keyworded)
            named.cancellable = isCancelled;
    }
    try {
        finish(operator.name, operator.run(hostile, named));
        answers++;
    } catch (error) {
        errors++;
        if (!ORDINARY.some(kind => error instanceof kind) || !error.message)
            print(`odd ${operator.name} ${String(error)} ${Object.keys(hostile)} ${Object.keys(keywords)}`);
    }
    if (operator.name.endsWith('_async') || operator.parameters.includes('callback'))
        iterate();
}

function clear() {
    drop(...Object.keys(held));
    iterate();
}

// A thread that has waited keeps one until it ends.
function openDescriptors() {
    const folder = Gio.File.new_for_path('/proc/self/fd').enumerate_children('standard::symlink-target', 1, null);
    let count = 0;
    for (let info = folder.next_file(null); info !== null; info = folder.next_file(null))
        count += info.get_symlink_target()?.includes('eventfd') ? 0 : 1;
    folder.close(null);
    return count;
}

// What a thread is still busy with is not left.
function leftOpen(before) {
    for (let i = 0; i < 50 && openDescriptors() > before; i++)
        GLib.usleep(50000);
    return openDescriptors() - before;
}

function heap() {
    System.gc();
    System.gc();
    return Number(GLib.getenv('GSOCK_TEST_HEAP') ?? 0);
}

function runMatrix(name, operator, values, rounds, repeat, share) {
    operator.learn();
    let rows = operator.rows(values);
    if (share > 1) {
        const wanted = Math.max(Math.floor(rows.length / share), Math.min(rows.length, 5));
        rows = Array.from({length: wanted}, () => rows[chance(rows.length)]);
    }
    const others = operator.owner === 'Socket' ? ['', 'left'] : [''];
    const growth = [];
    let before = 0;
    let descriptors = 0;
    for (let round = 0; round < rounds; round++) {
        for (const [argument, value, hostile, keywords] of rows) {
            for (another of others) {
                print(`try ${name} ${argument} ${value} ${another}`);
                for (let i = 0; i < repeat; i++)
                    attempt(operator, {...hostile}, keywords);
            }
        }
        clear();
        const now = repeat > 1 ? heap() : 0;
        growth.push(now - before);
        before = now;
        if (round === 0) {
            System.gc();
            descriptors = openDescriptors();
        }
    }
    System.gc();
    const left = leftOpen(descriptors);
    if (left > 0)
        print(`leak ${name} ${left} descriptors`);
    if (repeat > 1 && Math.min(...growth.slice(2)) > 16 * repeat)
        print(`leak ${name} bytes each round ${growth.slice(1)}`);
}

function runRandom(operators, values, seed, count) {
    state = seed | 0;
    // With another timeout than that of the stage, something would wait.
    const names = [...operators.keys()].filter(name => name !== 'Socket.set_timeout');
    const listed = [...values.keys()];
    const pick = all => all[chance(all.length)];
    operators.forEach(operator => operator.learn());
    for (let i = 0; i < count; i++) {
        const name = pick(names);
        const operator = operators.get(name);
        const hostile = {};
        const keywords = {};
        for (const parameter of [...operator.parameters, ...operator.owner !== null && chance(10) === 0 ? ['self'] : []]) {
            if (parameter === 'self' || chance(10) < 4)
                hostile[parameter] = pick(listed);
        }
        for (let n = chance(4); n > 0 && operator.keywords.length > 0; n--)
            keywords[pick(operator.keywords)] = pick(listed);
        another = pick(ANOTHER);
        print(`try ${i} ${name} ${another} ${JSON.stringify(hostile)} ${JSON.stringify(keywords)}`);
        const made = all => Object.fromEntries(Object.entries(all).map(([key, value]) => [key, values.get(value)]));
        attempt(operator, made(hostile), made(keywords));
        if (chance(50) === 0) {
            clear();
            System.gc();
        }
    }
    clear();
}

const operators = readOperators();
if (mode === 'list') {
    operators.forEach((_, name) => print(name));
} else {
    const values = readValues();
    if (mode === 'matrix') {
        for (const name of rest.slice(3))
            runMatrix(name, operators.get(name), values, ...rest.slice(0, 3).map(Number));
    } else {
        runRandom(operators, values, ...rest.map(Number));
    }
    print(`done ${answers} ${errors}`);
}
