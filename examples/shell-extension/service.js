// SPDX-License-Identifier: LGPL-2.1-or-later
// What the extension has open. Nothing in here blocks: it runs in the main loop that draws the desktop. There
// is no cancellable and no source to be remembered: what is under way on a socket ends when that is closed.

import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';

const MOST_VISITORS = 16;
const LONGEST_LINE = 200; // bytes
const PATIENCE = 30; // seconds
const GROUP = '239.255.42.99', PORT = 42424;
const QUESTION = 'who is there?';

export class Service {
    #commands;
    #sockets = new Set();
    #server = null;

    // Functions by the lines that call them.
    constructor(commands) {
        this.#commands = new Map(Object.entries(commands));
    }

    // Only this user may open the file, which goes with the socket.
    listen(localFilename) {
        const listener = GSock.make_socket({connect: 'passive', localFilename, fileMode: 0o600, replaceStale: true});
        this.#sockets.add(listener);
        this.#server = GSock.Server.new(listener);
        this.#server.max_connections = MOST_VISITORS;
        this.#server.connect('connection', (_, connection) => {
            this.#serve(connection).catch(logError);
        });
        this.#server.start();
    }

    // Whoever asks the group who is there is answered.
    beFound(name, {port = PORT, networkInterface = null} = {}) {
        const member = GSock.make_socket({type: 'datagram', localHost: '0.0.0.0', localPort: port, reuseAddress: true});
        this.#sockets.add(member);
        member.join_group(GROUP, networkInterface);
        member.watch('in', () => this.#answer(member, name));
        return member.localPort;
    }

    // Everything at once, and without waiting for anybody.
    close() {
        this.#server?.stop();
        this.#server = null;
        for (const socket of this.#sockets)
            socket.close(true);
        this.#sockets.clear();
    }

    async #serve(connection) {
        this.#sockets.add(connection);
        try {
            for (;;) {
                const line = await connection.read_line_async({maximumLength: LONGEST_LINE, timeout: PATIENCE});
                if (line === null)
                    break;
                const command = this.#commands.get(line.trim());
                connection.write_line(command?.() ?? `I know ${[...this.#commands.keys()].join(', ')}`, {wait: false});
                await connection.finish_output_async({timeout: PATIENCE});
            }
        } catch (error) {
            // The visitor has gone, takes too long, or writes no lines; or all is closed.
            if (!(error instanceof GLib.Error))
                throw error;
        } finally {
            this.#sockets.delete(connection);
            connection.close(true);
        }
    }

    // Once more when it is closed, which ends the watch.
    #answer(member, name) {
        try {
            const [question, host, port] = member.receive_from({size: 512, wait: false});
            if (new TextDecoder().decode(question) === QUESTION)
                member.send_to(name, {remoteHost: host, remotePort: port, wait: false});
        } catch (error) {
            if (!(error instanceof GLib.Error))
                throw error;
        }
        return member.is_open();
    }
}
