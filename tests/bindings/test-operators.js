// SPDX-License-Identifier: LGPL-2.1-or-later
// The operators of a socket, as a program in JavaScript calls them.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';
import {equal, ok, run, test, text, throws} from './tap.js';

const localHost = '127.0.0.1';

function withStream(body) {
    GSock.with_open_socket({connect: 'passive', localHost}, server =>
        GSock.with_open_socket({remoteAddress: server.get_local_address()}, client => {
            const peer = server.accept_connection({timeout: 5});
            try {
                body(server, client, peer);
            } finally {
                peer.close();
            }
        }));
}

function withDatagrams(body) {
    GSock.with_open_socket({type: 'datagram', localHost}, alice =>
        GSock.with_open_socket({type: 'datagram', localHost}, bob => body(alice, bob)));
}

test('a stream both ways', () => withStream((server, client, peer) => {
    ok(peer.get_remote_address().equal(client.get_local_address()));
    equal(client.send_to('question'), 8);
    equal(text(peer.receive_from(100, {timeout: 5}).data), 'question');
    equal(peer.send_to(new Uint8Array([1, 2]), {more: true, flags: GSock.MessageFlags.DONT_ROUTE}), 2);
    equal([...client.receive_from({size: 100, timeout: 5}).data], [1, 2]);
    client.shutdown({write: true});
    equal(peer.receive_from({timeout: 5}).data.length, 0);
}));

test('many are accepted', () => withStream(server => {
    const clients = [1, 2, 3].map(() => GSock.make_socket({remoteAddress: server.get_local_address()}));
    const accepted = [...server.accept_many({limit: 2, timeout: 5}), ...server.accept_many(0, {timeout: 5})];
    equal(accepted.length, 3);
    [...clients, ...accepted].forEach(socket => socket.close());
    throws(GSock.Error.WOULD_BLOCK, () => server.accept_many({wait: false}));
}));

test('what a stream gives has no sender', () => withStream((server, client, peer) => {
    client.send_to('x');
    const received = peer.receive_from({timeout: 5});
    const [data, host, port] = received;
    equal([text(data), host, port], ['x', null, null]);
    equal([received.address, received.filename, received.fullLength, received.truncated], [null, null, 1, false]);
}));

test('flags and parts', () => withStream((server, client, peer) => {
    equal(client.send_to('0123456789', {start: 2, end: 5}), 3);
    equal(text(peer.receive_from(2, {peek: true, timeout: 5}).data), '23');
    equal(text(peer.receive_from(3, {flags: 'wait-all', timeout: 5}).data), '234');
}));

test('nobody came', () => withStream(server => {
    throws(GSock.Error.TIMED_OUT, () => server.accept_connection({timeout: 0.01}));
    throws(GSock.Error.WOULD_BLOCK, () => server.accept_connection({wait: false}));
    server.listen_on({backlog: 1});
    ok(server.listening);
}));

test('iteration ends when closed', () => GSock.with_open_socket({connect: 'passive', localHost}, server => {
    const client = GSock.make_socket({remoteAddress: server.get_local_address()});
    let served = 0;
    for (const peer of server) {
        peer.close();
        served++;
        server.close();
    }
    equal(served, 1);
    client.close();
}));

test('the sender of a datagram', () => withDatagrams((alice, bob) => {
    bob.send_to('x', {remoteHost: localHost, remotePort: alice.localPort});
    const received = alice.receive_from({timeout: 5});
    const [data, host, port] = received;
    equal([text(data), host, port], ['x', localHost, bob.localPort]);
    equal([received.host, received.port, received.filename], [localHost, bob.localPort, null]);
    ok(received.address.equal(bob.get_local_address()));
}));

test('a datagram that is cut', () => withDatagrams((alice, bob) => {
    bob.send_to('0123456789', {remoteAddress: alice.get_local_address()});
    const received = alice.receive_from(4, {timeout: 5});
    equal([text(received.data), received.fullLength, received.full_length, received.truncated], ['0123', 10, 10, true]);
    ok(received.flags & GSock.MessageFlags.TRUNCATE);
}));

test('connect in every form, and disconnect', () => withDatagrams((alice, bob) => {
    const remotePort = alice.localPort;
    for (const given of [
        [localHost, {port: remotePort}],
        [{remoteHost: localHost, remotePort}],
        [{remoteAddress: `${localHost}:${remotePort}`}],
        [alice.get_local_address()],
        [Gio.InetSocketAddress.new_from_string(localHost, remotePort)],
    ]) {
        bob.connect_to(...given);
        equal(bob.remotePort, remotePort);
        bob.disconnect_peer();
        ok(!bob.connected);
    }
}));

