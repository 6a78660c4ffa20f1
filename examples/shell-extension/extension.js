// SPDX-License-Identifier: LGPL-2.1-or-later
// An extension of GNOME Shell that answers programs of this user on a local socket, line by line, and whoever
// asks on the network who is there (examples/discovery.js does). All that enable opens is in one object, and
// closed with it. To try it:
//
//   nc -U $XDG_RUNTIME_DIR/gsock-greeter

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import {Service} from './service.js';

export default class GreeterExtension {
    #service = null;

    enable() {
        const begin = GLib.get_monotonic_time();

        this.#service = new Service({
            hello: () => `hello from process ${new Gio.Credentials().get_unix_pid()}`,
            seconds: () => String(Math.floor((GLib.get_monotonic_time() - begin) / 1e6)),
        });
        this.#service.listen(GLib.build_filenamev([GLib.get_user_runtime_dir(), 'gsock-greeter']));
        try {
            this.#service.beFound(GLib.get_host_name());
        } catch (error) {
            console.warn(`nobody will find it: ${error.message}`); // there is no network
        }
    }

    disable() {
        this.#service?.close();
        this.#service = null;
    }
}
