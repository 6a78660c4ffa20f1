// SPDX-License-Identifier: LGPL-2.1-or-later
// The typelib as it is, without the override: the names and values of C.

import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import GSock from 'gi://GSock?version=1';
import {equal, ok, run, test, text, throws} from './tap.js';

const localHost = '127.0.0.1';
const make = (names, values) => GSock.make_socket(names, values, null);

test('there is no override', () => {
    ok(GSock.with_open_socket === undefined);
    ok(GSock.Received?.prototype?.[Symbol.iterator] === undefined);
    ok(GSock.PassiveSocket.prototype[Symbol.iterator] === undefined);
});

test('datagrams', () => {
    const udp = make(['type', 'local-host'], ['datagram', localHost]);
    const names = ['remote-host', 'remote-port'];
    const values = [localHost, udp.local_port];
    equal(udp.send_to(new Uint8Array([1, 2]), names, values, null), 2);
    const [data, sender, flags, fullLength] = udp.receive_from(100, ['timeout'], [5], null);
    equal([...data], [1, 2]);
    equal([flags, fullLength], [0, 2]);
    ok(sender.equal(udp.get_local_address()));
    equal(udp.send_to('', names, values, null), 0);
    equal(udp.receive_from(100, null, null, null)[0].length, 0);
    udp.close(false);
});

test('streams', () => {
    const server = make(['connect', 'local-host'], ['passive', localHost]);
    const client = make(['remote-address'], [server.get_local_address()]);
    const peer = server.accept_connection(['timeout'], [5], null);
    client.send_to('hello', null, null, null);
    equal(text(peer.receive_from(100, ['timeout'], [5], null)[0]), 'hello');
    client.shutdown(false, true);
    equal(peer.receive_from(100, null, null, null)[0].length, 0);
    for (const made of [server, client, peer])
        made.close(false);
});

test('step by step', () => {
    const server = make(['connect'], ['passive']);
    ok(server.bind_address(null, ['host', 'port'], [localHost, 0], null));
    ok(server.listen_on(['backlog'], [3]));
    const client = make(['address-family'], [GSock.AddressFamily.IPV4]);
    ok(client.bind_address(GSock.Address.new_from_host(localHost, 0), null, null, null));
    throws(GSock.Error.WOULD_BLOCK, () => server.accept_connection(['wait'], [false], null));
    ok(client.connect_to(null, ['host', 'port', 'timeout'], [localHost, server.local_port, 5], null));
    const [peer] = server.accept_many(10, ['timeout'], [5], null);
    ok(peer.get_remote_address().equal(client.get_local_address()));
    ok(peer.to_string().includes(`connected to ${client.get_local_address().to_text()}`));
    ok(client.write_line('grün', null, null, null));
    ok(client.finish_output(null, null, null));
    equal(peer.read_line(['timeout'], [5], null), 'grün');
    throws(GSock.Error.TIMED_OUT, () => peer.read_line(['timeout'], [0.01], null));
    ok(client.close(true));
    throws(GSock.Error.CONNECTION_RESET, () => peer.receive_from(10, ['timeout'], [5], null));
    peer.close(false);
    throws(GSock.Error.CLOSED, () => peer.receive_from(10, null, null, null));
    server.close(false);
    throws(GSock.Error.CONNECTION_REFUSED, () => make(['remote-host', 'remote-port'], [localHost, 1]));
});

test('connected datagrams', () => {
    const udp = make(['type', 'local-host'], ['datagram', localHost]);
    const other = make(['type'], ['datagram']);
    ok(other.connect_to(udp.get_local_address(), null, null, null));
    equal(other.send_to('x', null, null, null), 1);
    throws(GSock.Error.ALREADY_CONNECTED, () => other.send_to('x', ['remote-host', 'remote-port'], [localHost, 9], null));
    ok(other.disconnect_peer());
    throws(GSock.Error.NOT_CONNECTED, () => other.send_to('x', null, null, null));
    equal(text(udp.receive_from(10, ['timeout'], [5], null)[0]), 'x');
    udp.close(false);
    other.close(false);
});

