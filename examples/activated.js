#!/usr/bin/env -S gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// Socket activation: a service that its first visitor starts, that greets whoever comes to one of the
// sockets it was given, and that ends when nobody has come for a while. The sockets stay with the
// service manager, who starts it again.
//
//   systemd-socket-activate -l 127.0.0.1:7777 -l /tmp/greeting --fdname=tcp:local gjs -m activated.js [SECONDS]

import GSock from 'gi://GSock?version=1';
import System from 'system';

function greet(socket, name) {
    const text = `hello from ${name}\n`;
    if (socket instanceof GSock.DatagramSocket) {
        const {address} = socket.receive_from({size: 1, wait: false});
        socket.send_to(text, {remoteAddress: address});
        return;
    }
    const visitor = socket.accept_connection({wait: false});
    visitor.send_to(text);
    visitor.close();
}

// Until nobody has come for so long.
function serve(sockets, names, seconds) {
    for (;;) {
        let ready;
        try {
            ready = GSock.wait_for_any(sockets, 'in', seconds);
        } catch (e) {
            if (e.matches(GSock.Error, GSock.Error.TIMED_OUT))
                return;
            throw e;
        }
        for (const socket of ready) {
            const name = names[sockets.indexOf(socket)];
            try {
                greet(socket, name);
            } catch (e) {
                printerr(`${name}: ${e.message}`);
            }
        }
    }
}

const passed = GSock.make_sockets_from_activation();
if (passed.length === 0) {
    printerr('start this by systemd-socket-activate -l ADDRESS gjs -m activated.js');
    System.exit(1);
}
try {
    GSock.notify_service_manager('READY=1', {timeout: 5});
} catch (e) {
    if (!e.matches(GSock.Error, GSock.Error.NOT_FOUND))
        throw e;
    // nobody wants to know
}
const [seconds = '10'] = ARGV;
serve(passed.map(([, socket]) => socket), passed.map(([name]) => name), Number(seconds));
