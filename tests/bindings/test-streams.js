// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams of text and bytes in JavaScript, blocking and awaited.

import Gio from 'gi://Gio';
import GSock from 'gi://GSock?version=1';
import {equal, ok, run, test, text, throws} from './tap.js';

const localHost = '127.0.0.1';

function withStream(body) {
    const server = GSock.make_socket({connect: 'passive', localHost});
    const client = GSock.make_socket({remoteHost: localHost, remotePort: server.localPort});
    const peer = server.accept_connection();
    server.close();
    return GSock.with_open_socket({type: 'datagram', localHost}, async () => {
        await body(client, peer);
        client.close();
        peer.close();
    });
}

test('text and bytes', () => withStream((client, peer) => {
    ok(client.write_line('grün'));
    client.write_text('ab\ncd');
    client.write_bytes(new Uint8Array([0, 255]));
    client.finish_output({timeout: 5});
    equal(peer.read_line({timeout: 5}), 'grün');
    equal(peer.read_char(), 'a');
    equal(peer.read_text(4), 'b\ncd');
    equal([...peer.read_bytes(2)], [0, 255]);
    throws(GSock.Error.WOULD_BLOCK, () => peer.read_line({wait: false}));
    client.close();
    equal(peer.read_bytes(-1).length, 0);
    equal(peer.read_line(), null);
    equal(peer.read_char(), null);
}));

test('awaited', () => withStream(async (client, peer) => {
    const reading = peer.read_line_async({timeout: 5});
    await client.write_text_async('half');
    await client.finish_output_async();
    await client.write_line_async(' a line');
    await client.write_bytes_async(new Uint8Array([0, 255]));
    await client.write_text_async('über');
    await client.finish_output_async();
    equal(await reading, 'half a line');
    equal([...await peer.read_bytes_async(2)], [0, 255]);
    equal(await peer.read_char_async(), 'ü');
    equal(await peer.read_text_async(3), 'ber');
    client.close();
    equal(await peer.read_line_async(), null);
    equal(await peer.read_char_async(), null);
    equal((await peer.read_bytes_async(-1)).length, 0);
}));

function withPair(body, keywords = {}) {
    const [near, far] = GSock.make_socket_pair(keywords);
    const finish = () => {
        near.close(true);
        far.close(true);
    };
    let result;
    try {
        result = body(near, far);
    } finally {
        if (!(result instanceof Promise))
            finish();
    }
    return result instanceof Promise ? result.finally(finish) : result;
}

function say(socket, what) {
    socket.write_text(what);
    socket.finish_output();
}

test('reading', () => withPair((near, far) => {
    say(far, 'héllo\n€xyz\nrest');
    equal(near.read_line(), 'héllo');
    equal(near.read_char(), '€');
    equal(near.read_text(2), 'xy');
    equal(text(near.read_bytes(2)), 'z\n');
    equal(near.read_text(100, {partial: true}), 'rest');
    far.write_bytes(new Uint8Array([0, 255]));
    far.close();
    equal(near.read_char(), '\0');
    equal([...near.read_bytes()], [255]);
    equal([near.read_char(), near.read_line(), near.read_text(), near.read_bytes().length], [null, null, '', 0]);
}));

test('writing', () => withPair((near, far) => {
    near.write_line('one');
    near.write_line();
    near.write_text('two\n');
    near.write_bytes(new Uint8Array([33]));
    near.finish_output({timeout: 1});
    equal(text(far.read_bytes(10)), 'one\n\ntwo\n!');
}));

test('lines', () => withPair((near, far) => {
    far.write_text('one\ntwo\n\nlast');
    far.close();
    equal([...near], ['one', 'two', '', 'last']);
}));

test('what is refused', () => withPair((near, far) => {
    const caught = body => {
        try {
            body();
        } catch (error) {
            return error;
        }
        throw new Error('it was not refused');
    };
    ok(caught(() => near.write_text('a\0b')) instanceof TypeError);
    ok(caught(() => near.write_line(5)) instanceof TypeError);
    throws(GSock.Error.TIMED_OUT, () => near.read_line({timeout: 0.01}));
    throws(GSock.Error.WOULD_BLOCK, () => near.read_text(1, {wait: false}));
    throws(GSock.Error.UNKNOWN_KEYWORD, () => near.read_line({maximum: 3}));
    far.write_bytes(new Uint8Array([255, 10]));
    far.finish_output();
    throws(GSock.Error.INVALID_TEXT, () => near.read_line());
    throws(GSock.Error.INVALID_STATE, () => near.receive_from());
    equal(near.clear_input(), 2);
    say(far, 'long line\n');
    throws(GSock.Error.MESSAGE_TOO_LONG, () => near.read_line({maximumLength: 4}));
}));

test('formats', () => withPair((near, far) => {
    far.write_line('é');
    far.finish_output();
    equal([...near.read_bytes(3)], [0xe9, 13, 10]);
}, {externalFormat: 'latin-1/crlf'}));

test('GIO on top', () => withPair((near, far) => {
    const stream = near.create_io_stream();
    stream.get_output_stream().write_all(new TextEncoder().encode('from GIO\n'), null);
    equal(far.read_line(), 'from GIO');
    say(far, 'line\n');
    const lines = Gio.DataInputStream.new(stream.get_input_stream());
    equal(lines.read_line_utf8(null)[0], 'line');
    stream.close(null);
    ok(!near.is_open());
}));

test('a conversation that is awaited', () => withPair(async (near, far) => {
    const serve = async () => {
        for await (const line of far) {
            await far.write_line_async([...line].reverse().join(''));
            await far.finish_output_async();
        }
        far.close();
    };
    const serving = serve();
    for (const [word, back] of [['drawer', 'reward'], ['stressed', 'desserts']]) {
        await near.write_text_async(`${word}\n`);
        await near.finish_output_async();
        equal(await near.read_line_async({timeout: 5}), back);
    }
    near.shutdown(false, true);
    equal(await near.read_char_async(), null);
    await serving;
}));

run();
