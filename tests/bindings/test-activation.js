// SPDX-License-Identifier: LGPL-2.1-or-later
// What the service manager passes, is told and keeps; the manager is a socket of the test's.

import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';
import {equal, ok, run, test, throws} from './tap.js';

const {INVALID_ADDRESS, INVALID_ARGUMENT, NOT_FOUND, OUT_OF_RANGE, TIMED_OUT, UNKNOWN_KEYWORD} = GSock.Error;

function withManager(body) {
    const name = `@gsock-js-${GLib.uuid_string_random()}`;
    const manager = GSock.make_socket({type: 'datagram', localFilename: name, timeout: 30});
    GLib.setenv('NOTIFY_SOCKET', name, true);
    try {
        body(() => {
            const message = manager.receive_message({size: 4096});
            const text = new TextDecoder().decode(message.get_bytes().toArray());
            return [text, message.get_n_file_descriptors()];
        });
    } finally {
        GLib.unsetenv('NOTIFY_SOCKET');
        manager.close();
    }
}

test('nothing is passed', () => {
    equal(GSock.make_sockets_from_activation(), []);
    equal(GSock.file_descriptors_from_activation(), []);
    equal(GSock.make_sockets_from_activation({unsetEnvironment: false, timeout: 2}), []);
    throws(UNKNOWN_KEYWORD, () => GSock.make_sockets_from_activation({unset: true}));
});

test('nonsense is refused and removed', () => {
    for (const call of [GSock.make_sockets_from_activation, GSock.file_descriptors_from_activation]) {
        GLib.setenv('LISTEN_FDS', '-1', true);
        GLib.setenv('LISTEN_PID', '1', true);
        throws(INVALID_ARGUMENT, () => call());
        equal(GLib.getenv('LISTEN_FDS'), null);
        equal(GLib.getenv('LISTEN_PID'), null);
    }
});

test('descriptors are stored and removed', () => withManager(receive => {
    ok(GSock.store_file_descriptors([0, 1], 'two'));
    equal(receive(), ['FDSTORE=1\nFDNAME=two', 2]);
    GSock.store_file_descriptors([0], {poll: false, timeout: 5});
    equal(receive(), ['FDSTORE=1\nFDPOLL=0', 1]);
    GSock.remove_stored_file_descriptors('two');
    equal(receive(), ['FDSTOREREMOVE=1\nFDNAME=two', 0]);
    throws(INVALID_ARGUMENT, () => GSock.store_file_descriptors([0], 'a:b'));
    throws(INVALID_ARGUMENT, () => GSock.store_file_descriptors([999]));
    throws(OUT_OF_RANGE, () => GSock.store_file_descriptors([]));
}));

test('the manager is told and waited for', () => withManager(receive => {
    GSock.notify_service_manager('READY=1');
    equal(receive(), ['READY=1', 0]);
    throws(INVALID_ARGUMENT, () => GSock.notify_service_manager('ready'));
    throws(TIMED_OUT, () => GSock.wait_for_service_manager(0.01));
    equal(receive(), ['BARRIER=1', 1]);
}));

test('no manager', () => {
    throws(NOT_FOUND, () => GSock.notify_service_manager('READY=1'));
    GLib.setenv('NOTIFY_SOCKET', 'nonsense', true);
    throws(INVALID_ADDRESS, () => GSock.notify_service_manager('READY=1'));
    equal(GLib.getenv('NOTIFY_SOCKET'), null);
});

run();