test('messages', () => {
    const udp = make(['type', 'local-host', 'ip-receive-ttl'], ['datagram', localHost, true]);
    const message = GSock.Message.new();
    message.add_data('in two ');
    message.add_bytes(new GLib.Bytes('pieces'));
    message.set_address(udp.get_local_address());
    message.set_ttl(7);
    equal(udp.send_message(message, null, null, null), 13);
    const letter = udp.receive_message(100, ['timeout'], [5], null);
    equal(text(letter.get_bytes().toArray()), 'in two pieces');
    equal([letter.get_ttl(), letter.is_truncated()], [7, false]);
    ok(letter.get_address().equal(udp.get_local_address()));
    udp.close(false);
});

test('batches', () => {
    const udp = make(['type', 'local-host'], ['datagram', localHost]);
    const batch = GSock.Batch.new();
    ok(batch.add('one', null));
    ok(batch.add('two', udp.get_local_address()));
    equal(udp.send_many(batch, ['remote-address'], [udp.get_local_address()], null), 2);
    const arrived = [];
    while (arrived.length < 2) {
        const count = udp.receive_many(batch, 8, ['timeout'], [5], null);
        for (let i = 0; i < count; i++)
            arrived.push(text(batch.get_data(i)));
        ok(batch.get_address(0).equal(udp.get_local_address()));
    }
    equal(arrived, ['one', 'two']);
    udp.close(false);
});

test('a pair, descriptors and waiting', () => {
    const [done, left, right] = GSock.make_socket_pair(['type'], ['seqpacket']);
    ok(done);
    left.send_file_descriptors([0], null, [], [], null);
    equal(right.wait_for(GLib.IOCondition.IN, 5, null), GLib.IOCondition.IN);
    equal(GSock.wait_for_any([right], [GLib.IOCondition.IN], 5, null), [right]);
    const [[fd]] = right.receive_file_descriptors(16, ['timeout'], [5], null);
    GLib.close(fd);
    ok(left.send_file_descriptor(0, null, null, null));
    GLib.close(right.receive_file_descriptor(['timeout'], [5], null));
    ok(left.send_socket(right, null, null, null));
    const twin = right.receive_socket(['timeout'], [5], null);
    ok(twin instanceof GSock.ActiveSocket);
    twin.close(false);
    ok(left.peer_credentials()[1] > 0);
    left.close(false);
    right.close(false);
});

test('a watch and a server', () => {
    const context = GLib.MainContext.default();
    const told = [];
    const listener = make(['connect', 'local-host'], ['passive', localHost]);
    const server = GSock.Server.new(listener);
    server.set_handler((_, connection) => told.push(connection));
    ok(server.start(GLib.PRIORITY_DEFAULT));
    const client = make(['remote-address'], [listener.get_local_address()]);
    while (told.length === 0)
        context.iteration(true);
    const peer = told.pop();
    ok(peer instanceof GSock.ActiveSocket);
    equal(server.get_n_connections(), 1);

    peer.watch(GLib.IOCondition.IN, GLib.PRIORITY_DEFAULT, (socket, condition) => {
        told.push([text(socket.receive_from(10, null, null, null)[0]), condition]);
        return false;
    });
    client.send_to('x', null, null, null);
    while (told.length === 0)
        context.iteration(true);
    equal(told.pop(), ['x', GLib.IOCondition.IN]);
    const watch = peer.watch(GLib.IOCondition.IN, GLib.PRIORITY_DEFAULT, () => {
        throw new Error('it was cancelled');
    });
    watch.cancel();
    watch.cancel();
    for (const made of [client, peer, listener])
        made.close(false);
});

