// SPDX-License-Identifier: LGPL-2.1-or-later
// Classes of JavaScript that specialise an operator and go on to the next method.

import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import GSock from 'gi://GSock?version=1';
import {equal, ok, run, test, text, throws} from './tap.js';

const localHost = '127.0.0.1';

const Counting = GObject.registerClass({
    Properties: {
        limit: GObject.ParamSpec.int('limit', '', '', GObject.ParamFlags.READWRITE, 0, 10, 5),
        label: GObject.ParamSpec.string('label', '', '', GObject.ParamFlags.READWRITE | GObject.ParamFlags.CONSTRUCT_ONLY, null),
    },
}, class Counting extends GSock.DatagramSocket {
    _init(keywords) {
        super._init(keywords);
        this.log = [];
    }

    vfunc_send_to(data, destination, ...rest) {
        this.log.push(`send ${text(data.toArray())} ${destination}`);
        return super.vfunc_send_to(data, destination, ...rest);
    }

    vfunc_receive_from(size, ...rest) {
        const [data, sender, flags, fullLength] = super.vfunc_receive_from(size, ...rest);
        this.log.push(`receive ${text(data.toArray())} ${sender}`);
        return [data, sender, flags, fullLength];
    }
});

const Shouting = GObject.registerClass(class Shouting extends Counting {
    vfunc_send_to(data, ...rest) {
        return super.vfunc_send_to(new GLib.Bytes(text(data.toArray()).toUpperCase()), ...rest);
    }
});

// Made with a constructor, as newer programs do.
const Modern = GObject.registerClass(class Modern extends GSock.DatagramSocket {
    constructor(keywords) {
        super({localHost, ...keywords});
        this.made = true;
    }
});

test('direct construction and make_instance', () => {
    for (const made of [new Counting({localHost}), GSock.make_instance(Counting, {localHost}),
        GSock.make_instance(Counting.$gtype, {localHost})]) {
        ok(made instanceof Counting);
        ok(made.bound);
        equal(made.log, []);
        made.close();
    }
});

test('a constructor of its own', () => {
    for (const made of [new Modern(), new Modern({timeout: 1}), GSock.make_instance(Modern)]) {
        ok(made.made);
        ok(made.bound);
        made.close();
    }
});

test('own properties are keywords', () => {
    const made = new Counting({localHost, limit: 3, label: 'mine'});
    equal([made.limit, made.label], [3, 'mine']);
    made.close();
});

test('own properties are checked', () => {
    throws(GSock.Error.OUT_OF_RANGE, () => new Counting({limit: 11}));
    throws(GSock.Error.INVALID_KEYWORD, () => new Counting({limit: 'many'}));
    throws(GSock.Error.UNKNOWN_KEYWORD, () => new Counting({limits: 1}));
});

test('a constructor that throws', () => {
    const Broken = GObject.registerClass(class Broken extends GSock.DatagramSocket {
        _init(keywords) {
            super._init(keywords);
            throw new RangeError('mine');
        }
    });
    throws(RangeError, () => new Broken({localHost}));
    throws(RangeError, () => GSock.make_instance(Broken, {localHost}));
});

test('both operators, and a class of a class', () => {
    for (const [type, wire] of [[Counting, 'hi'], [Shouting, 'HI']]) {
        const made = new type({localHost});
        const here = made.get_local_address();
        equal(made.send_to('hi', {remoteAddress: here}), 2);
        const [data, host, port] = made.receive_from(10, {timeout: 5});
        equal([text(data), host, port], [wire, localHost, made.localPort]);
        equal(made.log, [`send ${wire} ${here}`, `receive ${wire} ${here}`]);
        made.close();
    }
});

test('what the call says arrives', () => {
    const calls = [];
    const Asked = GObject.registerClass(class Asked extends GSock.DatagramSocket {
        vfunc_receive_from(...given) {
            calls.push(given);
            return [new GLib.Bytes([]), null, 0, 0];
        }
    });
    const made = new Asked({localHost});
    made.receive_from(7, {peek: true, wait: false, timeout: 0.5});
    equal(calls[0], [7, GSock.MessageFlags.PEEK, false, 0.5, null]);
    made.close();
});

