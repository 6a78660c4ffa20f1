// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages with what goes along, batches and multicast groups.

import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import GSock from 'gi://GSock?version=1';
import {bytes, equal, ok, run, skip, test, text, throws} from './tap.js';

const localHost = '127.0.0.1';
const group = '239.255.43.22';
const timeout = 5;

function withPair(body) {
    const server = GSock.make_socket({type: 'datagram', addressFamily: 'ipv4', localHost: '0.0.0.0'});
    const client = GSock.make_socket({type: 'datagram', localHost});
    try {
        body(server, client, `${localHost}:${server.localPort}`);
    } finally {
        server.close();
        client.close();
    }
}

function withLocalPair(body) {
    const [a, b] = GSock.make_socket_pair({type: 'datagram'});
    try {
        body(a, b);
    } finally {
        a.close();
        b.close();
    }
}

test('messages both ways', () => withPair((server, client, address) => {
    equal(client.send_message('question', {remoteAddress: address}), 8);
    const question = server.receive_message({size: 100, timeout});
    equal(text(question.data), 'question');
    equal([question.host, question.port], [localHost, client.localPort]);
    equal([question.fullLength, question.truncated, question.filename], [8, false, null]);
    for (const part of ['packetInfo', 'ttl', 'trafficClass', 'segmentSize', 'timestamp', 'overflowCount', 'credentials',
        'extendedError'])
        equal(question[part], null);
    equal(question.controls, []);
    server.send_message([bytes('an'), 'swer'], {remoteAddress: question.address});
    const [data, host, port] = client.receive_message({timeout});
    equal([text(data), host, port], ['answer', localHost, server.localPort]);
}));

test('an answer from where the question came to', () => withPair((server, client) => {
    server.set_option('ip-packet-info', true);
    client.send_message('?', {remoteAddress: `127.0.0.2:${server.localPort}`});
    const question = server.receive_message({timeout});
    equal(question.packetInfo[0], '127.0.0.2');
    server.send_message('!', {remoteAddress: question.address, packetInfo: question.packetInfo});
    equal(client.receive_message({timeout}).host, '127.0.0.2');
}));

test('ttl and traffic class', () => withPair((server, client, address) => {
    server.set_option('ip-receive-ttl', true);
    server.set_option('ip-receive-tos', true);
    client.send_message('x', {remoteAddress: address, ttl: 7, trafficClass: 0x28});
    const message = server.receive_message({timeout});
    equal([message.ttl, message.trafficClass], [7, 0x28]);
    const again = GSock.Message.new();
    again.add_data(bytes('x'));
    again.address = address;
    again.ttl = 3;
    client.send_message(again);
    equal(server.receive_message({timeout}).ttl, 3);
    throws(TypeError, () => client.send_message(again, {ttl: 4}));
}));

test('a timestamp', () => withPair((server, client, address) => {
    server.set_option('timestamp-ns', true);
    let message;
    // The kernel turns its clock on after the call; what comes at once may have no time yet.
    do {
        client.send_message('x', {remoteAddress: address});
        message = server.receive_message({timeout});
    } while (message.timestamp === null);
    const age = BigInt(GLib.get_real_time()) * 1000n - message.timestamp;
    ok(age > -1000n && age < 60000000000n);
    const [known, seconds, nanoseconds] = message.get_receive_time();
    ok(known && nanoseconds >= 0 && nanoseconds < 1e9);
    equal(message.timestamp, BigInt(seconds) * 1000000000n + BigInt(nanoseconds));
}));

test('the destinations of send_to', () => withPair((server, client, address) => {
    const remotePort = server.localPort;
    for (const keywords of [{remoteHost: localHost, remotePort}, {remoteAddress: address},
        {remoteAddress: GSock.Address.new_from_text(address)}, {remoteHost: 'localhost', remotePort, ipv6: 'no'}]) {
        client.send_message('x', {ttl: 9, ...keywords});
        equal(text(server.receive_message({timeout}).data), 'x');
    }
    const whole = GSock.Message.new();
    whole.add_data(bytes('whole'));
    client.send_message(whole, {remoteHost: localHost, remotePort});
    equal(text(server.receive_message({timeout}).data), 'whole');
    equal(whole.address, null);
    whole.address = address;
    throws(GSock.Error.INVALID_KEYWORD, () => client.send_message(whole, {remoteAddress: address}));
    throws(GSock.Error.NOT_CONNECTED, () => client.send_message('x'));
    throws(GSock.Error.INVALID_KEYWORD, () => client.send_message('x', {remoteHost: localHost}));

    const remoteFilename = `@gsock-messages-js-${remotePort}`;
    const receiver = GSock.make_socket({type: 'datagram', localFilename: remoteFilename});
    const sender = GSock.make_socket({type: 'datagram', addressFamily: 'local'});
    sender.send_message('x', {remoteFilename});
    equal(text(receiver.receive_message({timeout}).data), 'x');
    receiver.close();
    sender.close();
}));