test('bind in every form', () => {
    for (const given of [[localHost], [localHost, {port: 0}], [{localHost, reusePort: true}],
        [GSock.Address.new_from_host(localHost, 0)]]) {
        const made = new GSock.DatagramSocket();
        made.bind_address(...given);
        equal(made.localHost, localHost);
        made.close();
    }
});

test('a call that is cancelled', () => withDatagrams(alice => {
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    const error = throws(GLib.Error, () => alice.receive_from({cancellable}));
    ok(error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED));
}));

test('errors are told apart', () => withDatagrams(alice => {
    const error = throws(GSock.Error.WOULD_BLOCK, () => alice.receive_from({wait: false}));
    ok(error instanceof GSock.Error);
    ok(!error.matches(GSock.Error, GSock.Error.TIMED_OUT));
    throws(GSock.Error.TIMED_OUT, () => alice.receive_from({timeout: 0.01}));
    const stream = GSock.make_socket({type: 'stream', localHost});
    const refused = throws(GSock.Error.CONNECTION_REFUSED,
        () => GSock.make_socket({remoteHost: localHost, remotePort: stream.localPort}));
    ok(refused.message.includes(`${localHost}:${stream.localPort}`));
    stream.close();
}));

test('the filename of the sender', () => {
    const localFilename = `@gsock-test-${GLib.uuid_string_random()}`;
    const named = GSock.make_socket({type: 'datagram', localFilename});
    const other = GSock.make_socket({type: 'datagram', localFilename: `${localFilename}-2`});
    other.send_to('x', {remoteFilename: localFilename});
    const received = named.receive_from({timeout: 5});
    equal([...received].slice(1), [`${localFilename}-2`, null]);
    equal([received.filename, received.host, received.port], [`${localFilename}-2`, null, null]);
    named.close();
    other.close();
});

test('descriptors', () => {
    const [left, right] = GSock.make_socket_pair();
    const passed = new GSock.DatagramSocket({localHost});
    left.send_file_descriptor(passed.fileDescriptor);
    left.send_file_descriptors([passed.fileDescriptor, passed.fileDescriptor], {timeout: 5});
    const fds = [right.receive_file_descriptor({timeout: 5}), ...right.receive_file_descriptors(16, {timeout: 5})];
    equal(fds.length, 3);
    for (const fd of fds) {
        const ours = GSock.make_socket_from_fd(fd, {dup: false});
        equal(ours.localPort, passed.localPort);
        ours.close();
    }
    equal(left.send_file_descriptors([0, 1], 'hello'), 5);
    const whole = right.receive_file_descriptors({maximum: 16, size: 5});
    equal(whole.payload, new TextEncoder().encode('hello'));
    equal(whole.length, 2);
    whole.forEach(fd => GLib.close(fd));
    for (const made of [left, right, passed])
        made.close();
});

test('sockets between sockets', () => {
    const [left, right] = GSock.make_socket_pair();
    const server = GSock.make_socket({connect: 'passive', localHost, externalFormat: 'latin-1/crlf', timeout: 5});
    const {localPort} = server;
    equal(left.send_socket(server), true);
    server.close();
    const received = right.receive_socket({timeout: 5});
    ok(received instanceof GSock.PassiveSocket);
    equal([received.localPort, received.externalFormat, received.timeout], [localPort, 'latin-1/crlf', 5]);
    throws(GSock.Error.CLOSED, () => left.send_socket(server));
    throws(GSock.Error.WOULD_BLOCK, () => right.receive_socket({wait: false}));
    throws(GSock.Error.UNKNOWN_KEYWORD, () => left.send_socket(received, {unlinkOnClse: true}));
    for (const made of [left, right, received])
        made.close();
});

test('credentials', () => {
    const [left, right] = GSock.make_socket_pair();
    const {pid, uid} = left.peer_credentials();
    ok(pid > 0);
    equal(left.send_credentials(), true);
    const sender = right.receive_credentials({timeout: 5});
    equal([sender.pid, sender.uid, sender.pidfd], [pid, uid, null]);
    throws(GSock.Error.OUT_OF_RANGE, () => left.send_credentials({pid: 0}));
    ok(Array.isArray(left.peer_groups()));
    left.close();
    right.close();
});

