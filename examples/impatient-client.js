#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// A client that waits a quarter of a second for an answer, asks again, and can be interrupted meanwhile. What
// has come of an answer when the time is up, or when it is cancelled, is not lost.
//
//   impatient-client.js HOST PORT [SECONDS]   asks until there is an answer, or Ctrl-C
//   impatient-client.js                       asks a server that is in no hurry

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';
import System from 'system';

const SECONDS = 0.25;
const LONGEST_LINE = 1000;

const isCancelled = error => error.matches?.(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);

// The answer; null where there is none any more.
async function ask(connection, seconds, cancellable = null) {
    for (;;) {
        connection.write_line('are you there?');
        await connection.finish_output_async({timeout: SECONDS, cancellable});
        try {
            return await connection.read_line_async({timeout: seconds, maximumLength: LONGEST_LINE, cancellable});
        } catch (error) {
            if (!error.matches(GSock.Error, GSock.Error.TIMED_OUT))
                throw error;
            print(`nothing within ${seconds} seconds`);
        }
    }
}

async function visit(remoteHost, port, seconds = SECONDS) {
    const cancellable = new Gio.Cancellable();
    for (const number of [2, 15]) {
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, () => {
            cancellable.cancel();
            return GLib.SOURCE_CONTINUE;
        });
    }
    const connection = await GSock.make_socket_async({remoteHost, remotePort: Number(port), timeout: Number(seconds), cancellable});
    try {
        const answer = await ask(connection, Number(seconds), cancellable);
        if (answer === null)
            throw new Error('the server has hung up');
        print(`the answer: ${answer}`);
    } finally {
        connection.close();
    }
}

// The show: what the server says to each question, in pieces.
const ANSWERS = ['', 'here ', 'I am\n', '', 'sorry, I was busy\n'];

async function dawdle(listener) {
    const visitor = await listener.accept_connection_async({timeout: 5});
    for (const answer of ANSWERS) {
        await visitor.read_line_async({timeout: 5});
        await visitor.write_text_async(answer);
        await visitor.finish_output_async({timeout: 5});
    }
    visitor.close();
}

async function askThrice(connection) {
    print(`the answer: ${await ask(connection, SECONDS)}`);
    const cancellable = new Gio.Cancellable();
    GLib.timeout_add(GLib.PRIORITY_DEFAULT, 100, () => {
        cancellable.cancel();
        return GLib.SOURCE_REMOVE;
    });
    await ask(connection, -1, cancellable).catch(error => {
        if (!isCancelled(error))
            throw error;
        print('cancelled');
    });
    print(`the answer: ${await ask(connection, 5)}`);
}

function show() {
    return GSock.with_open_socket({connect: 'passive', localHost: '127.0.0.1'}, listener =>
        GSock.with_open_socket({remoteHost: '127.0.0.1', remotePort: listener.localPort}, connection =>
            Promise.all([dawdle(listener), askThrice(connection)])));
}

const loop = new GLib.MainLoop(null, false);
let status = 0;
(ARGV.length > 1 ? visit(...ARGV) : show()).catch(error => {
    printerr(isCancelled(error) ? 'interrupted' : `${System.programInvocationName}: ${error.message}`);
    status = 1;
}).finally(() => loop.quit());
loop.run();
System.exit(status);