test('the segment size of what the kernel has joined', () => withPair((server, client, address) => {
    server.set_option('udp-gro', true);
    client.send_message('abcdefg', {remoteAddress: address, segmentSize: 3});
    const message = server.receive_message({timeout});
    equal([text(message.data), message.segmentSize], ['abcdefg', 3]);
}));

test('the count of those that were lost', () => withPair((server, client, address) => {
    server.set_option('receive-buffer', 4096);
    server.set_option('receive-queue-overflow', true);
    for (let i = 0; i < 100; i++)
        client.send_message(new Uint8Array(1000), {remoteAddress: address});
    let received = 0;
    throws(GSock.Error.WOULD_BLOCK, () => {
        for (;; received++)
            equal(server.receive_message({wait: false}).overflowCount, null);
    });
    client.send_message('x', {remoteAddress: address});
    equal(server.receive_message({timeout}).overflowCount, 100 - received);
}));

function withIpv6Pair(body) {
    let client;
    try {
        client = GSock.make_socket({type: 'datagram', localHost: '::1'});
    } catch (e) {
        skip('this machine has no IPv6');
    }
    const server = GSock.make_socket({type: 'datagram', addressFamily: 'ipv6', localHost: '::'});
    try {
        body(server, client, {remoteHost: '::1', remotePort: server.localPort});
    } finally {
        server.close();
        client.close();
    }
}

test('packet info, hop limit and traffic class of IPv6', () => withIpv6Pair((server, client, to) => {
    for (const option of ['ipv6-receive-packet-info', 'ipv6-receive-hop-limit', 'ipv6-receive-traffic-class'])
        server.set_option(option, true);
    client.send_message('?', {...to, ttl: 7, trafficClass: 0x28});
    const question = server.receive_message({timeout});
    equal(question.packetInfo, ['::1', 1]);
    equal([question.ttl, question.trafficClass], [7, 0x28]);
    server.send_message('!', {remoteAddress: question.address, packetInfo: question.packetInfo});
    equal(client.receive_message({timeout}).host, '::1');
}));

test('membership in groups of IPv6', () => withIpv6Pair((server, client) => {
    server.join_group('ff05::4322', {interface: 'lo'});
    throws(GSock.Error.ADDRESS_IN_USE, () => server.join_group('ff05::4322', {interface: 'lo'}));
    server.block_source('ff05::4322', '::1', {interface: 'lo'});
    server.unblock_source('ff05::4322', '::1', {interface: 'lo'});
    server.leave_group('ff05::4322', {interface: 'lo'});
    throws(GSock.Error.ADDRESS_NOT_AVAILABLE, () => server.leave_group('ff05::4322', {interface: 'lo'}));
    throws(GSock.Error.INVALID_ADDRESS, () => server.join_group('::1'));
    client.set_multicast_interface('lo');
    equal(client.get_multicast_interface(), 'lo');
    client.set_multicast_ttl(4);
    client.set_ttl(9);
    equal([client.get_multicast_ttl(), client.get_ttl()], [4, 9]);
}));

// In a network of its own, for loopback has no groups of IPv6. A wire takes a while until it carries something.
const exchange = `
    imports.gi.versions.GSock = '1';
    const {GLib, GSock} = imports.gi;
    const member = GSock.make_socket({type: 'datagram', addressFamily: 'ipv6', localHost: '::'});
    member.join_group('ff05::4322', {interface: 'wire'});
    const sender = GSock.make_socket({type: 'datagram', addressFamily: 'ipv6'});
    sender.set_multicast_interface('wire');
    let message = null;
    for (let i = 0; message === null && i < 1000; i++) {
        try {
            sender.send_to('all', {remoteHost: 'ff05::4322', remotePort: member.localPort});
            message = member.receive_message({timeout: 0.05});
        } catch (e) {
            GLib.usleep(10000);
        }
    }
    if (message.data.length !== 3)
        throw new Error('another message');
`;

