// SPDX-License-Identifier: LGPL-2.1-or-later
// The example of an extension of GNOME Shell: it is enabled, talked to and disabled, and nothing is left, not
// a descriptor (tap.js counts), nor a file, nor anything in the main loop.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';
import System from 'system';
import Extension from '../../examples/shell-extension/extension.js';
import {Service} from '../../examples/shell-extension/service.js';
import {equal, ok, run, skip, test, text} from './tap.js';

// Before anybody asks for it, and remembers.
const folder = GLib.dir_make_tmp('gsock-extension-XXXXXX');
GLib.setenv('XDG_RUNTIME_DIR', folder, true);

const path = GLib.build_filenamev([folder, 'gsock-greeter']);
const exists = () => GLib.file_test(path, GLib.FileTest.EXISTS);

// What comes in the main loop, until nothing does.
function settleDown() {
    while (GLib.MainContext.default().iteration(false))
        ;
}

async function ask(visitor, ...questions) {
    const answers = [];
    for (const question of questions) {
        visitor.write_line(question);
        await visitor.finish_output_async({timeout: 5});
        answers.push(await visitor.read_line_async({timeout: 5}));
    }
    return answers;
}

async function failure(promise) {
    try {
        await promise;
    } catch (error) {
        return error;
    }
    return null;
}

test('a visitor is answered', async () => {
    const extension = new Extension();
    extension.enable();
    await GSock.with_open_socket({remoteFilename: path}, async visitor => {
        const [hello, seconds, unknown, empty] = await ask(visitor, 'hello', ' seconds ', 'constructor', '');
        equal(hello, `hello from process ${new Gio.Credentials().get_unix_pid()}`);
        equal(seconds, '0');
        equal([unknown, empty], Array(2).fill('I know hello, seconds'));
    });
    extension.disable();
    ok(!exists());
});

test('nc is answered', async () => {
    if (GLib.find_program_in_path('nc') === null)
        skip('nc is not installed');
    const extension = new Extension();
    extension.enable();
    const nc = Gio.Subprocess.new(['nc', '-N', '-U', path], Gio.SubprocessFlags.STDIN_PIPE | Gio.SubprocessFlags.STDOUT_PIPE);
    const answer = await new Promise((resolve, reject) => {
        nc.communicate_utf8_async('hello\nwhat?\n', null, (_, result) => {
            try {
                resolve(nc.communicate_utf8_finish(result)[1]);
            } catch (error) {
                reject(error);
            }
        });
    });
    equal(answer.split('\n').slice(1), ['I know hello, seconds', '']);
    extension.disable();
});

test('enabled again and again', async () => {
    const extension = new Extension();
    for (let i = 0; i < 20; i++) {
        extension.enable();
        const visitor = GSock.make_socket({remoteFilename: path});
        equal((await ask(visitor, 'seconds'))[0], '0');
        extension.disable();
        extension.disable();
        ok(!exists());
        equal(await visitor.read_line_async({timeout: 5}), null);
        visitor.close();
    }
});

test('disabled in the midst of it', async () => {
    const extension = new Extension();
    extension.enable();
    const visitors = Array.from({length: 20}, () => GSock.make_socket({remoteFilename: path}));
    // One is served, one has said half a line, one does not read what it asked for, and some are in the queue.
    await ask(visitors[0], 'hello');
    visitors[1].send_to('hel');
    await failure(visitors[2].send_to_async('hello\n'.repeat(100000), {timeout: 0.2}));
    settleDown();
    extension.disable();
    settleDown();
    ok(!exists());
    for (const visitor of visitors) {
        const error = await failure(visitor.read_text_async({timeout: 5}));
        ok(!error?.matches(GSock.Error, GSock.Error.TIMED_OUT));
        visitor.close(true);
    }
    System.gc();
    settleDown();
    ok(!GLib.MainContext.default().pending());
});

test('those who take no care', async () => {
    const extension = new Extension();
    extension.enable();
    for (const nonsense of [new Uint8Array([255, 254, 10]), 'x'.repeat(300), 'x'.repeat(3000) + '\n']) {
        await GSock.with_open_socket({remoteFilename: path}, async visitor => {
            visitor.send_to(nonsense);
            const error = await failure(visitor.read_text_async({timeout: 5}));
            ok(error === null || error.matches(GSock.Error, GSock.Error.CONNECTION_RESET));
        });
    }
    await GSock.with_open_socket({remoteFilename: path}, async visitor => ok((await ask(visitor, 'hello'))[0]));
    extension.disable();
});

test('whoever asks finds it', async () => {
    const service = new Service({});
    const port = service.beFound('the desktop', {port: 0, networkInterface: 'lo'});
    await GSock.with_open_socket({type: 'datagram', localHost: '127.0.0.1'}, async asker => {
        asker.set_multicast_interface('lo');
        for (const question of ['what?', 'who is there?'])
            asker.send_to(question, {remoteHost: '239.255.42.99', remotePort: port});
        const [name, host, from] = await asker.receive_from_async({size: 100, timeout: 5});
        equal([text(name), host, from], ['the desktop', '127.0.0.1', port]);
        service.close();
        settleDown();
    });
});

test('one that cannot listen has nothing open', () => {
    const service = new Service({});
    let caught = null;
    try {
        service.listen(GLib.build_filenamev([folder, 'nowhere', 'greeter']));
    } catch (error) {
        caught = error;
    }
    ok(caught?.matches(GSock.Error, GSock.Error.NOT_FOUND));
    service.close();
});

run();
GLib.rmdir(folder);