test('all operators', () => {
    const calls = [];
    const logged = (type, parent, names) => {
        const made = class extends parent {};
        for (const name of names) {
            made.prototype[name] = function (...given) {
                calls.push(name.slice(6));
                return parent.prototype[name].call(this, ...given);
            };
        }
        return GObject.registerClass({GTypeName: type}, made);
    };
    const Passive = logged('LoggedPassive', GSock.PassiveSocket,
        ['vfunc_bind_address', 'vfunc_listen_on', 'vfunc_accept_connection', 'vfunc_close']);
    const Active = logged('LoggedActive', GSock.ActiveSocket, ['vfunc_connect_to', 'vfunc_shutdown', 'vfunc_close']);
    const Datagram = logged('LoggedDatagram', GSock.DatagramSocket, ['vfunc_connect_to', 'vfunc_disconnect_peer']);

    const server = new Passive({localHost});
    const client = new Active({remoteAddress: server.get_local_address()});
    server.accept_connection({timeout: 5}).close();
    client.shutdown({write: true});
    const datagram = new Datagram();
    datagram.connect_to(server.get_local_address());
    datagram.disconnect_peer();
    datagram.close();
    client.close();
    server.close();
    equal(calls, ['bind_address', 'listen_on', 'connect_to', 'accept_connection', 'shutdown', 'connect_to',
        'disconnect_peer', 'close', 'close']);
});

const Peer = GObject.registerClass(class Peer extends GSock.ActiveSocket {
    _init(keywords) {
        super._init(keywords);
        this.greeting = 'hello';
    }

    vfunc_send_to(data, ...rest) {
        return super.vfunc_send_to(new GLib.Bytes(this.greeting + text(data.toArray())), ...rest);
    }
});

test('accepting into a class of JavaScript', () => {
    for (const activeType of [Peer, Peer.$gtype]) {
        const server = GSock.make_socket({connect: 'passive', localHost, activeType});
        const client = GSock.make_socket({remoteAddress: server.get_local_address()});
        const peer = server.accept_connection({timeout: 5});
        ok(peer instanceof Peer);
        ok(peer.connected);
        peer.send_to(' you');
        equal(text(client.receive_from({timeout: 5}).data), 'hello you');
        for (const made of [server, client, peer])
            made.close();
    }
});

test('an active type that is set later', () => {
    const server = new GSock.PassiveSocket({localHost});
    server.set_active_type(Peer.$gtype);
    const client = GSock.make_socket({remoteAddress: server.get_local_address()});
    const peer = server.accept_connection({timeout: 5});
    ok(peer instanceof Peer);
    for (const made of [server, client, peer])
        made.close();
});

test('other types are refused', () => {
    for (const activeType of [GSock.Socket, GSock.DatagramSocket, GObject.Object])
        throws(GSock.Error.INVALID_KEYWORD, () => new GSock.PassiveSocket({activeType}));
    for (const activeType of [Array, class {}, () => 1])
        throws(TypeError, () => new GSock.PassiveSocket({activeType}));
});

test('what a method throws arrives', () => {
    let thrown;
    const fail = () => {
        throw thrown;
    };
    const Raising = GObject.registerClass(class Raising extends GSock.DatagramSocket {
        vfunc_send_to() {
            fail();
        }

        vfunc_receive_from() {
            fail();
        }

        vfunc_connect_to() {
            fail();
        }
    });
    const RaisingPassive = GObject.registerClass(class RaisingPassive extends GSock.PassiveSocket {
        vfunc_accept_connection() {
            fail();
        }
    });
    const made = new Raising({localHost});
    const server = new RaisingPassive({localHost});
    for (const [error, expected] of [
        [new RangeError('mine'), RangeError],
        [new GSock.Error({code: GSock.Error.TIMED_OUT, message: 'mine'}), GSock.Error.TIMED_OUT],
    ]) {
        thrown = error;
        for (const call of [() => made.send_to('x', {remoteHost: localHost, remotePort: 9}), () => made.receive_from(),
            () => made.connect_to(localHost, {port: 9}), () => server.accept_connection()])
            equal(throws(expected, call).message, 'mine');
    }
    made.close();
    server.close();
});

test('wrong answers of a method', () => {
    let answer;
    const Answering = GObject.registerClass(class Answering extends GSock.DatagramSocket {
        vfunc_send_to() {
            return answer;
        }

        vfunc_receive_from() {
            return answer;
        }
    });
    const AnsweringPassive = GObject.registerClass(class AnsweringPassive extends GSock.PassiveSocket {
        vfunc_accept_connection() {
            return answer;
        }
    });
    const made = new Answering({localHost});
    const server = new AnsweringPassive({localHost});
    for (answer of [undefined, null, 'x', -1, 0, {}, []])
        throws(undefined, () => made.send_to('x', {remoteHost: localHost, remotePort: 9}));
    for (answer of [undefined, null, 5, 'x', [], [new GLib.Bytes([1])], [new GLib.Bytes([1]), 5, 0, 1], [null, null, 0, 0]])
        throws(undefined, () => made.receive_from());
    for (answer of [undefined, null, 5, made, server, {}])
        throws(undefined, () => server.accept_connection());
    made.close();
    server.close();
});

run();