test('a group of IPv6', () => {
    const make = 'ip link add wire type veth peer name other && ip link set wire up && ip link set other up && ' +
        'echo there && exec gjs -c "$1"';
    let done;
    try {
        done = GLib.spawn_sync(null, ['unshare', '-rn', 'sh', '-c', make, 'sh', exchange], null, GLib.SpawnFlags.SEARCH_PATH, null);
    } catch (e) {
        skip('there is no unshare');
    }
    const [, out, err, status] = done;
    if (!text(out).includes('there'))
        skip('no network can be made here');
    equal([status, text(err)], [0, '']);
});

const Shouting = GObject.registerClass(class Shouting extends GSock.DatagramSocket {
    vfunc_send_message(message, ...rest) {
        const louder = GSock.Message.new();
        louder.add_data(bytes(text(message.data).toUpperCase()));
        louder.address = message.address;
        return super.vfunc_send_message(louder, ...rest);
    }

    vfunc_receive_message(size, ...rest) {
        this.calls = [size, ...rest];
        return super.vfunc_receive_message(size, ...rest);
    }
});

// A class of a class.
const Adding = GObject.registerClass(class Adding extends Shouting {
    vfunc_receive_message(...given) {
        const message = super.vfunc_receive_message(...given);
        message.add_data(bytes('!'));
        return message;
    }
});

const Raising = GObject.registerClass(class Raising extends GSock.DatagramSocket {
    vfunc_send_message() {
        throw new GLib.Error(GSock.Error, GSock.Error.ACCESS_DENIED, 'not today');
    }

    vfunc_receive_message() {
        return null;
    }
});

test('the operators of a class, and its parent\'s', () => withPair((server, client, remoteAddress) => {
    const adding = new Adding({localHost});
    equal(adding.send_message('quiet', {remoteAddress}), 5);
    const message = server.receive_message({timeout});
    equal([text(message.data), message.port], ['QUIET', adding.localPort]);
    server.send_message(['an', 'swer'], {remoteAddress: message.address});
    const [data, host, port] = adding.receive_message({size: 100, peek: true, timeout: 2.5});
    equal([text(data), host, port], ['answer!', localHost, server.localPort]);
    equal(adding.calls, [100, GSock.MessageFlags.PEEK, true, 2.5, null]);
    adding.receive_message({timeout});
    throws(GSock.Error.WOULD_BLOCK, () => adding.receive_message({wait: false}));
    throws(GSock.Error.NOT_CONNECTED, () => adding.send_message('x'));
    adding.close();

    const raising = new Raising({localHost});
    throws(GSock.Error.ACCESS_DENIED, () => raising.send_message('x', {remoteAddress}));
    throws(GSock.Error.FAILED, () => raising.receive_message({timeout: 0}));
    raising.close();
}));

test('segments', () => withPair((server, client, address) => {
    client.send_message('abcde', {remoteAddress: address, segmentSize: 3});
    equal(text(server.receive_message({timeout}).data), 'abc');
    equal(text(server.receive_message({timeout}).data), 'de');
}));

test('the queue of errors', () => withPair((server, client) => {
    client.set_option('ip-receive-error', true);
    const closed = GSock.make_socket({type: 'datagram', localHost});
    const nobody = closed.get_local_address();
    closed.close();
    client.send_message('lost', {remoteAddress: nobody});
    throws(GSock.Error.CONNECTION_REFUSED, () => client.receive_message({timeout}));
    const message = client.receive_message({errorQueue: true, timeout});
    equal(text(message.data), 'lost');
    const {errno, origin, type, code, offender} = message.extendedError;
    equal([errno, origin, type, code, offender], [111, 2, 3, 3, localHost]);
}));

test('credentials and descriptors', () => withLocalPair((a, b) => {
    b.set_option('pass-credentials', true);
    a.send_message('x');
    const mine = b.receive_message({timeout}).credentials;
    a.send_message('x', {credentials: mine, fileDescriptors: [0, 1]});
    const message = b.receive_message({timeout});
    equal(message.credentials, mine);
    const fds = message.take_file_descriptors();
    equal(fds.length, 2);
    fds.forEach(fd => GLib.close(fd));
}));

