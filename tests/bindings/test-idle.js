// SPDX-License-Identifier: LGPL-2.1-or-later
// Thousands of idle connections and a busy one: neither time nor memory grows with the idle ones, as
// far as a program can tell. Two processes, as each has a limit of descriptors.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';
import System from 'system';
import {equal, ok, run, skip, test} from './tap.js';

const long = GLib.getenv('GSOCK_TEST_LONG') === '1';
const FEW = 10;
const MANY = long ? 9000 : 400;
const SECONDS = 60;
const MESSAGES = 500;

// gjs 1.74 drops what is called back between two slices of a collection of garbage, whoever calls. A
// whole one now and then leaves it none to slice.
const BETWEEN_COLLECTIONS = 500;

const here = GLib.filename_from_uri(import.meta.url)[0];

// The other process: connects them all, and has the first one echo until it is closed.
function beClients(remoteFilename, n) {
    const clients = [];
    for (let i = 0; i < n; i++)
        clients.push(GSock.make_socket({addressFamily: 'local', remoteFilename}));
    const [busy] = clients;
    try {
        do
            busy.send_to('x');
        while (busy.receive_from({size: 1}).data.length === 1);
    } catch (e) {
        // It was closed before it had read everything.
        ok(e.matches(GSock.Error, GSock.Error.CONNECTION_RESET));
    }
}

function descriptorLimit() {
    const line = new TextDecoder().decode(GLib.file_get_contents('/proc/self/limits')[1])
        .split('\n').find(each => each.startsWith('Max open files'));
    return Number(line.split(/\s+/)[3]);
}

// In pages.
function memory() {
    System.gc();
    return Number(new TextDecoder().decode(GLib.file_get_contents('/proc/self/statm')[1]).split(' ')[1]);
}

function processorSeconds() {
    const fields = new TextDecoder().decode(GLib.file_get_contents('/proc/self/stat')[1]).split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
}

// They go through all that is alive, as the language has it; what that costs is counted by itself.
let collecting = 0;

function collect(n) {
    if (n % BETWEEN_COLLECTIONS !== 0)
        return;
    const start = processorSeconds();
    System.gc();
    collecting += processorSeconds() - start;
}

async function connections(n) {
    const localFilename = `@gsock-idle-${GLib.uuid_string_random()}`;
    const listener = GSock.make_socket({connect: 'passive', addressFamily: 'local', localFilename, backlog: 128});
    const clients = Gio.Subprocess.new(['gjs', '-m', here, 'clients', localFilename, `${n}`], Gio.SubprocessFlags.NONE);
    const accepted = [];
    while (accepted.length < n) {
        accepted.push(await listener.accept_connection_async({timeout: 60}));
        collect(accepted.length);
    }
    listener.close();
    return [accepted, clients];
}

async function answer(busy, messages, end) {
    let n = 0;
    while (n < messages && (n % 64 !== 0 || GLib.get_monotonic_time() < end)) {
        equal((await busy.receive_from_async({size: 1, timeout: 60})).data.length, 1);
        await busy.send_to_async('x');
        collect(++n);
    }
    return n;
}

async function serve(nIdle) {
    const [accepted, clients] = await connections(nIdle + 1);
    const [busy, ...idle] = accepted;
    let nTold = 0;
    const ends = idle.map((socket, i) => {
        collect(i);
        return socket.receive_from_async().then(() => true, () => false).finally(() => nTold++);
    });

    await answer(busy, 100, Infinity);
    const before = memory();
    collecting = 0;
    const start = processorSeconds();
    let n = await answer(busy, long ? Infinity : MESSAGES / 2, GLib.get_monotonic_time() + SECONDS / 2 * 1e6);
    const between = memory();
    n += await answer(busy, long ? Infinity : MESSAGES / 2, GLib.get_monotonic_time() + SECONDS / 2 * 1e6);
    const cost = (processorSeconds() - start - collecting) / n;
    const grown = [between - before, memory() - between];

    equal(nTold, 0);
    accepted.forEach(socket => socket.close());
    // Closing ends each of them, none by a result.
    ok((await Promise.all(ends)).every(got => !got));
    clients.force_exit();
    clients.wait(null);
    return {n, cost, grown, collected: collecting / n};
}

function asTest(body) {
    return async () => {
        if (descriptorLimit() < MANY + 200)
            skip(`a process may have no ${MANY} connections here`);
        await body();
    };
}

test(`${MANY} idle connections cost nothing`, asTest(async () => {
    const few = await serve(FEW);
    const many = await serve(MANY);
    ok(many.n > 0);
    if (!long)
        return;
    for (const [idle, {n, cost, grown, collected}] of [[FEW, few], [MANY, many]]) {
        print(`# ${idle} idle: ${n} messages, ${(cost * 1e6).toFixed(1)} us each and ${(collected * 1e6).toFixed(1)} for the garbage, `
            + `pages more in the first half ${grown[0]}, in the second ${grown[1]}`);
    }
    ok(many.cost < few.cost * 3);
    // Nothing that grows with the messages does so in the one half only.
    ok(many.grown[1] < 1000);
}));

if (ARGV[0] === 'clients')
    beClients(ARGV[1], Number(ARGV[2]));
else
    run();
