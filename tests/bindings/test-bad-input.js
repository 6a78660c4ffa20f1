// SPDX-License-Identifier: LGPL-2.1-or-later
// What a program can get wrong, each time answered by an error that says what.
// Run with G_DEBUG=fatal-criticals: a warning of GObject in place of an error ends the program.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import GSock from 'gi://GSock?version=1';
import {equal, ok, run, test, throws} from './tap.js';

const localHost = '127.0.0.1';
const remoteHost = '127.0.0.1';

function refuse(code, keywords, part = '') {
    const error = throws(code, () => GSock.make_socket(keywords));
    if (!error.message.includes(part))
        throw new Error(`"${error.message}" does not tell of ${part}`);
}

test('unknown keywords', () => {
    refuse(GSock.Error.UNKNOWN_KEYWORD, {lokalHost: 'x'}, 'local-host');
    refuse(GSock.Error.UNKNOWN_KEYWORD, {tcpNodely: true}, 'tcp-nodelay');
    refuse(GSock.Error.UNKNOWN_KEYWORD, {'local port': 1}, 'local-port');
    refuse(GSock.Error.UNKNOWN_KEYWORD, {'': 1});
});

test('wrong types', () => {
    for (const keywords of [{localPort: 'eighty'}, {localPort: 1.5}, {localPort: {}}, {localHost: 5}, {localHost: true},
        {timeout: 'soon'}, {type: 'strem'}, {type: 99}, {type: {}}, {nodelay: 'yes'}, {nodelay: 2}, {connect: 5},
        {remoteAddress: 5}, {remoteAddress: new GLib.Bytes([1])}, {addressFamily: 'klingon'}, {remoteConnectable: 'x'},
        {remoteConnectable: new Gio.Cancellable()}, {localPort: new Gio.Cancellable()}, {localHost: new GSock.Address()},
        {timeout: NaN}, {localPort: Infinity}, {localPort: [1, 2]}, {localHost: ['x']}, {localHost: new Uint8Array(1)},
        {localPort: new Date()}, {localPort: new Map()}])
        refuse(GSock.Error.INVALID_KEYWORD, keywords, Object.keys(keywords)[0].replace(/[A-Z]/g, c => `-${c.toLowerCase()}`));
    for (const activeType of [5, 'GSockSocket', {}])
        refuse(GSock.Error.INVALID_KEYWORD, {connect: 'passive', activeType}, 'active-type');
});

test('types that nothing takes', () => {
    for (const value of [() => 1, class {}, [Symbol('x')], [() => 1]])
        throws(TypeError, () => GSock.make_socket({localPort: value}));
    throws(GSock.Error.INVALID_KEYWORD, () => GSock.make_socket({localPort: Symbol('x')}));
    throws(undefined, () => GSock.make_socket({cancellable: 'x'}));
    throws(TypeError, () => GSock.make_socket('datagram'));
    throws(TypeError, () => GSock.make_socket(null));
    throws(TypeError, () => GSock.make_socket([]));
});

test('ports', () => {
    for (const port of [-1, 65536, 70000, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 40, 2 ** 53, 2n ** 40n, -(2n ** 40n)]) {
        refuse(GSock.Error.OUT_OF_RANGE, {localHost, localPort: port}, 'port');
        refuse(GSock.Error.OUT_OF_RANGE, {remoteHost, remotePort: port}, 'port');
    }
    refuse(GSock.Error.OUT_OF_RANGE, {remoteHost, remotePort: 0}, 'remote-port 0');
    throws(undefined, () => GSock.make_socket({localPort: 2n ** 70n}));
});

test('halves and contradictions', () => {
    refuse(GSock.Error.INVALID_KEYWORD, {remoteHost}, 'remote-port');
    refuse(GSock.Error.INVALID_KEYWORD, {remotePort: 80}, 'remote-host');
    refuse(GSock.Error.INVALID_KEYWORD, {remoteFilename: '/x', remoteHost, remotePort: 80});
    refuse(GSock.Error.INVALID_KEYWORD, {addressFamily: 'local', localHost});
    refuse(GSock.Error.INVALID_KEYWORD, {type: 'datagram', connect: 'passive'});
    refuse(GSock.Error.INVALID_KEYWORD, {nodelay: true, tcpNodelay: true});
});

