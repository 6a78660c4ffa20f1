// SPDX-License-Identifier: LGPL-2.1-or-later
// A short way through send_to and receive_from for what they are mostly called with, by the functions
// that have the fewest arguments. Everything else goes by keywords.

/* exported install */

const {Received, isKeywords, toCount} = imports.overrides.GSock;

const GSock = imports.gi.GSock;

function isHost(host, port) {
    return typeof host === 'string' && !host.includes('\0') &&
        Number.isInteger(port) && port > 0 && port <= 65535;
}

function countNames(keywords) {
    let count = 0;
    for (const name in keywords) // eslint-disable-line no-unused-vars
        count++;
    return count;
}

function install() {
    const {prototype} = GSock.Socket;
    const {
        receive_data: receiveData, receive_from: receiveFrom, send_data: sendData,
        send_data_to_host: sendDataToHost, send_to: sendTo,
    } = prototype;

    // By itself too.
    prototype.receive_data = function (size) {
        return receiveData.call(this, toCount(size));
    };

    prototype.send_to = function (...given) {
        const [data, keywords] = given;
        if (!(data instanceof Uint8Array) || given.length > 2)
            return sendTo.apply(this, given);
        if (given.length === 1)
            return sendData.call(this, data, null);
        if (!isKeywords(keywords))
            return sendTo.apply(this, given);

        const {remoteAddress, remoteHost, remotePort} = keywords;
        const count = countNames(keywords);
        if (count === 1 && remoteAddress instanceof GSock.Address)
            return sendData.call(this, data, remoteAddress);
        if (count === 2 && isHost(remoteHost, remotePort))
            return sendDataToHost.call(this, data, remoteHost, remotePort);
        return sendTo.apply(this, given);
    };

    prototype.receive_from = function (...given) {
        let [size] = given;
        if (given.length === 1 && isKeywords(size) && countNames(size) === 1)
            ({size} = size);
        if (given.length !== 1 || typeof size !== 'number')
            return receiveFrom.apply(this, given);

        const [data, host, port, message] = receiveData.call(this, toCount(size));
        if (message !== null) {
            const sender = message.get_address()?.copy() ?? null;
            return new Received([data, sender, message.get_flags(), message.get_full_length()]);
        }
        return host === null ? new Received([data, null]) : new Received([data], host, port);
    };
}