test('a batch of 64', () => withPair((server, client) => {
    const datagrams = Array.from({length: 64}, (_, i) => new Uint8Array(i).fill(65 + i % 26));
    equal(client.send_many(datagrams, {remoteHost: localHost, remotePort: server.localPort}), 64);
    const received = [];
    while (received.length < 64)
        received.push(...server.receive_many(64, {timeout}));
    equal(received, datagrams.map(data => [data, localHost, client.localPort]));
}));

test('datagrams with addresses', () => withPair((server, client, address) => {
    equal(client.send_many([['abcdef', address], [bytes(''), localHost, server.localPort]]), 2);
    const received = server.receive_many({most: 2, size: 4, timeout});
    equal(received.length, 2);
    const first = received.at(0);
    equal([text(first.data), first.fullLength, first.truncated], ['abcd', 6, true]);
    equal(received.at(-1).port, client.localPort);
    equal(received.at(2), undefined);
    equal(server.send_many(received), 2);
    const batch = GSock.Batch.new();
    equal([...client.receive_many(2, {batch, timeout})].map(([data]) => text(data)), ['abcd', '']);
}));

test('a batch without addresses', () => withLocalPair((a, b) => {
    equal(a.send_many(['x', [65, 66]]), 2);
    equal([...b.receive_many(4, {timeout})], [[bytes('x'), null, null], [bytes('AB'), null, null]]);
}));

test('groups', () => withPair((server, client) => {
    const send = () => client.send_to('all', {remoteHost: group, remotePort: server.localPort});
    client.set_multicast_interface('lo');
    client.set_multicast_ttl(2);
    equal(client.get_multicast_ttl(), 2);
    server.join_group(group, {interface: 'lo'});
    send();
    equal(text(server.receive_from({timeout}).data), 'all');
    server.block_source(group, localHost, {interface: 'lo'});
    send();
    throws(GSock.Error.WOULD_BLOCK, () => server.receive_from({wait: false}));
    server.unblock_source(group, localHost, 'lo');
    server.leave_group(group, 'lo');
    server.join_group({group, interface: 'lo', source: localHost});
    send();
    equal(server.receive_from({timeout}).host, localHost);
    throws(GSock.Error.INVALID_ADDRESS, () => server.join_group('10.0.0.1'));
    throws(GSock.Error.UNKNOWN_INTERFACE, () => server.join_group(group, {interface: 'nosuch0'}));
    throws(TypeError, () => server.join_group());
    throws(GSock.Error.OUT_OF_RANGE, () => client.set_multicast_ttl('x'));
}));

test('wrong input', () => withPair((server, client, address) => {
    const refuse = (error, keywords, data = 'x') =>
        throws(error, () => client.send_message(data, {remoteAddress: address, ...keywords}));
    refuse(TypeError, {}, 5);
    refuse(TypeError, {}, null);
    refuse(GSock.Error.INVALID_KEYWORD, {remoteAddress: 5});
    refuse(GSock.Error.UNKNOWN_KEYWORD, {address});
    refuse(TypeError, {packetInfo: localHost});
    refuse(TypeError, {credentials: [1]});
    refuse(TypeError, {controls: [[1, 2]]});
    refuse(GSock.Error.UNKNOWN_KEYWORD, {tll: 5});
    refuse(GSock.Error.INVALID_ADDRESS, {remoteAddress: 'nowhere'});
    refuse(GSock.Error.INVALID_ARGUMENT, {fileDescriptors: [0, 9999]});
    refuse(GSock.Error.OPERATION_NOT_SUPPORTED, {fileDescriptors: [0]});
    for (const ttl of [0, 256, 'x', 2 ** 40, 1.5, NaN])
        refuse(GSock.Error.OUT_OF_RANGE, {ttl});
    for (const datagrams of ['ab', bytes('ab'), 5, [5], [['x', 5]], [['x', localHost, 5, 6]]])
        throws(TypeError, () => client.send_many(datagrams));
    throws(GSock.Error.UNKNOWN_KEYWORD, () => client.send_many(['x'], {remoteHots: 'x'}));
    throws(GSock.Error.OUT_OF_RANGE, () => client.receive_many(0));
    throws(GSock.Error.OUT_OF_RANGE, () => client.receive_many(2 ** 32 + 1));
    throws(GSock.Error.WOULD_BLOCK, () => client.receive_many(4, {wait: false}));
    throws(TypeError, () => client.receive_many({wait: false}));
}));

run();
