// SPDX-License-Identifier: LGPL-2.1-or-later
// What the compiler has to find; it complains of a line that has no mistake. This is never run.

import GSock from 'gi://GSock?version=1';

export function mistakes(udp: GSock.DatagramSocket, stream: GSock.ActiveSocket, server: GSock.PassiveSocket): void {
    // @ts-expect-error: a keyword that there is not
    GSock.make_socket({lokalHost: '127.0.0.1'});
    // @ts-expect-error: a nick that there is not
    GSock.make_socket({type: 'datagramm'});
    // @ts-expect-error: a port is a number
    udp.send_to('x', {remoteHost: '127.0.0.1', remotePort: '53'});
    // @ts-expect-error: a size is a number
    udp.receive_from('many');
    // @ts-expect-error: the arguments of C
    udp.receive_from(100, ['timeout'], [5], null);
    // @ts-expect-error: the data are no text
    const text: string = udp.receive_from().data;
    // @ts-expect-error: there may be no host
    const host: string = udp.receive_from().host;
    // @ts-expect-error: a promise is no result
    const sent: number = stream.send_to_async('x');
    // @ts-expect-error: an object is no bytes
    stream.send_to({text: 'x'});
    // @ts-expect-error: a listener makes connections, it has no lines
    server.read_line();
    // @ts-expect-error: linger is a pair
    stream.set_option('linger', 'long');
    // @ts-expect-error: the option is a boolean
    const on: string = stream.get_option('keep-alive');
    // @ts-expect-error: a code that there is not
    print(GSock.Error.TIMED_OUTT);
    // @ts-expect-error: a listener is no connection
    const connection: GSock.ActiveSocket = GSock.make_socket({connect: 'passive'});
    print(text, host, sent, on, connection);
}
