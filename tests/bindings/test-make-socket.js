// SPDX-License-Identifier: LGPL-2.1-or-later
// The ways to a socket: make_socket, its relatives, and constructors.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import GSock from 'gi://GSock?version=1';
import {equal, ok, run, test, text, throws} from './tap.js';

const localHost = '127.0.0.1';

test('the keywords choose the class', () => {
    for (const [keywords, type] of [
        [{}, GSock.ActiveSocket],
        [undefined, GSock.ActiveSocket],
        [{connect: 'passive'}, GSock.PassiveSocket],
        [{connect: GSock.Role.PASSIVE}, GSock.PassiveSocket],
        [{type: 'datagram'}, GSock.DatagramSocket],
        [{type: GSock.SocketType.DATAGRAM}, GSock.DatagramSocket],
        [{addressFamily: 'netlink'}, GSock.RawSocket],
        [{address_family: 'local', type: 2}, GSock.DatagramSocket],
    ]) {
        const made = GSock.make_socket(keywords);
        equal(made.constructor, type);
        made.close();
    }
});

test('keywords are written in camel case, with _ or with -', () => {
    for (const keywords of [{localHost}, {local_host: localHost}, {'local-host': localHost}]) {
        const made = GSock.make_socket({type: 'datagram', ...keywords});
        equal(made.localHost, localHost);
        made.close();
    }
});

test('null and undefined leave a keyword out', () => {
    const made = GSock.make_socket({type: 'datagram', localHost, localPort: null, timeout: undefined, cancellable: null});
    ok(made.bound);
    made.close();
});

test('the keywords that are given stay as they were', () => {
    const keywords = Object.freeze({type: 'datagram', localHost});
    GSock.make_socket(keywords).close();
    equal(Object.keys(keywords).length, 2);
});

test('the state is read back', () => {
    const server = GSock.make_socket({connect: 'passive', localHost, backlog: 5, timeout: 0.25});
    ok(server.localPort > 0);
    equal(server.timeout, 0.25);
    equal(server.socketType, GSock.SocketType.STREAM);
    equal(server.addressFamily, GSock.AddressFamily.IPV4);
    ok(server.listening);
    server.close();
});

test('options are keywords', () => {
    const made = GSock.make_socket({tcpNodelay: true, linger: [true, 5], receiveBuffer: 65536});
    equal(made.get_option('tcp-nodelay'), true);
    equal(made.get_option('linger'), [true, 5]);
    equal(made.get_option('receive-buffer'), 131072);
    made.close();
});

test('addresses in every form', () => {
    const server = GSock.make_socket({connect: 'passive', localHost});
    const port = server.localPort;
    for (const remoteAddress of [
        GSock.Address.new_from_host(localHost, port),
        `${localHost}:${port}`,
        Gio.InetSocketAddress.new_from_string(localHost, port),
        server.localAddress,
    ]) {
        const client = GSock.make_socket({remoteAddress});
        const peer = server.accept_connection({timeout: 5});
        ok(client.get_local_address().equal(peer.get_remote_address()));
        client.close();
        peer.close();
    }
    server.close();
});

test('connecting without waiting', () => {
    const server = GSock.make_socket({connect: 'passive', localHost});
    const client = GSock.make_socket({remoteAddress: server.get_local_address(), wait: false});
    client.finish_connect({timeout: 5});
    ok(client.connected);
    client.close();
    server.close();
});

test('a pair', () => {
    for (const type of ['stream', 'datagram', GSock.SocketType.SEQPACKET]) {
        const [left, right] = GSock.make_socket_pair({type});
        left.send_to('over');
        equal(text(right.receive_from({timeout: 5}).data), 'over');
        left.close();
        right.close();
    }
});

test('from a descriptor', () => {
    const theirs = GSock.make_socket({type: 'datagram', localHost});
    const ours = GSock.make_socket_from_fd(theirs.fileDescriptor);
    equal(ours.constructor, GSock.DatagramSocket);
    equal(ours.localPort, theirs.localPort);
    ours.close();
    ok(theirs.open);
    const again = GSock.make_socket_from_fd(theirs.fileDescriptor, {dup: true, timeout: 1});
    equal(again.timeout, 1);
    again.close();
    theirs.close();
});

test('constructors initialise', () => {
    const made = new GSock.DatagramSocket({localHost});
    ok(made instanceof GSock.DatagramSocket);
    ok(made.bound);
    made.close();
    const server = new GSock.PassiveSocket({localHost, backlog: 3});
    const client = new GSock.ActiveSocket({remoteAddress: server.get_local_address()});
    ok(client.connected);
    client.close();
    server.close();
    const bare = new GSock.DatagramSocket();
    ok(bare.open);
    bare.close();
});

test('constructors throw', () => {
    throws(GSock.Error.UNKNOWN_KEYWORD, () => new GSock.DatagramSocket({lokalHost: localHost}));
    throws(GSock.Error.ADDRESS_NOT_AVAILABLE, () => new GSock.DatagramSocket({localHost: '192.0.2.1'}));
    throws(GSock.Error.INVALID_KEYWORD, () => new GSock.DatagramSocket({type: 'stream'}));
    throws(GSock.Error.INVALID_KEYWORD, () => new GSock.ActiveSocket({connect: 'passive'}));
    throws(Error, () => new GSock.Socket({localHost}));
});

test('an object is initialised once', () => {
    const made = new GSock.DatagramSocket();
    throws(GSock.Error.INVALID_STATE, () => made.init_with_keywords({localHost}));
    made.close();
});

test('GObject.Object.new is a constructor call as well', () => {
    const made = GObject.Object.new(GSock.DatagramSocket.$gtype, {});
    ok(made.open);
    made.close();
});

test('make_instance', () => {
    for (const type of [GSock.DatagramSocket, GSock.DatagramSocket.$gtype]) {
        const made = GSock.make_instance(type, {localHost});
        equal(made.constructor, GSock.DatagramSocket);
        ok(made.bound);
        made.close();
    }
});

test('with_open_socket closes and gives what the callback gives', () => {
    let kept;
    equal(GSock.with_open_socket({type: 'datagram', localHost}, socket => {
        kept = socket;
        return socket.open ? 'open' : 'closed';
    }), 'open');
    ok(!kept.open);
});

test('with_open_socket closes when the callback throws', () => {
    let kept;
    const thrown = throws(RangeError, () => GSock.with_open_socket({type: 'datagram'}, socket => {
        kept = socket;
        throw new RangeError('mine');
    }));
    equal(thrown.message, 'mine');
    ok(!kept.open);
});

test('the printed form', () => {
    const made = new GSock.DatagramSocket({localHost});
    equal(`${made}`, `IPv4 datagram socket bound to ${localHost}:${made.localPort}`);
    equal(`${made.localAddress}`, `${localHost}:${made.localPort}`);
    made.close();
    equal(`${made}`, 'IPv4 datagram socket, closed');
});

run();
