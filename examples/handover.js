#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// A server that can be replaced while it runs, without a visitor noticing. It answers each visitor what he
// says. Started a second time with the same path, the new process takes the sockets of the one that runs,
// which ends once the new one serves. So do the others of this name: each can follow on each.
//
//   handover.js PATH [PORT]   serves until it is interrupted, or replaced
//   handover.js               starts itself twice, and visits

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';
import System from 'system';

const SECONDS = 30;

// Only this user may ask for them.
function makeSockets(path, port) {
    return {
        server: GSock.make_socket({connect: 'passive', localHost: '127.0.0.1', localPort: port}),
        control: GSock.make_socket({
            connect: 'passive', type: 'seqpacket', localFilename: path, fileMode: 0o600, replaceStale: true,
        }),
    };
}

function isNobodyThere(error) {
    return [GSock.Error.NOT_FOUND, GSock.Error.CONNECTION_REFUSED].some(code => error.matches?.(GSock.Error, code));
}

// Where nobody runs, or has died and left its file behind, this is the first.
function getSockets(path, port) {
    try {
        return GSock.with_open_socket({type: 'seqpacket', remoteFilename: path}, channel => {
            const sockets = Object.fromEntries(GSock.handover_take(channel, SECONDS));
            // Whatever a visitor may need is made ready before this.
            GSock.handover_complete(channel, Object.values(sockets), SECONDS);
            return sockets;
        });
    } catch (error) {
        if (!isNobodyThere(error))
            throw error;
        return makeSockets(path, port);
    }
}

async function answer(visitor) {
    try {
        const {data} = await visitor.receive_from_async({size: 1000, timeout: SECONDS});
        await visitor.send_to_async(data, {timeout: SECONDS});
    } catch (error) {
        // The visitor has gone.
    } finally {
        visitor.close();
    }
}

// Whatever goes wrong with one, this process goes on. Meanwhile it serves.
async function handOver(channel, sockets) {
    try {
        return await GSock.handover_give_async(channel, Object.values(sockets), Object.keys(sockets), SECONDS);
    } catch (error) {
        printerr(error.message);
        return false;
    } finally {
        channel.close();
    }
}

function startServer(listener, onConnection) {
    const server = GSock.Server.new(listener);
    server.connect('connection', (_, connection) => {
        onConnection(connection).catch(logError);
    });
    return server;
}

function serve(path, port = 0) {
    const sockets = getSockets(path, Number(port));
    const loop = new GLib.MainLoop(null, false);
    const visitors = startServer(sockets.server, answer);
    const successors = startServer(sockets.control, async channel => {
        if (!await handOver(channel, sockets))
            return;
        visitors.stop();
        successors.stop();
        await visitors.drain_async({timeout: SECONDS}).finally(() => loop.quit());
    });
    successors.max_connections = 1; // one at a time
    visitors.start();
    successors.start();
    for (const number of [2, 15])
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, () => loop.quit());
    print(`process ${new Gio.Credentials().get_unix_pid()} serves port ${sockets.server.localPort}`);
    loop.run();
    for (const socket of Object.values(sockets))
        socket.close();
}

// The show

function start(path) {
    const child = Gio.Subprocess.new(['gjs', '-m', System.programPath, path], Gio.SubprocessFlags.STDOUT_PIPE);
    const [line] = Gio.DataInputStream.new(child.get_stdout_pipe()).read_line_utf8(null);
    print(line);
    return [child, Number(line.split(' ').at(-1))];
}

function visit(remotePort) {
    GSock.with_open_socket({remoteHost: '127.0.0.1', remotePort, timeout: 5}, visitor => {
        visitor.send_to('hello');
        print(`  it answers: ${new TextDecoder().decode(visitor.receive_from({size: 1000}).data)}`);
    });
}

function show() {
    const folder = GLib.dir_make_tmp('gsock-handover-XXXXXX');
    const children = [];
    try {
        for (let i = 0; i < 2; i++) {
            const [child, port] = start(GLib.build_filenamev([folder, 'control']));
            children.push(child);
            visit(port);
        }
        children.shift().wait_check(null);
        print('the first has ended');
    } finally {
        for (const child of children) {
            child.send_signal(15);
            child.wait(null);
        }
        if (GLib.rmdir(folder) !== 0)
            throw new Error(`there is something in ${folder}`);
    }
}

try {
    if (ARGV.length > 0)
        serve(...ARGV);
    else
        show();
} catch (error) {
    printerr(`${System.programInvocationName}: ${error.message}`);
    System.exit(1);
}
