// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs the cases of a manifest, one line of TAP for each; see run.py for what is in one.

import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Gio from 'gi://Gio';
import GSock from 'gi://GSock?version=1';

// Stands for what is expected and may be whatever it is.
const ANYTHING = Symbol('anything');
const decoder = new TextDecoder();

class Mismatch extends Error {}

// Values

function fromHex(text) {
    return Uint8Array.from(text.match(/../g) ?? [], byte => parseInt(byte, 16));
}

const SCALARS = {
    't': () => true,
    'f': () => false,
    'n': () => null,
    'i': Number,
    'd': Number,
    's': text => decoder.decode(fromHex(text)),
    'x': fromHex,
    '[': name => name === 'GObject' ? GObject.Object : GSock[name.replace('GSock', '')],
    '%': text => {
        const [name, nick] = text.split('.');
        return (name in GSock ? GSock : GLib)[name][nick.toUpperCase().replace(/-/g, '_')];
    },
    '<': text => Gio.NetworkAddress.parse(text, 1),
    '*': () => ANYTHING,
};

// A name with dashes, as JavaScript has it.
function camel(name) {
    return name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

function readPart(value, name) {
    const part = Array.isArray(value) || value instanceof Uint8Array ? value[name] : value[camel(name)];
    if (part !== undefined && typeof part !== 'function')
        return part;
    const method = name.replace(/-/g, '_');
    return value[method in value ? method : `get_${method}`]();
}

class Words {
    constructor(words, variables) {
        this.words = words;
        this.variables = variables;
        this.at = 0;
    }

    get rest() {
        return this.at < this.words.length;
    }

    value() {
        const word = this.words[this.at++];
        if (word === '(') {
            const items = [];
            while (this.words[this.at] !== ')')
                items.push(this.value());
            this.at++;
            return items;
        }
        if (word[0] === '$') {
            const [name, ...parts] = word.slice(1).split('.');
            return parts.reduce(readPart, this.variables[name]);
        }
        return SCALARS[word[0]](word.slice(1));
    }
}

function show(value) {
    if (value === null || value === undefined)
        return 'null';
    if (value instanceof Uint8Array)
        return `bytes ${Array.from(value)}`;
    if (typeof value === 'number')
        return Number.isInteger(value) ? String(value) : value.toPrecision(6);
    if (typeof value === 'string')
        return JSON.stringify(value);
    if (Array.isArray(value))
        return `(${value.map(show).join(' ')})`;
    return String(value);
}

function matches(expected, actual) {
    if (expected === ANYTHING)
        return true;
    if (Array.isArray(expected) && Array.isArray(actual))
        return expected.length === actual.length && expected.every((item, i) => matches(item, actual[i]));
    return show(expected) === show(actual);
}

// What a case does besides calling the library

// What is called back is told the condition, once, in the main loop.
function callBack(begin) {
    const loop = new GLib.MainLoop(null, false);
    let told;
    begin((socket, condition) => {
        told = condition;
        loop.quit();
        return false;
    });
    loop.run();
    return told;
}

// Those that call back, until they have.
const CALLING_BACK = {
    'create-source': (socket, condition) => callBack(once => {
        const source = socket.create_source(condition);
        source.set_callback(once);
        source.attach(null);
    }),
    'watch': (socket, condition) => callBack(once => socket.watch(condition, once)),
};

const HELPERS = {
    'cancelled': () => {
        const cancellable = new Gio.Cancellable();
        cancellable.cancel();
        return cancellable;
    },
    'construct': type => GObject.Object.new_with_properties(type.$gtype, [], []),
    'value': value => value,
    'process-id': () => new Gio.Credentials().get_unix_pid(),
    'gsocket-address': (host, port) => Gio.InetSocketAddress.new_from_string(host, port),
    'network': text => Gio.InetAddressMask.new_from_string(text),
};

// What has names in JavaScript, in the order of the others.
const RESULTS = {
    'peer-credentials': ({pid, uid, gid}) => [pid, uid, gid],
    'receive-credentials': ({pid, uid, gid, pidfd}) => [pid, uid, gid, pidfd],
    'receive-many': received => Array.from(received),
};

// Runs the main context until a promise is settled.
function settle(promise) {
    const loop = new GLib.MainLoop(null, false);
    let result, problem;
    promise.then(value => {
        result = value;
    }, error => {
        problem = error;
    }).finally(() => loop.quit());
    loop.run();
    if (problem !== undefined)
        throw problem;
    return result;
}

function call(operator, receiver, positional, keywords) {
    const method = operator.replace(/-/g, '_');
    const given = Object.keys(keywords).length > 0 ? [...positional, keywords] : positional;
    if (operator in CALLING_BACK)
        return CALLING_BACK[operator](receiver, ...given);
    if (receiver !== null)
        return receiver[method](...given);
    if (operator in HELPERS)
        return HELPERS[operator](...given);
    if (operator.startsWith('address-'))
        return GSock.Address[method.replace('address', 'new')](...given);
    return GSock[method](...given);
}

function codeOf(error) {
    if (!(error instanceof GLib.Error))
        return 'own';
    if (error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED))
        return 'cancelled';
    const name = Object.keys(GSock.Error).find(key => /^[A-Z]/.test(key) && error.matches(GSock.Error, GSock.Error[key]));
    return name?.toLowerCase().replace(/_/g, '-') ?? 'own';
}

