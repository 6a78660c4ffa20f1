// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages with what goes along, batches and multicast groups.

import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';
import {bytes, equal, ok, run, test, text, throws} from './tap.js';

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
    server.send_message([bytes('an'), 'swer'], {address: question.address});
    const [data, host, port] = client.receive_message({timeout});
    equal([text(data), host, port], ['answer', localHost, server.localPort]);
}));

test('an answer from where the question came to', () => withPair((server, client) => {
    server.set_option('ip-packet-info', true);
    client.send_message('?', {address: `127.0.0.2:${server.localPort}`});
    const question = server.receive_message({timeout});
    equal(question.packetInfo[0], '127.0.0.2');
    server.send_message('!', {address: question.address, packetInfo: question.packetInfo});
    equal(client.receive_message({timeout}).host, '127.0.0.2');
}));

test('ttl and traffic class', () => withPair((server, client, address) => {
    server.set_option('ip-receive-ttl', true);
    server.set_option('ip-receive-tos', true);
    client.send_message('x', {address, ttl: 7, trafficClass: 0x28});
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
    client.send_message('x', {address});
    const now = GLib.get_real_time() * 1000;
    ok(Math.abs(server.receive_message({timeout}).timestamp - now) < 60e9);
}));

test('segments', () => withPair((server, client, address) => {
    client.send_message('abcde', {address, segmentSize: 3});
    equal(text(server.receive_message({timeout}).data), 'abc');
    equal(text(server.receive_message({timeout}).data), 'de');
}));

test('the queue of errors', () => withPair((server, client) => {
    client.set_option('ip-receive-error', true);
    const closed = GSock.make_socket({type: 'datagram', localHost});
    const nobody = closed.get_local_address();
    closed.close();
    client.send_message('lost', {address: nobody});
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
        throws(error, () => client.send_message(data, {address, ...keywords}));
    refuse(TypeError, {}, 5);
    refuse(TypeError, {}, null);
    refuse(TypeError, {address: 5});
    refuse(TypeError, {packetInfo: localHost});
    refuse(TypeError, {credentials: [1]});
    refuse(TypeError, {controls: [[1, 2]]});
    refuse(GSock.Error.UNKNOWN_KEYWORD, {tll: 5});
    refuse(GSock.Error.INVALID_ADDRESS, {address: 'nowhere'});
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