test('names', () => {
    for (const localFilename of [`/${'x'.repeat(107)}`, `@${'x'.repeat(108)}`, 'x'.repeat(5000)])
        throws(GSock.Error, () => GSock.make_socket({type: 'datagram', localFilename}));
    const made = GSock.make_socket({type: 'datagram', localFilename: `@${GLib.uuid_string_random()}`});
    made.close();
    throws(TypeError, () => GSock.make_socket({localHost: '127.0.0.1\0.example'}));
    throws(GSock.Error, () => GSock.make_socket({type: 'datagram', localHost: '127.0.0.256'}));
    throws(GSock.Error, () => GSock.make_socket({type: 'datagram', localHost: ''}));
    throws(GSock.Error.INVALID_ADDRESS, () => GSock.make_socket({remoteAddress: '127.0.0.1:'}));
});

test('make_socket_from_fd', () => {
    for (const fd of [-1, 99999, 2 ** 31 - 1])
        throws(GSock.Error, () => GSock.make_socket_from_fd(fd));
    for (const fd of [null, undefined, {}, 'x', 2 ** 31, 1e10])
        throws(undefined, () => GSock.make_socket_from_fd(fd));
    throws(GSock.Error.UNKNOWN_KEYWORD, () => GSock.make_socket_from_fd(0, {dupe: true}));
});

test('make_socket_pair and make_instance', () => {
    throws(GSock.Error.UNKNOWN_KEYWORD, () => GSock.make_socket_pair({localHost}));
    throws(GSock.Error.INVALID_KEYWORD, () => GSock.make_socket_pair({type: 'streem'}));
    throws(GSock.Error, () => GSock.make_socket_pair({type: 'rdm'}));
    throws(TypeError, () => GSock.make_socket_pair('stream'));
    throws(GSock.Error.INVALID_ARGUMENT, () => GSock.make_instance(GObject.Object.$gtype));
    throws(GSock.Error.INVALID_ARGUMENT, () => GSock.make_instance(GSock.Socket.$gtype));
    for (const type of [null, undefined, 5, 'GSockDatagramSocket', {}, GSock.Socket])
        throws(undefined, () => GSock.make_instance(type));
});

test('send_to', () => GSock.with_open_socket({type: 'datagram', localHost}, udp => {
    const here = {remoteHost, remotePort: udp.localPort};
    for (const [code, keywords] of [
        [GSock.Error.UNKNOWN_KEYWORD, {size: 1}],
        [GSock.Error.INVALID_KEYWORD, {more: 'x'}],
        [GSock.Error.INVALID_KEYWORD, {flags: 'mor'}],
        [GSock.Error.OUT_OF_RANGE, {start: 4}],
        [GSock.Error.OUT_OF_RANGE, {end: 4}],
        [GSock.Error.OUT_OF_RANGE, {start: 2, end: 1}],
        [GSock.Error.OUT_OF_RANGE, {start: -1}],
        [GSock.Error.OUT_OF_RANGE, {start: 2 ** 40}],
        [GSock.Error.OUT_OF_RANGE, {remotePort: 0}],
        [GSock.Error.OUT_OF_RANGE, {remotePort: 65536}],
        [GSock.Error.INVALID_KEYWORD, {remotePort: null}],
        [GSock.Error.INVALID_KEYWORD, {remoteHost: null}],
        [GSock.Error.INVALID_KEYWORD, {remoteAddress: '127.0.0.1:1'}],
        [GSock.Error.INVALID_KEYWORD, {timeout: 'x'}],
    ])
        throws(code, () => udp.send_to('abc', {...here, ...keywords}));
    throws(GSock.Error.NOT_CONNECTED, () => udp.send_to('abc'));
    throws(TypeError, () => udp.send_to());
    throws(TypeError, () => udp.send_to('abc', null, null));
    throws(undefined, () => udp.send_to('abc', {...here, cancellable: 5}));
}));

test('receive_from', () => GSock.with_open_socket({type: 'datagram', localHost}, udp => {
    for (const size of [-1, NaN, 1.5, 'x', 2 ** 53, 2 ** 62])
        throws(GSock.Error.OUT_OF_RANGE, () => udp.receive_from(size, {wait: false}));
    throws(GSock.Error.UNKNOWN_KEYWORD, () => udp.receive_from({sise: 1}));
    throws(GSock.Error.INVALID_KEYWORD, () => udp.receive_from({wait: 'x'}));
    throws(GSock.Error.INVALID_KEYWORD, () => udp.receive_from({timeout: NaN}));
    throws(TypeError, () => udp.receive_from(10, null, null));
    GSock.with_open_socket({type: 'datagram'}, unbound => throws(GSock.Error.NOT_BOUND, () => unbound.receive_from()));
}));

