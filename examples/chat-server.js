#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// A chat for many, line by line, with nc and the like. Whoever comes gives a name; then each line goes to
// all the others. Who does not read, or writes more than the others could read, is put out.
//
//   chat-server.js PORT [HOST]   serves until it is interrupted
//   chat-server.js               two visitors meet, and what they hear is told

import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';
import System from 'system';

const MOST_LINES = 50; // of one member within a second
const LONGEST_LINE = 1000; // bytes
const TIME_FOR_A_NAME = 60; // seconds
const BACKLOG = 65536; // bytes that wait for a member who does not read, and as many in the kernel
const MOST_MEMBERS = 500;

// Why somebody has to go, by the errors of reading.
const REASONS = new Map([
    [GSock.Error.MESSAGE_TOO_LONG, 'put out: his line has no end'],
    [GSock.Error.INVALID_TEXT, 'put out: that is no text'],
]);

class Member {
    #second = 0;
    #lines = 0;
    #sending = false;
    #more = false;
    reason = 'gone';

    constructor(connection, name) {
        this.connection = connection;
        this.name = name;
    }

    // Nobody waits for a slow reader: the line is in his buffer, until that is full.
    tell(line) {
        try {
            this.connection.write_line(line, {wait: false});
            this.#send();
        } catch (error) {
            if (!error.matches(GSock.Error, GSock.Error.WOULD_BLOCK))
                return; // whoever reads from it meets that too
            this.reason = 'put out: he does not read';
            this.connection.close(true);
        }
    }

    // One sends for all lines; those that come while it ends are more.
    async #send() {
        this.#more = true;
        if (this.#sending)
            return;
        this.#sending = true;
        while (this.#more) {
            this.#more = false;
            await this.connection.finish_output_async().catch(() => {});
        }
        this.#sending = false;
    }

    writesTooMuch() {
        const second = Math.floor(GLib.get_monotonic_time() / 1e6);
        this.#lines = second === this.#second ? this.#lines + 1 : 1;
        this.#second = second;
        return this.#lines > MOST_LINES;
    }
}

class Chat {
    #members = new Map();

    #tellAll(line, speaker = null) {
        for (const member of this.#members.values()) {
            if (member !== speaker)
                member.tell(line);
        }
    }

    #announce(line) {
        print(line);
        this.#tellAll(line);
    }

    // One that nobody else has; null where the visitor leaves.
    async #askName(connection) {
        const timeout = TIME_FOR_A_NAME;
        let question = '* who are you?';
        for (;;) {
            connection.write_line(question, {wait: false});
            await connection.finish_output_async({timeout});
            const line = await connection.read_line_async({maximumLength: LONGEST_LINE, timeout});
            if (line === null)
                return null;
            const name = line.trim();
            if (/^\P{C}{1,20}$/u.test(name) && !this.#members.has(name))
                return name;
            question = '* that is no name, or somebody has it; who are you?';
        }
    }

    async #hear(member) {
        for (;;) {
            const line = await member.connection.read_line_async({maximumLength: LONGEST_LINE});
            if (line === null)
                return;
            if (member.writesTooMuch()) {
                member.reason = 'put out: he writes too much';
                return;
            }
            this.#tellAll(`${member.name}: ${line}`, member);
        }
    }

    async #stay(member) {
        this.#members.set(member.name, member);
        this.#announce(`* ${member.name} has come`);
        try {
            await this.#hear(member);
        } catch (error) {
            if (!error.matches(GSock.Error, GSock.Error.CLOSED)) // that was tell
                member.reason = REASONS.get(error.code) ?? 'lost';
        }
        this.#announce(`* ${member.name} is ${member.reason}`);
        this.#members.delete(member.name);
    }

    async serve(connection) {
        try {
            const name = await this.#askName(connection);
            if (name !== null)
                await this.#stay(new Member(connection, name));
            // Nobody waits for what does not go at once.
            connection.finish_output({wait: false});
            connection.close();
        } catch (error) {
            if (!(error instanceof GLib.Error))
                throw error;
        } finally {
            connection.close(true);
        }
    }
}

function open(localHost, localPort) {
    // What is set here holds for the connections too: with keepalive the kernel notices after a few minutes
    // that somebody who says nothing is not there any more.
    const listener = GSock.make_socket({
        connect: 'passive', localHost, localPort, reuseAddress: true, backlog: 512,
        keepalive: true, tcpKeepidle: 60, nodelay: true, sendBuffer: BACKLOG, outputBufferSize: BACKLOG,
    });
    const chat = new Chat();
    const server = GSock.Server.new(listener);
    server.max_connections = MOST_MEMBERS;
    server.connect('connection', (_, connection) => {
        chat.serve(connection).catch(logError);
    });
    server.start();
    return server;
}

const loop = new GLib.MainLoop(null, false);

function serve(port, host = '127.0.0.1') {
    const server = open(host, Number(port));
    for (const number of [2, 15])
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, () => loop.quit());
    print(server.listener);
    loop.run();
    server.stop();
    server.listener.close();
}

// Two visitors

async function say(visitor, line) {
    visitor.write_line(line);
    await visitor.finish_output_async({timeout: 5});
}

async function hear(name, visitor) {
    print(`  ${name} hears: ${await visitor.read_line_async({timeout: 5})}`);
}

async function come(remotePort, name) {
    const visitor = await GSock.make_socket_async({remoteHost: '127.0.0.1', remotePort});
    await hear(name, visitor);
    await say(visitor, name);
    await hear(name, visitor);
    return visitor;
}

async function meet() {
    const server = open('127.0.0.1', 0);
    const ann = await come(server.listener.localPort, 'Ann');
    const bob = await come(server.listener.localPort, 'Bob');
    await hear('Ann', ann);
    await say(ann, 'hello');
    await hear('Bob', bob);
    await say(bob, 'hi, Ann');
    await hear('Ann', ann);
    bob.close(true);
    await hear('Ann', ann);
    ann.close();
    await server.drain_async({timeout: 5});
    server.listener.close();
}

if (ARGV.length > 0) {
    serve(...ARGV);
} else {
    let failed = false;
    meet().catch(error => {
        logError(error);
        failed = true;
    }).finally(() => loop.quit());
    loop.run();
    System.exit(failed ? 1 : 0);
}
