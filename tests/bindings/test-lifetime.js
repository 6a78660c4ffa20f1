// SPDX-License-Identifier: LGPL-2.1-or-later
// Callbacks that throw, sockets that are dropped or closed while something is going on, and a program that
// ends in the middle of it. What is thrown in a callback gjs itself tells of, which is critical to it.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';
import System from 'system';
import {equal, ok, run, test, throws} from './tap.js';

const localHost = '127.0.0.1';
const times = GLib.getenv('GSOCK_TEST_LONG') === '1' ? 200 : 20;
const context = GLib.MainContext.default();

function iterateUntil(done) {
    while (!done())
        context.iteration(true);
}

function settle() {
    for (let i = 0; i < 5; i++) {
        System.gc();
        context.iteration(false);
    }
}

// What a program of its own says, and how it ends.
function runProgram(body) {
    const program = `const {GLib, Gio, GSock} = imports.gi; const [left, right] = GSock.make_socket_pair();
        const loop = new GLib.MainLoop(null, false); let n = 0; ${body}`;
    const launcher = new Gio.SubprocessLauncher({flags: Gio.SubprocessFlags.STDOUT_PIPE | Gio.SubprocessFlags.STDERR_PIPE});
    launcher.setenv('G_DEBUG', '', true);
    const child = launcher.spawnv(['gjs', '-c', program]);
    const [, out, err] = child.communicate_utf8(null, null);
    return [child.get_if_exited() ? child.get_exit_status() : -1, out, err];
}

test('callbacks that throw', () => {
    for (const [what, body] of [
        ['a watch', 'left.watch("in", () => { n++; throw new Error("mine"); }); right.send_to("x");'],
        ['an operation', 'left.receive_bytes_async(9, 0, true, -1, 0, null, () => { n++; throw new Error("mine"); }); right.send_to("x");'],
        ['a server', `const listener = GSock.make_socket({connect: "passive", localHost: "127.0.0.1"});
            const server = new GSock.Server({listener}); server.connect("connection", () => { n++; throw new Error("mine"); });
            server.start(); const client = GSock.make_socket({remoteAddress: listener.get_local_address()});`],
        ['a source', `const source = left.create_source("in"); source.set_callback(() => { n++; throw new Error("mine"); });
            source.attach(null); right.send_to("x");`],
    ]) {
        const [status, out, err] = runProgram(`${body} while (n === 0) GLib.MainContext.default().iteration(true); left.close(); print("still here");`);
        if (status !== 0 || out !== 'still here\n' || !err.includes('mine') || /(GSock|GLib|GObject)-(CRITICAL|WARNING)/.test(err))
            throw new Error(`${what}: ${status} ${out} ${err}`);
    }
});

test('with_open_socket that throws', () => {
    let kept;
    throws(RangeError, () => GSock.with_open_socket({type: 'datagram'}, udp => {
        kept = udp;
        throw new RangeError('mine');
    }));
    ok(!kept.is_open());
});

test('a program that ends in the middle', () => {
    for (const body of ['left.receive_from_async().catch(() => {});', 'left.watch("in", () => true);',
        'GSock.lookup_hostname_async("127.0.0.1").catch(() => {});',
        'const listener = GSock.make_socket({connect: "passive", localHost: "127.0.0.1"}); new GSock.Server({listener}).start();']) {
        const [status, out, err] = runProgram(body);
        if (status !== 0 || out !== '' || err !== '')
            throw new Error(`${body}: ${status} ${out} ${err}`);
    }
});

test('a pending promise holds its socket', () => {
    for (let i = 0; i < times; i++) {
        let told = null;
        let [left, right] = GSock.make_socket_pair();
        left.receive_from_async({size: 10}).then(received => (told = received.data));
        left = null;
        settle();
        right.send_to('late');
        iterateUntil(() => told !== null);
        equal(told.length, 4);
        right.close();
        right = null;
    }
    settle();
});

test('a watch without its socket', () => {
    for (let i = 0; i < times; i++) {
        let [left, right] = GSock.make_socket_pair();
        left.watch('in', () => true);
        left.close();
        right.close();
        left = right = null;
        settle();
    }
});

test('a server with connections', () => {
    for (let i = 0; i < times; i++) {
        const listener = GSock.make_socket({connect: 'passive', localHost});
        let server = new GSock.Server({listener});
        const told = [];
        server.connect('connection', (_, connection) => told.push(connection));
        server.start();
        const client = GSock.make_socket({remoteAddress: listener.get_local_address()});
        iterateUntil(() => told.length > 0);
        server.stop();
        server = null;
        settle();
        [...told, listener, client].forEach(socket => socket.close());
    }
    settle();
});

test('descriptors that nobody takes', () => {
    const [left, right] = GSock.make_socket_pair();
    for (let i = 0; i < times; i++) {
        right.send_file_descriptors([0, 1, 2]);
        equal(left.receive_message().get_n_file_descriptors(), 3);
    }
    left.close();
    right.close();
    settle();
});

test('closed in the callback', () => {
    for (let i = 0; i < times; i++) {
        const [left, right] = GSock.make_socket_pair();
        const told = [];
        left.receive_from_async().then(received => {
            told.push(received.data.length);
            left.close();
            left.receive_from_async().catch(error => told.push(error.code));
        });
        right.send_to('x');
        iterateUntil(() => told.length === 2);
        equal(told, [1, GSock.Error.CLOSED]);
        right.close();
    }
});

test('closed while it is watched', () => {
    const [left, right] = GSock.make_socket_pair();
    let count = 0;
    left.watch('in', socket => {
        count++;
        socket.close();
        return true;
    });
    right.send_to('x');
    iterateUntil(() => count > 0);
    settle();
    ok(count <= 2);
    right.close();
});

test('a loop in the callback', () => {
    const [left, right] = GSock.make_socket_pair();
    const order = [];
    left.receive_bytes_async(9, 0, true, -1, 0, null, () => {
        const loop = new GLib.MainLoop(null, false);
        left.receive_bytes_async(9, 0, true, -1, 0, null, () => {
            order.push('inner');
            loop.quit();
        });
        right.send_to('y');
        loop.run();
        order.push('after');
    });
    right.send_to('x');
    iterateUntil(() => order.length === 2);
    equal(order, ['inner', 'after']);
    left.close();
    right.close();
});

test('cancelled before, twice and after', () => {
    const [left, right] = GSock.make_socket_pair();
    for (const early of [true, false]) {
        const cancellable = new Gio.Cancellable();
        const told = [];
        if (early)
            cancellable.cancel();
        left.receive_from_async({cancellable}).catch(error => told.push(error));
        cancellable.cancel();
        cancellable.cancel();
        iterateUntil(() => told.length > 0);
        cancellable.cancel();
        ok(told[0].matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED));
    }
    left.close();
    right.close();
});

test('a result is taken once, where it belongs', () => {
    const [left, right] = GSock.make_socket_pair();
    let result = null;
    left.receive_file_descriptors_async(4, [], [], 0, null, (_, answer) => (result = answer));
    right.send_file_descriptors([0]);
    iterateUntil(() => result !== null);
    throws(GSock.Error.INVALID_ARGUMENT, () => left.send_to_finish(result));
    throws(GSock.Error.INVALID_ARGUMENT, () => right.receive_file_descriptors_finish(result));
    const [fds] = left.receive_file_descriptors_finish(result);
    throws(GSock.Error.INVALID_ARGUMENT, () => left.receive_file_descriptors_finish(result));
    fds.forEach(fd => GLib.close(fd));
    left.close();
    right.close();
});

run();