test('connect_to and bind_address', () => GSock.with_open_socket({type: 'datagram'}, udp => {
    throws(GSock.Error.INVALID_KEYWORD, () => udp.connect_to());
    throws(GSock.Error.INVALID_KEYWORD, () => udp.connect_to(localHost));
    throws(GSock.Error.INVALID_KEYWORD, () => udp.connect_to({port: 80}));
    throws(GSock.Error.OUT_OF_RANGE, () => udp.connect_to(localHost, {port: 0}));
    throws(GSock.Error.UNKNOWN_KEYWORD, () => udp.connect_to(localHost, {prot: 1}));
    throws(GSock.Error.INVALID_KEYWORD, () => udp.bind_address());
    throws(GSock.Error.OUT_OF_RANGE, () => udp.bind_address(localHost, {port: 65536}));
    for (const address of [5, true, new Gio.Cancellable(), new GLib.Bytes([1])]) {
        throws(undefined, () => udp.connect_to(address));
        throws(undefined, () => udp.bind_address(address));
    }
}));

test('shutdown and close', () => GSock.with_open_socket({type: 'datagram'}, udp => {
    throws(GSock.Error.INVALID_KEYWORD, () => udp.shutdown());
    throws(GSock.Error.NOT_CONNECTED, () => udp.shutdown({write: true}));
    const error = throws(GSock.Error.UNKNOWN_KEYWORD, () => udp.close({force: true}));
    ok(error.message.includes('force') && error.message.includes('abort'));
    throws(TypeError, () => udp.close(true, false));
}));

test('descriptors', () => {
    const [left, right] = GSock.make_socket_pair();
    throws(GSock.Error.OUT_OF_RANGE, () => left.send_file_descriptors([]));
    throws(GSock.Error.OUT_OF_RANGE, () => left.send_file_descriptors(new Array(254).fill(0)));
    throws(GSock.Error.INVALID_ARGUMENT, () => left.send_file_descriptors([99999]));
    throws(GSock.Error.INVALID_ARGUMENT, () => left.send_file_descriptor(-1));
    throws(GSock.Error.OUT_OF_RANGE, () => left.receive_file_descriptors(0));
    throws(GSock.Error.OUT_OF_RANGE, () => left.receive_file_descriptors(254));
    throws(TypeError, () => left.receive_file_descriptors());
    throws(GSock.Error.WOULD_BLOCK, () => left.receive_file_descriptor({wait: false}));
    throws(GSock.Error.TIMED_OUT, () => left.receive_file_descriptor({timeout: 0}));
    right.send_to('x');
    throws(GSock.Error.INVALID_STATE, () => left.receive_file_descriptor());
    right.send_file_descriptors([0, 1, 2]);
    throws(GSock.Error.TRUNCATED, () => left.receive_file_descriptors(2));
    left.close();
    right.close();
    GSock.with_open_socket({type: 'datagram'}, udp =>
        throws(GSock.Error.OPERATION_NOT_SUPPORTED, () => udp.send_file_descriptor(0)));
});

test('waiting', () => GSock.with_open_socket({type: 'datagram'}, udp => {
    throws(TypeError, () => udp.wait_for('inn'));
    throws(TypeError, () => udp.wait_for(''));
    throws(GSock.Error.INVALID_KEYWORD, () => udp.wait_for(0));
    throws(GSock.Error.INVALID_KEYWORD, () => udp.wait_for('in', NaN));
    throws(GSock.Error.INVALID_KEYWORD, () => GSock.wait_for_any([]));
    throws(GSock.Error.INVALID_KEYWORD, () => GSock.wait_for_any([udp], ['in', 'in']));
    for (const sockets of [null, undefined, 5, [null], [5], [new Gio.Cancellable()]])
        throws(undefined, () => GSock.wait_for_any(sockets));
}));

