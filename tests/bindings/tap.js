// SPDX-License-Identifier: LGPL-2.1-or-later
// A small TAP printer; a descriptor that a case leaves open fails it.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';
import System from 'system';

const cases = [];

export function test(name, body) {
    cases.push([name, body]);
}

function show(value) {
    if (value instanceof Uint8Array)
        return `bytes [${Array.from(value.slice(0, 20))}] of ${value.length}`;
    return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value) ?? String(value);
}

function same(a, b) {
    if (a instanceof Uint8Array && b instanceof Uint8Array)
        return a.length === b.length && a.every((byte, i) => byte === b[i]);
    if (Array.isArray(a) && Array.isArray(b))
        return a.length === b.length && a.every((item, i) => same(item, b[i]));
    return Object.is(a, b);
}

export function equal(actual, expected) {
    if (!same(actual, expected))
        throw new Error(`${show(actual)} is not ${show(expected)}`);
}

export function ok(actual) {
    if (!actual)
        throw new Error(`${show(actual)} is not true`);
}

// What is expected is a code of GSock.Error, a class, or undefined for anything that is thrown.
export function throws(expected, body) {
    let caught;
    try {
        body();
    } catch (e) {
        caught = e;
    }
    if (caught === undefined)
        throw new Error(`nothing is thrown by ${body}`);
    const met = typeof expected === 'number'
        ? caught instanceof GLib.Error && caught.matches(GSock.Error, expected)
        : expected === undefined || caught instanceof expected;
    if (!met)
        throw new Error(`${caught} is thrown by ${body}`);
    return caught;
}

export function bytes(text) {
    return new TextEncoder().encode(text);
}

export function text(data) {
    return new TextDecoder().decode(data);
}

// Each thread that has waited keeps one until it ends.
const KEPT = 'anon_inode:[eventfd]';

function descriptors() {
    System.gc();
    System.gc();
    const folder = Gio.File.new_for_path('/proc/self/fd').enumerate_children(
        'standard::name,standard::symlink-target', Gio.FileQueryInfoFlags.NOFOLLOW_SYMLINKS, null);
    const found = [];
    for (let info = folder.next_file(null); info !== null; info = folder.next_file(null))
        found.push(info.get_symlink_target());
    folder.close(null);
    return found.filter(target => target !== KEPT);
}

// What threads of GLib are about to close, such as those that waited for a program, has a while for it.
function descriptorsAfter(before) {
    let found = descriptors();
    for (let i = 0; i < 200 && found.length > before.length; i++) {
        GLib.MainContext.default().iteration(false);
        GLib.usleep(10000);
        found = descriptors();
    }
    return found;
}

// What a thread or GLib opens once and keeps is not to count as left open.
function warmUp() {
    const loop = new GLib.MainLoop(null, false);
    GSock.lookup_hostname_async('127.0.0.1', GSock.Ipv6Mode.YES, null, () => loop.quit());
    loop.run();
    const socket = new GSock.DatagramSocket();
    if (!socket.open)
        socket.init(null);
    socket.bind_address_direct(GSock.Address.new_from_host('127.0.0.1', 0));
    try {
        socket.receive_bytes(1, GSock.MessageFlags.NONE, true, 0.001, null);
    } catch (e) {
        // Nothing comes.
    }
    socket.close(false);
}

class Skipped {
    constructor(reason) {
        this.reason = reason;
    }
}

export function skip(reason) {
    throw new Skipped(reason);
}

// Runs the main context until a promise is settled.
function settle(promise) {
    const loop = new GLib.MainLoop(null, false);
    let problem;
    promise.catch(e => {
        problem = e;
    }).finally(() => loop.quit());
    loop.run();
    if (problem !== undefined)
        throw problem;
}

// What went wrong, line by line, and why it was not tried.
function runCase(body) {
    try {
        const result = body();
        if (result instanceof Promise)
            settle(result);
        return [[], ''];
    } catch (e) {
        return e instanceof Skipped ? [[], ` # SKIP ${e.reason}`] : [`${e}\n${e.stack ?? ''}`.split('\n'), ''];
    }
}

// What a test would be the first to do, whose thread keeps something, may be given to be done before.
export function run(beforeAll = () => Promise.resolve()) {
    warmUp();
    settle(beforeAll());
    print('TAP version 13');
    print(`1..${cases.length}`);
    cases.forEach(([name, body], i) => {
        const before = descriptors();
        const [problem, skipped] = runCase(body);
        const after = descriptorsAfter(before);
        if (problem.length === 0 && after.length > before.length)
            problem.push(`descriptors are left open: ${after.join(' ')}`);
        problem.forEach(line => print(`# ${line}`));
        print(`${problem.length > 0 ? 'not ok' : 'ok'} ${i + 1} ${name}${skipped}`);
    });
}
