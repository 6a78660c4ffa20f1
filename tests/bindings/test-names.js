// SPDX-License-Identifier: LGPL-2.1-or-later
// No name of gsock stands before one of GObject or of JavaScript.

import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import GSock from 'gi://GSock?version=1';
import {equal, ok, run, test, text} from './tap.js';

const classes = [GSock.Socket, GSock.ActiveSocket, GSock.PassiveSocket, GSock.DatagramSocket, GSock.RawSocket];

const isOf = (prototype, name) => name in prototype;

test('names of GObject and Object', () => {
    const replaced = ['constructor', 'toString', '_init'];
    for (const type of classes) {
        const hidden = Object.getOwnPropertyNames(type.prototype)
            .filter(name => isOf(GObject.Object.prototype, name) && !replaced.includes(name));
        equal(hidden, []);
    }
});

test('properties', () => {
    for (const type of classes) {
        const names = GObject.Object.list_properties.call(type)
            .map(spec => spec.get_name().replace(/-([a-z])/g, (_, letter) => letter.toUpperCase()));
        equal(names.filter(name => isOf(GObject.Object.prototype, name)), []);
        ok(names.includes('localPort'));
    }
});

test('connect and disconnect are for signals', () => {
    const made = new GSock.DatagramSocket();
    const id = made.connect('notify::timeout', () => {
        made.told = true;
    });
    made.timeout = 5;
    ok(made.told);
    made.disconnect(id);
    made.close();
});

test('constants', () => {
    equal([GSock.TIMEOUT_DEFAULT, GSock.TIMEOUT_NEVER], [-2, -1]);
    equal([GSock.LOCAL_FILENAME_MAX, GSock.FILE_DESCRIPTORS_MAX], [107, 253]);
});

// By name of class (null for functions): what the override's part of the declarations declares.
function findDeclared() {
    const [here] = GLib.filename_from_uri(import.meta.url);
    const path = GLib.build_filenamev([GLib.path_get_dirname(here), '..', '..', 'introspection', 'typescript', 'gsock-1-override.d.ts']);
    const declared = new Map([[null, new Set()]]);
    let owner = null;
    for (const line of text(GLib.file_get_contents(path)[1]).split('\n')) {
        const [, type, name] = line.match(/^    (?:interface|class) (\w+)|^    (?:    |function )(\w+)[(<]/) ?? [];
        if (type !== undefined)
            owner = type;
        else if (line === '    }')
            owner = null;
        else if (name !== undefined)
            declared.set(owner, (declared.get(owner) ?? new Set()).add(name));
    }
    return declared;
}

function withTwins(operators, of) {
    return Object.keys(operators).flatMap(name => [name, `${name}_async`]).filter(name => of[name] !== undefined);
}

test('TypeScript is told of all that the override wraps, and of nothing else', () => {
    const {FUNCTIONS, METHODS} = imports.overrides.GSock;
    const plain = ['set_multicast_ttl', 'set_ttl'];
    const declared = findDeclared();
    for (const [type, operators] of Object.entries(METHODS)) {
        const missing = withTwins(operators, GSock[type].prototype).filter(name => !declared.get(type).has(name));
        equal(missing.filter(name => !plain.includes(name)), []);
        equal([...declared.get(type)].filter(name => GSock[type].prototype[name] === undefined), []);
    }
    equal(withTwins(FUNCTIONS, GSock).filter(name => !declared.get(null).has(name)), []);
    equal([...declared.get(null)].filter(name => GSock[name] === undefined), []);
});

run();
