#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// Serves the files of a folder by HTTP/1.1: http-server.js FOLDER [PORT]. It prints the port, and serves
// until it is interrupted; then who is being served is served.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';

Gio._promisify(Gio.File.prototype, 'load_contents_async');

const REQUEST_MAX = 8192;
const IDLE_SECONDS = 30;
const [folder, port = 0] = ARGV;

// What is told as a status; there is no request after it.
class Refusal extends Error {}

// No path leads out of the folder.
function findFile(target) {
    const path = GLib.uri_unescape_string(target.split('?')[0], null);
    if (!path?.startsWith('/'))
        return null;
    const name = GLib.canonicalize_filename(path, '/');
    return Gio.File.new_for_path(GLib.build_filenamev([folder, name, path.endsWith('/') ? 'index.html' : '']));
}

async function load(target) {
    try {
        const file = findFile(target);
        const [body] = await file.load_contents_async(null);
        return [file.get_basename(), body];
    } catch {
        return [null, null];
    }
}

// The method, the target, and whether it is the last request.
function understand([first, ...fields]) {
    const [method, target, version, ...rest] = first.split(' ');
    const says = field => fields.some(line => line.toLowerCase() === `connection: ${field}`);
    if (!version?.startsWith('HTTP/1.') || rest.length > 0)
        throw new Refusal('400 Bad Request');
    if (!['GET', 'HEAD'].includes(method))
        throw new Refusal('405 Method Not Allowed');
    return [method, target, says('close') || (version === 'HTTP/1.0' && !says('keep-alive'))];
}

function headOf(status, type, length, last) {
    const closing = last ? 'Connection: close\r\n' : '';
    return `HTTP/1.1 ${status}\r\nServer: gsock\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n${closing}\r\n`;
}

async function answer(connection, [method, target, last]) {
    const [name, body] = await load(target);
    const timeout = IDLE_SECONDS;
    if (body === null) {
        await connection.send_to_async(headOf('404 Not Found', 'text/plain', 0, last), {timeout});
        return;
    }
    const type = Gio.content_type_get_mime_type(Gio.content_type_guess(name, null)[0]) ?? 'application/octet-stream';
    const more = method === 'GET' && body.length > 0;
    await connection.send_to_async(headOf('200 OK', type, body.length, last), {timeout, more});
    if (more)
        await connection.send_to_async(body, {timeout});
}

// Its lines up to the empty one; none when the peer has gone.
async function readRequest(connection) {
    const lines = [];
    for (let room = REQUEST_MAX; ;) {
        const line = await connection.read_line_async({maximumLength: room, timeout: IDLE_SECONDS});
        if (!line)
            return line === null ? [] : lines;
        lines.push(line);
        room = Math.max(room - line.length, 1);
    }
}

async function* requests(connection) {
    try {
        for (let lines; (lines = await readRequest(connection)).length > 0;)
            yield understand(lines);
    } catch (error) {
        if (error instanceof GSock.Error && error.code === GSock.Error.MESSAGE_TOO_LONG)
            throw new Refusal('431 Request Header Fields Too Large');
        throw error;
    }
}

async function serve(connection) {
    try {
        for await (const request of requests(connection)) {
            await answer(connection, request);
            if (request[2])
                break;
        }
    } catch (error) {
        // Who does not listen is not told anything else.
        if (error instanceof Refusal)
            await connection.send_to_async(headOf(error.message, 'text/plain', 0, true)).catch(() => {});
        else if (!(error instanceof GSock.Error))
            logError(error);
    } finally {
        connection.close();
    }
}

const listener = GSock.make_socket({
    connect: 'passive',
    localHost: '127.0.0.1',
    localPort: Number(port),
    nodelay: true,
    externalFormat: 'iso-8859-1/crlf',
});
const server = GSock.Server.new(listener);
const loop = new GLib.MainLoop(null, false);

server.connect('connection', (_, connection) => {
    serve(connection);
});
server.start();
for (const number of [2, 15]) {
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, () => {
        server.drain_async({timeout: 1}).catch(() => {}).then(() => loop.quit());
        return GLib.SOURCE_REMOVE;
    });
}
print(`http://127.0.0.1:${listener.localPort}/`);
loop.run();
listener.close();