// A keyword stands in a message as it was given.
function tells(message, part) {
    const plain = text => text.replace(/_/g, '-');
    return plain(message).includes(plain(part));
}

class Case {
    variables = {};
    made = [];

    keep(value) {
        if (value instanceof GSock.Socket)
            this.made.push(value);
        else if (Array.isArray(value))
            value.forEach(item => this.keep(item));
    }

    step([variable, operator, receiver, outcome, part, ...rest]) {
        let result, expected;
        try {
            [result, expected] = this.run(operator, receiver, new Words(rest, this.variables));
        } catch (error) {
            const code = codeOf(error);
            if (outcome !== 'any' && (code !== outcome || !tells(error.message, decoder.decode(fromHex(part)))))
                throw new Mismatch(`${operator} fails with ${code} (${error.message}), not ${outcome} ${decoder.decode(fromHex(part))}`);
            return;
        }
        if (outcome !== 'ok' && outcome !== 'any')
            throw new Mismatch(`${operator} answers ${show(result)}, not ${outcome}`);
        if (!matches(expected, result))
            throw new Mismatch(`${operator} answers ${show(result)}, not ${show(expected)}`);
        this.variables[variable] = result;
    }

    run(operator, receiver, words) {
        const target = receiver === '-' ? null : new Words([`$${receiver}`], this.variables).value();
        const positional = [], keywords = {};
        let expected = ANYTHING;
        while (words.rest) {
            const word = words.words[words.at];
            if (word === '->') {
                words.at++;
                expected = words.value();
            } else if (word[0] === '=') {
                words.at++;
                keywords[camel(word.slice(1))] = words.value();
            } else {
                positional.push(words.value());
            }
        }
        let answer = call(operator, target, positional, keywords);
        if (answer instanceof Promise)
            answer = settle(answer);
        const result = RESULTS[operator.replace('-async', '')]?.(answer) ?? answer;
        this.keep(result);
        return [result, expected];
    }

    close() {
        this.made.forEach(socket => socket.close());
    }
}

function tryCase(steps) {
    const one = new Case();
    try {
        steps.forEach(step => one.step(step));
    } catch (error) {
        return error instanceof Mismatch ? error.message : `${error} ${error.stack}`;
    } finally {
        one.close();
    }
    return null;
}

const [, contents] = Gio.File.new_for_path(ARGV[0]).load_contents(null);
const cases = [];
for (const line of decoder.decode(contents).trimEnd().split('\n')) {
    const [kind, ...words] = line.split('\t');
    if (kind === 'case')
        cases.push({name: words[0], skipped: words[1], steps: []});
    else
        cases[cases.length - 1].steps.push(words);
}
print(`1..${cases.length}`);
cases.forEach(({name, skipped, steps}, i) => {
    const problem = skipped ? null : tryCase(steps);
    if (problem !== null)
        print(`# ${problem.replace(/\n/g, ' ')}`);
    print(`${problem === null ? 'ok' : 'not ok'} ${i + 1} ${name}${skipped ? ` # SKIP ${skipped}` : ''}`);
});
