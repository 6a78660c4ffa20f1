#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// UDP: two sockets, a datagram from one to the other, and the address that it came from.

import GSock from 'gi://GSock?version=1';

const alice = GSock.make_socket({type: 'datagram', localHost: '127.0.0.1'});
const bob = GSock.make_socket({type: 'datagram', localHost: '127.0.0.1'});

bob.send_to('hi alice', {remoteHost: '127.0.0.1', remotePort: alice.localPort});
const [data, host, port] = alice.receive_from({size: 1500, timeout: 5});
print(`"${new TextDecoder().decode(data)}" from ${host}:${port}`);
