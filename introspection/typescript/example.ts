// SPDX-License-Identifier: LGPL-2.1-or-later
// A program in TypeScript, strictly checked: what make_socket makes, what is received, promises, options.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import GSock from 'gi://GSock?version=1';

const localHost = '127.0.0.1';

function toText(data: Uint8Array): string {
    return new TextDecoder().decode(data);
}

function check(done: boolean, what: string): void {
    if (!done)
        throw new Error(`wrong: ${what}`);
}

function datagrams(): void {
    const udp: GSock.DatagramSocket = GSock.make_socket({type: 'datagram', localHost, ipReceiveTtl: true});
    const here = {remoteHost: localHost, remotePort: udp.localPort};

    check(udp.send_to('hello', {...here, timeout: 1}) === 5, 'send_to');
    const received: GSock.Received = udp.receive_from({size: 2, timeout: 5});
    const [data, host, port] = received;
    const both: [Uint8Array, string | null, number | null] = [data, host, port];
    check(toText(both[0]) === 'he' && both[1] === localHost && both[2] === udp.localPort, 'receive_from');
    check(received.truncated && received.fullLength === 5 && received.address?.get_host() === localHost, 'the rest');

    udp.send_message(['in two ', new Uint8Array([33])], {...here, ttl: 7});
    const message = udp.receive_message(100, {timeout: 5});
    const ttl: number | null = message.ttl;
    check(toText(message.data) === 'in two !' && ttl === 7, 'a message');

    check(udp.send_many(['one', 'two'], here) === 2, 'send_many');
    let arrived = 0;
    while (arrived < 2) {
        const many = udp.receive_many(64, {timeout: 5});
        arrived += many.length;
        for (const [bytes, sender] of many)
            check(bytes.length === 3 && sender === localHost, 'receive_many');
    }
    udp.close();
}

function options(): void {
    GSock.with_open_socket({addressFamily: 'ipv4', tcpNodelay: true, linger: [true, 5]}, socket => {
        const [on, seconds]: [boolean, number] = socket.get_option('linger');
        check(on && seconds === 5 && socket.get_option('tcp-nodelay'), 'options');
        socket.set_option('keep-alive', true);
        socket.set_option('tcp-user-timeout', 2.5);
        const number: number = socket.get_option_int(1, 9);
        check(number === 1, 'an option by its number');
    });
}

function errors(cancellable: Gio.Cancellable): void {
    const [left, right] = GSock.make_socket_pair();
    try {
        left.receive_from({timeout: 0.01, cancellable});
        check(false, 'nothing came');
    } catch (error) {
        if (!(error instanceof GSock.Error))
            throw error;
        const code: number = error.code;
        check(error.matches(GSock.Error, GSock.Error.TIMED_OUT) && code === GSock.Error.TIMED_OUT, error.message);
    }
    const fds = (left.send_file_descriptors([0, 1], 'two'), right.receive_file_descriptors(16, {size: 3, timeout: 5}));
    check(fds.length === 2 && toText(fds.payload) === 'two', 'descriptors');
    fds.forEach(fd => GLib.close(fd));
    left.close();
    right.close({abort: true});
}

async function serve(listener: GSock.PassiveSocket): Promise<void> {
    for await (const connection of listener) {
        for await (const line of connection) {
            await connection.write_line_async(line.toUpperCase());
            await connection.finish_output_async();
        }
        connection.close();
    }
}

async function streams(): Promise<void> {
    const server: GSock.PassiveSocket = GSock.make_socket({connect: 'passive', localHost});
    const serving = serve(server);
    const client: GSock.ActiveSocket = await GSock.make_socket_async({remoteHost: localHost, remotePort: server.localPort, timeout: 5});

    await client.write_line_async('loud');
    await client.finish_output_async();
    const line: string | null = await client.read_line_async({timeout: 5});
    check(line === 'LOUD', 'lines');
    client.close();
    server.close();
    await serving;

    const answer: number = await GSock.with_open_socket({type: 'datagram', localHost}, async udp => {
        udp.send_to('x', {remoteAddress: udp.get_local_address()});
        const {data} = await udp.receive_from_async({size: 10, timeout: 5});
        return data.length;
    });
    check(answer === 1, 'with_open_socket');
}

const Counting = GObject.registerClass(class Counting extends GSock.DatagramSocket {
    sent = 0;

    vfunc_send_to(data: GLib.Bytes, to: GSock.Address | null, flags: GSock.MessageFlags, wait: boolean, timeout: number,
        cancellable: Gio.Cancellable | null): number {
        this.sent += data.get_size();
        return super.vfunc_send_to(data, to, flags, wait, timeout, cancellable);
    }
});

function classes(): void {
    const counting = GSock.make_instance(Counting, {localHost});
    counting.send_to('hello', {remoteAddress: counting.get_local_address()});
    check(counting.sent === 5, 'a class');
    counting.close();
}

datagrams();
options();
errors(new Gio.Cancellable());
classes();
await streams();
print('the example in TypeScript is right');
