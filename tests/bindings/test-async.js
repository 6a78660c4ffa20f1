// SPDX-License-Identifier: LGPL-2.1-or-later
// What is awaited in JavaScript: every operator, their ends, watches and servers.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';
import System from 'system';
import {equal, ok, run, test, text, throws} from './tap.js';

const localHost = '127.0.0.1';

async function refusal(promise) {
    try {
        await promise;
    } catch (error) {
        return error;
    }
    throw new Error('it was not refused');
}

function withStream(body) {
    return GSock.with_open_socket({connect: 'passive', localHost}, server =>
        GSock.with_open_socket({addressFamily: 'ipv4'}, client => body(server, client)));
}

function withDatagrams(body) {
    return GSock.with_open_socket({type: 'datagram', localHost}, alice =>
        GSock.with_open_socket({type: 'datagram', localHost}, bob => body(alice, bob)));
}

test('a stream both ways', () => withStream(async (server, client) => {
    const [peer] = await Promise.all([
        server.accept_connection_async({timeout: 5}),
        client.connect_to_async('127.0.0.1', {port: server.localPort}),
    ]);
    equal(await client.send_to_async('question'), 8);
    const {data} = await peer.receive_from_async({size: 100, timeout: 5});
    equal(text(data), 'question');
    ok(data instanceof Uint8Array);
    const large = new Uint8Array(3000000).fill(7);
    const sending = peer.send_to_async(large);
    let got = 0;
    while (got < large.length)
        got += (await client.receive_from_async({size: 65536})).data.length;
    equal(await sending, large.length);
    peer.close();
    equal((await client.receive_from_async()).data.length, 0);
}));

async function giveListener() {
    const [left, right] = GSock.make_socket_pair({type: 'seqpacket'});
    const server = GSock.make_socket({connect: 'passive', localHost});
    const giving = GSock.handover_give_async(left, [server], ['http'], {timeout: 5});
    const [[name, taken]] = GSock.handover_take(right, {timeout: 5});
    equal([name, taken.localPort], ['http', server.localPort]);
    GSock.handover_complete(right, [taken], 5);
    equal(await giving, true);
    const error = await refusal(GSock.handover_give_async(left, [server], ['http'], 0.01, GLib.PRIORITY_LOW));
    ok(error.matches(GSock.Error, GSock.Error.TIMED_OUT));
    for (const made of [left, right, server, taken])
        made.close();
}

test('a server gives its listener, and serves meanwhile', giveListener);

test('datagrams, messages and batches', () => withDatagrams(async (alice, bob) => {
    const there = {remoteHost: localHost, remotePort: bob.localPort};
    const receiving = bob.receive_from_async();
    await alice.send_to_async(new Uint8Array([1, 2, 3]), there);
    const [data, host, port] = await receiving;
    equal([[...data], host, port], [[1, 2, 3], localHost, alice.localPort]);

    await alice.send_message_async(['ab', 'c'], {...there, ttl: 9});
    equal(text((await bob.receive_message_async({timeout: 5})).data), 'abc');

    equal(await alice.send_many_async(['x', 'y', 'z'], there), 3);
    let got = '';
    while (got.length < 3) {
        for (const [datagram] of await bob.receive_many_async(64, {timeout: 5}))
            got += text(datagram);
    }
    equal(got, 'xyz');
}));

test('descriptors, sockets and credentials', async () => {
    const [left, right] = GSock.make_socket_pair({type: 'seqpacket'});
    const receiving = right.receive_file_descriptors_async(16, {timeout: 5});
    await left.send_file_descriptors_async([0, 1], 'x');
    const fds = await receiving;
    equal(fds.length, 2);
    equal(text(fds.payload), 'x');
    await left.send_file_descriptor_async(0);
    [...fds, await right.receive_file_descriptor_async()].forEach(fd => GLib.close(fd));
    await left.send_socket_async(right);
    const twin = await right.receive_socket_async({timeout: 5});
    ok(twin instanceof GSock.ActiveSocket);
    await left.send_credentials_async();
    ok((await right.receive_credentials_async({timeout: 5})).pid > 0);
    [left, right, twin].forEach(socket => socket.close());
});

test('look-ups', async () => {
    const [addresses] = await GSock.lookup_hostname_async('127.0.0.1');
    equal(addresses.map(address => address.get_host()), ['127.0.0.1']);
    const address = GSock.Address.new_from_host('127.0.0.1', 80);
    equal(await GSock.lookup_name_async(address, true), GSock.lookup_name(address, true));
    ok(await refusal(GSock.lookup_hostname_async('no such name.invalid')) instanceof GSock.Error);
});