test('without blocking', () => {
    const context = GLib.MainContext.default();
    const listener = make(['connect', 'local-host'], ['passive', localHost]);
    const client = make(['address-family'], ['ipv4']);
    const take = (begin, ...given) => {
        let kept = null;
        begin(...given, (source, result) => (kept = result));
        while (kept === null)
            context.iteration(true);
        return kept;
    };
    const address = listener.get_local_address();
    ok(client.connect_to_finish(take(client.connect_direct_async.bind(client), address, true, 5, 0, null)));
    const accepting = take(listener.accept_connection_direct_async.bind(listener), true, 5, 0, null);
    const peer = listener.accept_connection_finish(accepting);
    const sending = take(client.send_bytes_async.bind(client), new GLib.Bytes([7]), null, 0, true, 5, 0, null);
    equal(client.send_to_finish(sending), 1);
    const receiving = take(peer.receive_from_async.bind(peer), 10, ['timeout'], [5], 0, null);
    equal([...peer.receive_from_finish(receiving)[0].toArray()], [7]);
    const other = GSock.make_socket_finish(take(GSock.make_socket_async, ['remote-address'], [address], 0, null));
    ok(other instanceof GSock.ActiveSocket);
    for (const made of [client, peer, listener, other])
        made.close(false);
});

test('options', () => {
    const stream = make(['linger'], [new GLib.Variant('(bi)', [true, 5])]);
    equal(stream.get_option('linger').recursiveUnpack(), [true, 5]);
    stream.close(false);
});

test('errors', () => {
    throws(GSock.Error.UNKNOWN_KEYWORD, () => make(['lokal-host'], ['x']));
    throws(GSock.Error.INVALID_KEYWORD, () => make(['local-port'], ['x']));
    throws(GSock.Error.INVALID_KEYWORD, () => make(['local-port'], []));
    throws(GSock.Error.INVALID_KEYWORD, () => make(['local-port'], [null]));
    throws(GSock.Error.OUT_OF_RANGE, () => make(['local-port'], [2 ** 40]));
});

test('construction and init', () => {
    const made = new GSock.DatagramSocket({localHost});
    throws(GSock.Error.NOT_INITIALIZED, () => made.get_local_address());
    ok(made.init(null));
    ok(made.local_port > 0);
    made.close(false);
    throws(GSock.Error.OUT_OF_RANGE, () => new GSock.DatagramSocket({localPort: 70000}).init(null));
});

test('a subclass', () => {
    const Quiet = GObject.registerClass(class Quiet extends GSock.DatagramSocket {
        vfunc_send_to(data, ...rest) {
            if (data.get_size() === 0)
                throw new GSock.Error({code: GSock.Error.INVALID_STATE, message: 'nothing to say'});
            return super.vfunc_send_to(data, ...rest);
        }

        vfunc_receive_from(...given) {
            return super.vfunc_receive_from(...given);
        }
    });
    const made = GSock.make_instance(Quiet, ['local-host'], [localHost], null);
    const names = ['remote-address'];
    const values = [made.get_local_address()];
    equal(made.send_to('x', names, values, null), 1);
    equal(text(made.receive_from(10, ['timeout'], [5], null)[0]), 'x');
    throws(GSock.Error.INVALID_STATE, () => made.send_to('', names, values, null));
    made.close(false);
});

test('an active type', () => {
    const Peer = GObject.registerClass(class PlainPeer extends GSock.ActiveSocket {});
    const server = make(['connect', 'local-host'], ['passive', localHost]);
    server.set_active_type(Peer.$gtype);
    const client = make(['remote-address'], [server.get_local_address()]);
    const peer = server.accept_connection(null, null, null);
    ok(peer instanceof Peer);
    for (const made of [server, client, peer])
        made.close(false);
});

test('lists', () => {
    const [addresses] = GSock.lookup_hostname('127.0.0.1', GSock.Ipv6Mode.YES, null);
    equal(addresses.map(address => address.to_text()), ['127.0.0.1:0']);
    ok(GSock.list_network_interfaces().some(item => item.get_name() === 'lo'));
    ok(GSock.list_options().includes('tcp-nodelay'));
});

test('copied addresses', () => {
    const udp = make(['type', 'local-host'], ['datagram', localHost]);
    const [done, address] = udp.copy_local_address();
    ok(done && address.equal(udp.get_local_address()));
    udp.close(false);
});

run();
