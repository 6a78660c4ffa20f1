#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// A tour of gsock: five small conversations, each told as it happens.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';
import System from 'system';

function hear(name, socket) {
    print(`  ${name} hears: ${new TextDecoder().decode(socket.receive_from({size: 100, timeout: 5}).data)}`);
}

function tcpEcho() {
    GSock.with_open_socket({connect: 'passive', localHost: '127.0.0.1'}, server =>
        GSock.with_open_socket({remoteHost: '127.0.0.1', remotePort: server.localPort}, client => {
            const peer = server.accept_connection({timeout: 5});
            print(`  server: ${server}`);
            print(`  client: ${client}`);
            print(`  accepted: ${peer}`);
            client.send_to('hello, TCP');
            peer.send_to(peer.receive_from({size: 100, timeout: 5}).data);
            hear('client', client);
            peer.close();
        }));
}

function udpWithSender() {
    GSock.with_open_socket({type: 'datagram', localHost: '127.0.0.1'}, alice =>
        GSock.with_open_socket({type: 'datagram', localHost: '127.0.0.1'}, bob => {
            print(`  alice: ${alice}`);
            print(`  bob: ${bob}`);
            bob.send_to('hello, UDP', {remoteHost: '127.0.0.1', remotePort: alice.localPort});
            const [data, host, port] = alice.receive_from({size: 1500, timeout: 5});
            print(`  alice hears: ${new TextDecoder().decode(data)}, from ${host} port ${port}`);
        }));
}

function localStream() {
    const folder = GLib.dir_make_tmp('gsock-tour-XXXXXX');
    const file = GLib.build_filenamev([folder, 'socket']);
    GSock.with_open_socket({connect: 'passive', localFilename: file, fileMode: 0o600}, server =>
        GSock.with_open_socket({remoteFilename: file}, client => {
            const peer = server.accept_connection({timeout: 5});
            print(`  server: ${server}`);
            client.send_to('hello, local stream');
            hear('server', peer);
            peer.close();
        }));
    print(`  after the block the file is ${GLib.file_test(file, GLib.FileTest.EXISTS) ? 'still there' : 'gone'}`);
    GLib.rmdir(folder);
}

function socketPair() {
    const [left, right] = GSock.make_socket_pair();
    print(`  left: ${left}`);
    left.send_to('hello, other half');
    hear('right', right);
    left.close();
    right.close();
}

// Another process: all that it has of the conversation comes out of its inbox.
function worker(inboxName) {
    const inbox = GSock.make_socket({remoteFilename: inboxName});
    const [fd] = inbox.receive_file_descriptors(1);
    const client = GSock.make_socket_from_fd(fd, {dup: false});
    const name = `process ${new Gio.Credentials().get_unix_pid()}`;
    print(`  ${name}: ${client}`);
    hear(name, client);
    client.send_to('read by the worker');
}

// The server accepts and hands the open connection to the worker.
function handOver(outbox) {
    GSock.with_open_socket({connect: 'passive', localHost: '127.0.0.1'}, server =>
        GSock.with_open_socket({remoteHost: '127.0.0.1', remotePort: server.localPort}, client => {
            const peer = server.accept_connection({timeout: 5});
            outbox.send_file_descriptors([peer.fileDescriptor]);
            peer.close();
            client.send_to('hello, worker');
            hear('client', client);
        }));
}

function descriptorToAnotherProcess() {
    print(`  this is process ${new Gio.Credentials().get_unix_pid()}`);
    const inboxName = `@gsock-tour-${GLib.uuid_string_random()}`;
    GSock.with_open_socket({connect: 'passive', localFilename: inboxName}, post => {
        const child = Gio.Subprocess.new(['gjs', '-m', System.programPath, inboxName], Gio.SubprocessFlags.NONE);
        const outbox = post.accept_connection({timeout: 30});
        handOver(outbox);
        child.wait_check(null);
    });
}

if (System.programArgs.length > 0) {
    worker(System.programArgs[0]);
} else {
    for (const [title, run] of [
        ['A TCP echo', tcpEcho],
        ["UDP with the sender's address", udpWithSender],
        ['A local stream', localStream],
        ['A socket pair', socketPair],
        ['A descriptor passed to another process', descriptorToAnotherProcess],
    ]) {
        print(title);
        run();
    }
}
