// SPDX-License-Identifier: LGPL-2.1-or-later
// No name of gsock stands before one of GObject or of JavaScript.

import GObject from 'gi://GObject';
import GSock from 'gi://GSock?version=1';
import {equal, ok, run, test} from './tap.js';

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

run();
