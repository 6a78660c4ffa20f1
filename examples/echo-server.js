#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// Sends back what it gets, to many at a time: echo-server.js [PORT]. It prints the port, and serves until
// it is interrupted.

import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';

async function echo(connection) {
    try {
        for (;;) {
            const {data} = await connection.receive_from_async({size: 65536});
            if (data.length === 0)
                break;
            await connection.send_to_async(data);
        }
    } catch (error) {
        printerr(`${connection}: ${error.message}`);
    } finally {
        connection.close();
    }
}

const localPort = Number(ARGV[0] ?? 0);
const listener = GSock.make_socket({connect: 'passive', localHost: '127.0.0.1', localPort, nodelay: true});
const server = GSock.Server.new(listener);
const loop = new GLib.MainLoop(null, false);

server.connect('connection', (_, connection) => {
    echo(connection);
});
server.start();
for (const number of [2, 15])
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, () => loop.quit());
print(`127.0.0.1:${listener.localPort}`);
loop.run();
listener.close();