test('handover', () => {
    const [left, right] = GSock.make_socket_pair({type: 'seqpacket'});
    const server = GSock.make_socket({connect: 'passive', localHost});
    throws(GSock.Error.TIMED_OUT, () => GSock.handover_give(left, [server], ['http'], {timeout: 0.01}));
    // It has the descriptor all the same, and gives it up.
    const [[name, taken]] = GSock.handover_take(right, {timeout: 5});
    equal([name, taken.localPort], ['http', server.localPort]);
    throws(GSock.Error.TIMED_OUT, () => GSock.handover_complete(right, [taken], 0.01));
    throws(GSock.Error.OUT_OF_RANGE, () => GSock.handover_give(left, [], []));
    for (const made of [left, right, server, taken])
        made.close();
});

test('waiting for events', () => {
    const [left, right] = GSock.make_socket_pair();
    equal(left.wait_for('in|out', 0), GLib.IOCondition.OUT);
    throws(GSock.Error.TIMED_OUT, () => left.wait_for({condition: 'in', timeout: 0}));
    equal(GSock.wait_for_any([left, right], 'out', 0), [left, right]);
    right.send_to('x');
    equal(left.wait_for(GLib.IOCondition.IN, 5), GLib.IOCondition.IN);
    equal(GSock.wait_for_any([left, right]), [left]);
    equal(GSock.wait_for_any([left, right], ['in', GLib.IOCondition.PRI], 5), [left]);
    left.close();
    right.close();
});

test('sources', () => {
    for (const type of ['stream', 'datagram', 'seqpacket']) {
        const [left, right] = GSock.make_socket_pair({type});
        const context = GLib.MainContext.new();
        const calls = [];
        const source = left.create_source('in', null);
        source.set_callback((socket, condition) => {
            calls.push([socket === left, condition]);
            return calls.length < 3;
        });
        source.attach(context);
        ok(!context.iteration(false));
        right.send_to('x');
        while (calls.length < 1)
            context.iteration(true);
        left.receive_from();
        ok(!context.iteration(false));
        left.close();
        while (calls.length < 3)
            context.iteration(true);
        ok(source.is_destroyed());
        equal(calls, [[true, GLib.IOCondition.IN], [true, GLib.IOCondition.HUP], [true, GLib.IOCondition.HUP]]);
        right.close();
    }
});

test('a source that is cancelled', () => {
    const [left, right] = GSock.make_socket_pair();
    const context = GLib.MainContext.new();
    const cancellable = new Gio.Cancellable();
    const calls = [];
    const source = left.create_source({condition: GLib.IOCondition.IN, cancellable});
    source.set_callback((socket, condition) => {
        calls.push(condition);
        return GLib.SOURCE_REMOVE;
    });
    source.attach(context);
    cancellable.cancel();
    while (calls.length === 0)
        context.iteration(true);
    equal(calls, [0]);
    throws(TypeError, () => left.create_source('inn'));
    left.close();
    right.close();
});

test('options with native values', () => withStream((server, client) => {
    for (const [name, value] of [['keep-alive', true], ['tcp_keepidle', 77], ['linger', [true, 5]], ['SO_SNDTIMEO', 2],
        ['tcp-congestion', 'reno'], ['tcp-user-timeout', 1.5], ['tcp-keepcnt', 3n]]) {
        client.set_option(name, value);
        equal(client.get_option(name), typeof value === 'bigint' ? Number(value) : value);
    }
    ok(client.get_option('memory-info') instanceof Uint8Array);
    ok('state' in client.get_option('tcp-info'));
    equal(client.get_option_int(1, 9), 1);
    client.set_option_bytes(1, 13, new Uint8Array([1, 0, 0, 0, 9, 0, 0, 0]));
    equal([...client.get_option_bytes(1, 13, 8)], [1, 0, 0, 0, 9, 0, 0, 0]);
    client.set_option('linger', new GLib.Variant('(bi)', [true, 3]));
    equal(client.get_option('linger'), [true, 3]);
}));

test('functions beside sockets', () => {
    const [addresses] = GSock.lookup_hostname('127.0.0.1');
    equal(addresses[0].to_text(), '127.0.0.1:0');
    equal(GSock.lookup_service('80')[0], 80);
    equal(GSock.lookup_name(GSock.Address.new_from_text('127.0.0.1:80'), {numeric: true}), ['127.0.0.1', '80']);
});

run();
