// SPDX-License-Identifier: LGPL-2.1-or-later
// The ten lines that a program with UDP has.

import GSock from 'gi://GSock?version=1';
import {equal, run, test, text} from './tap.js';

test('a program with UDP', () => {
    const alice = GSock.make_socket({type: 'datagram', localHost: '127.0.0.1'});
    const bob = GSock.make_socket({type: 'datagram', localHost: '127.0.0.1'});
    bob.send_to('hi alice', {remoteHost: '127.0.0.1', remotePort: alice.localPort});
    const [data, host, port] = alice.receive_from({size: 1500, timeout: 5});
    alice.send_to(`hi ${text(data)}`, {remoteHost: host, remotePort: port});
    const answer = bob.receive_from({size: 1500, timeout: 5});
    equal(text(answer.data), 'hi hi alice');
    equal(answer.port, alice.localPort);
    alice.close();
    bob.close();
});

run();
