// SPDX-License-Identifier: LGPL-2.1-or-later
// Bytes both ways, in every form that JavaScript has.

import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';
import {bytes, equal, ok, run, test, text, throws} from './tap.js';

const everyByte = Uint8Array.from({length: 256}, (_, i) => i);

function carry(data, keywords = {}) {
    const [left, right] = GSock.make_socket_pair({type: 'seqpacket'});
    const sent = left.send_to(data, keywords);
    const received = right.receive_from({timeout: 5});
    left.close();
    right.close();
    ok(received.data instanceof Uint8Array);
    equal(received.data.length, sent);
    return received.data;
}

test('every byte in every form', () => {
    for (const data of [everyByte, everyByte.buffer, Array.from(everyByte), new GLib.Bytes(everyByte),
        new DataView(everyByte.buffer), new Uint8ClampedArray(everyByte)])
        equal(carry(data), everyByte);
});

test('views', () => {
    equal([...carry(everyByte.subarray(2, 5))], [2, 3, 4]);
    equal([...carry(new Uint16Array([1, 2]))], [...new Uint8Array(new Uint16Array([1, 2]).buffer)]);
});

test('text is UTF-8', () => {
    equal([...carry('hé€😀')], [...bytes('hé€😀')]);
    equal(text(carry('a\0b')), 'a\0b');
});

test('64 KiB', () => {
    const data = new Uint8Array(65536).map((_, i) => i);
    equal(carry(data), data);
});

test('an empty datagram', () => GSock.with_open_socket({type: 'datagram', localHost: '127.0.0.1'}, udp => {
    for (const data of ['', new Uint8Array(0), [], new ArrayBuffer(0)]) {
        equal(udp.send_to(data, {remoteHost: '127.0.0.1', remotePort: udp.localPort}), 0);
        const [received, host, port] = udp.receive_from({timeout: 5});
        equal([received.length, host, port], [0, '127.0.0.1', udp.localPort]);
    }
}));

test('the largest datagram, and one byte more', () =>
    GSock.with_open_socket({type: 'datagram', localHost: '127.0.0.1'}, udp => {
        const keywords = {remoteHost: '127.0.0.1', remotePort: udp.localPort};
        const data = new Uint8Array(65507).map((_, i) => i * 7);
        equal(udp.send_to(data, keywords), 65507);
        equal(udp.receive_from({timeout: 5}).data, data);
        throws(GSock.Error.MESSAGE_TOO_LONG, () => udp.send_to(new Uint8Array(65508), keywords));
    }));

test('no room', () => GSock.with_open_socket({type: 'datagram', localHost: '127.0.0.1'}, udp => {
    udp.send_to('abc', {remoteHost: '127.0.0.1', remotePort: udp.localPort});
    const received = udp.receive_from(0, {timeout: 5});
    equal([received.data.length, received.fullLength, received.truncated], [0, 3, true]);
}));

test('bytes of GLib', () => {
    const [left, right] = GSock.make_socket_pair();
    left.send_bytes(new GLib.Bytes([1, 2, 3]), null, GSock.MessageFlags.NONE, true, GSock.TIMEOUT_DEFAULT, null);
    const [data, sender] = right.receive_bytes(10, GSock.MessageFlags.NONE, true, 5, null);
    equal([...data.toArray()], [1, 2, 3]);
    equal(sender, null);
    left.close();
    right.close();
});

test('what is neither text nor bytes is refused', () => GSock.with_open_socket({type: 'datagram'}, udp => {
    for (const data of [null, undefined, 5, true, Symbol('x'), () => 1, new Map()])
        throws(TypeError, () => udp.send_to(data, {remoteHost: '127.0.0.1', remotePort: 9}));
}));

run();