test('nobody came, cancelled, closed, wrong', () => withDatagrams(async (alice, bob) => {
    const cancellable = new Gio.Cancellable();
    const late = await refusal(alice.receive_from_async({timeout: 0.01}));
    ok(late.matches(GSock.Error, GSock.Error.TIMED_OUT));
    const cancelled = refusal(alice.receive_from_async({cancellable}));
    const closed = refusal(alice.receive_from_async());
    cancellable.cancel();
    ok((await cancelled).matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED));
    alice.close();
    ok((await closed).matches(GSock.Error, GSock.Error.CLOSED));
    ok((await refusal(bob.receive_from_async({sise: 3}))).matches(GSock.Error, GSock.Error.UNKNOWN_KEYWORD));
    ok(await refusal(bob.send_to_async(7)) instanceof TypeError);
}));

test('a socket that nobody holds is kept by what it waits for', async () => {
    const server = GSock.make_socket({connect: 'passive', localHost});
    const accepting = server.accept_connection_async();
    const port = server.localPort;
    (() => GSock.make_socket({remoteHost: localHost, remotePort: port}))().send_to('x');
    System.gc();
    const peer = await accepting;
    const receiving = peer.receive_from_async();
    System.gc();
    equal(text((await receiving).data), 'x');
    server.close();
    peer.close();
});

test('connections are awaited one after the other', async () => {
    const server = GSock.make_socket({connect: 'passive', localHost});
    const clients = [1, 2, 3].map(() =>
        GSock.make_socket({remoteHost: localHost, remotePort: server.localPort}));
    let n = 0;
    for await (const connection of server) {
        connection.close();
        if (++n === 3)
            server.close();
    }
    equal(n, 3);
    clients.forEach(client => client.close());
});

test('a socket is made', async () => {
    const server = await GSock.make_socket_async({connect: 'passive', localHost});
    const [client, peer] = await Promise.all([
        GSock.make_socket_async({remoteHost: 'localhost', remotePort: server.localPort, ipv6: 'no'}),
        server.accept_connection_async(),
    ]);
    ok(client.connected);
    client.close();
    peer.close();
    const port = server.localPort;
    server.close();
    const refused = await refusal(GSock.make_socket_async({remoteHost: localHost, remotePort: port}));
    ok(refused.matches(GSock.Error, GSock.Error.CONNECTION_REFUSED));
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    const cancelled = await refusal(GSock.make_socket_async(
        {remoteHost: localHost, remotePort: port, cancellable}));
    ok(cancelled.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED));
    ok((await refusal(GSock.make_socket_async({remotHost: ''}))).matches(GSock.Error,
        GSock.Error.UNKNOWN_KEYWORD));
    const udp = await GSock.make_instance_async(GSock.DatagramSocket, {localHost});
    ok(udp instanceof GSock.DatagramSocket && udp.bound);
    udp.close();
});

test('a watch', () => withDatagrams(async (alice, bob) => {
    const got = [];
    await new Promise(resolve => {
        bob.watch('in', (socket, condition) => {
            equal(condition, GLib.IOCondition.IN);
            got.push(text(socket.receive_from({wait: false}).data));
            if (got.length === 2)
                resolve();
            return got.length < 2;
        });
        ['one', 'two'].forEach(data =>
            alice.send_to(data, {remoteHost: localHost, remotePort: bob.localPort}));
    });
    equal(got, ['one', 'two']);
    throws(GSock.Error.UNKNOWN_KEYWORD, () => bob.watch('in', () => {}, {prio: 1}));
    for (const callback of [undefined, 3]) {
        let told = null;
        try {
            bob.watch('in', callback);
        } catch (error) {
            told = error;
        }
        ok(told instanceof TypeError);
    }
    const watch = bob.watch('in', () => {
        throw new Error('it was cancelled');
    });
    watch.cancel();
    alice.send_to('three', {remoteHost: localHost, remotePort: bob.localPort});
    equal(text((await bob.receive_from_async()).data), 'three');
}));

test('a server', async () => {
    const listener = GSock.make_socket({connect: 'passive', localHost});
    const server = GSock.Server.new(listener);
    const connected = new Promise(resolve =>
        server.connect('connection', (_, connection) => resolve(connection)));
    server.start();
    const client = GSock.make_socket({remoteHost: localHost, remotePort: listener.localPort});
    const peer = await connected;
    equal(server.nConnections, 1);
    const late = await refusal(server.drain_async({timeout: 0.01}));
    ok(late.matches(GSock.Error, GSock.Error.TIMED_OUT));
    const mistaken = await refusal(server.drain_async({timout: 1}));
    ok(mistaken.matches(GSock.Error, GSock.Error.UNKNOWN_KEYWORD));
    peer.close();
    ok(await server.drain_async());
    [client, listener].forEach(socket => socket.close());
});

run(giveListener);
