// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams of text and bytes in JavaScript, blocking and awaited.

import GSock from 'gi://GSock?version=1';
import {equal, ok, run, test, throws} from './tap.js';

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

run();