test('one socket in place of a list', () => {
    const [left, right] = GSock.make_socket_pair();
    for (const call of [() => left.send_many(right), () => left.send_file_descriptors(right), () => GSock.wait_for_any(right)])
        throws(undefined, call);
    left.close();
    right.close();
});

test('what gjs itself crashes on', () => GSock.with_open_socket({type: 'datagram', localHost}, udp => {
    refuse(GSock.Error.OUT_OF_RANGE, {localPort: 2n ** 64n}, '64 bits');
    throws(GSock.Error.OUT_OF_RANGE, () => udp.receive_data(-1));
    throws(TypeError, () => udp.receive_file_descriptors_finish(null));
    udp.set_timeout(NaN);
    equal(udp.timeout, -1);
}));

test('options', () => GSock.with_open_socket({addressFamily: 'ipv4'}, stream => {
    throws(GSock.Error.UNKNOWN_KEYWORD, () => stream.get_option('no-such-option'));
    throws(GSock.Error.OPTION_NOT_SUPPORTED, () => stream.get_option('no-sigpipe'));
    throws(GSock.Error.OPERATION_NOT_SUPPORTED, () => stream.set_option('type', 'datagram'));
    for (const [name, value] of [['linger', 5], ['linger', [true, 5, 6]], ['linger', [true, 'x']], ['keep-alive', 'yes'],
        ['keep-alive', 2], ['tcp-keepidle', 1.5], ['tcp-keepidle', 2 ** 40], ['tcp-keepidle', 2n ** 40n], ['receive-timeout', NaN],
        ['linger', [null, null]], ['tcp-congestion', new Uint8Array(2)]])
        throws(GSock.Error, () => stream.set_option(name, value));
    for (const value of [undefined, Symbol('x'), () => 1, [() => 1], {}])
        throws(TypeError, () => stream.set_option('linger', value));
    throws(GSock.Error.INVALID_ARGUMENT, () => stream.set_option('linger', null));
}));

test('receivers of the wrong type', () => {
    for (const receiver of [null, undefined, 5, {}, new GObject.Object(), new GSock.Address()])
        throws(undefined, () => GSock.Socket.prototype.send_to.call(receiver, 'x'));
    GSock.with_open_socket({type: 'datagram'}, udp =>
        throws(undefined, () => GSock.PassiveSocket.prototype.accept_connection.call(udp)));
});

test('addresses', () => {
    for (const call of [() => GSock.Address.new_from_text('127.0.0.256:80'), () => GSock.Address.new_from_text(''),
        () => GSock.Address.new_from_host('127.0.0.1', 65536), () => GSock.Address.new_from_filename('x'.repeat(108)),
        () => GSock.Address.new_from_bytes(new Uint8Array(0)), () => GSock.Address.new_from_bytes(new Uint8Array(200)),
        () => GSock.Address.new_from_text('@a').with_port(1)])
        throws(GSock.Error, call);
    for (const call of [() => GSock.Address.new_from_text(null), () => GSock.Address.new_from_text(5),
        () => GSock.Address.new_from_host('::1'), () => GSock.Address.new_from_host('::1', -1)])
        throws(undefined, call);
    equal(GSock.Address.new_from_text('127.0.0.1:80').equal(null), false);
});

test('a closed socket', () => {
    const server = GSock.make_socket({connect: 'passive', localHost});
    const udp = GSock.make_socket({type: 'datagram', localHost});
    const here = udp.get_local_address();
    server.close();
    udp.close();
    udp.close();
    for (const call of [() => udp.send_to('x'), () => udp.send_to('x', {remoteAddress: here}), () => udp.receive_from(),
        () => udp.get_local_address(), () => udp.get_remote_address(), () => udp.get_file_descriptor(),
        () => udp.connect_to(here), () => udp.disconnect_peer(), () => udp.wait_for(), () => udp.get_option('linger'),
        () => udp.set_option('broadcast', true), () => udp.bind_address(here), () => udp.finish_connect(),
        () => udp.shutdown({write: true}), () => server.accept_connection(), () => server.listen_on(),
        () => GSock.wait_for_any([server, udp])])
        throws(GSock.Error.CLOSED, call);
    equal([udp.localHost, udp.localPort, udp.localAddress, udp.fileDescriptor], [null, 0, null, -1]);
    ok(!udp.open && !udp.bound && !udp.connected && !server.listening);
});

run();
