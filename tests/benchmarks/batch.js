// SPDX-License-Identifier: LGPL-2.1-or-later
// Scenario 19, batches: what a 64-byte datagram, sent and received, costs from JavaScript in batches of 64,
// against one by one. Wall time, medians, rounds in turn.
//
// Needs gjs, the typelib (GI_TYPELIB_PATH) and the library (LD_LIBRARY_PATH).

imports.gi.versions.GSock = '1';
const {GLib, GObject, GSock} = imports.gi;
const System = imports.system;

const BATCH = 64, LENGTH = 64, ROUNDS = 21, BAR = 10;
const datagrams = Array.from({length: BATCH}, (_, i) => new Uint8Array(LENGTH).fill(65 + i % 26));

function valueOf(type, content) {
    const value = new GObject.Value();

    value.init(type);
    if (type === GObject.TYPE_STRING)
        value.set_string(content);
    else
        value.set_int(content);
    return value;
}

function makeSocket() {
    return GSock.make_socket(['type', 'local-host'], [valueOf(GObject.TYPE_INT, GSock.SocketType.DATAGRAM), valueOf(GObject.TYPE_STRING, '127.0.0.1')], null);
}

const sender = makeSocket(), receiver = makeSocket();
const address = receiver.get_local_address();
const names = ['remote-host', 'remote-port'];
const values = [valueOf(GObject.TYPE_STRING, '127.0.0.1'), valueOf(GObject.TYPE_INT, address.get_port())];
const out = GSock.Batch.new(), into = GSock.Batch.new();

function oneByOne() {
    for (const data of datagrams) {
        sender.send_to_direct(data, address, 0, true, -1, null);
        const [, from] = receiver.receive_from(2048, null, null, null);

        from.get_host();
        from.get_port();
    }
    return BATCH;
}

function pack(list) {
    const lengths = Uint32Array.from(list, data => data.length);
    const data = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
    let at = 0;

    for (const one of list) {
        data.set(one, at);
        at += one.length;
    }
    return [data, new Uint8Array(lengths.buffer)];
}

function numbersIn(bytes) {
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

// Data, host and port of each; an address is decoded once for neighbours that have it.
function unpack(batch) {
    const data = batch.get_packed_data();
    const lengths = numbersIn(batch.get_packed_lengths()), numbers = numbersIn(batch.get_address_numbers());
    const senders = new Map();
    let at = 0;

    return Array.from(lengths, (length, i) => {
        if (!senders.has(numbers[i])) {
            const from = batch.get_numbered_address(numbers[i]);

            senders.set(numbers[i], from ? [from.get_host(), from.get_port()] : [null, null]);
        }
        at += length;
        return [data.subarray(at - length, at), ...senders.get(numbers[i])];
    });
}

function lists() {
    out.clear();
    out.add_packed(...pack(datagrams), null);
    sender.send_many(out, names, values, null);
    const n = receiver.receive_many(into, BATCH, null, null, null);

    if (unpack(into).length !== n)
        throw new Error('another number of datagrams');
    return n;
}

const packed = pack(datagrams);

function packedOnly() {
    out.clear();
    out.add_packed(...packed, null);
    sender.send_many(out, names, values, null);
    const n = receiver.receive_many(into, BATCH, null, null, null);

    if (into.get_packed_data().length !== n * LENGTH)
        throw new Error('another number of bytes');
    return n;
}

const ways = [oneByOne, packedOnly, lists];
const samples = ways.map(() => []);

for (let round = 0; round < ROUNDS; round++) {
    ways.forEach((way, i) => {
        const start = GLib.get_monotonic_time();
        let n = 0;

        while (n < 50 * BATCH)
            n += way();
        samples[i].push((GLib.get_monotonic_time() - start) * 1000 / n);
    });
}
const medians = samples.map(sample => sample.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]);
ways.forEach((way, i) => print(`${way.name.padEnd(12)}${medians[i].toFixed(1).padStart(10)} ns${(medians[0] / medians[i]).toFixed(1).padStart(8)} times as fast`));
if (ARGV.includes('--check') && medians.slice(1).some(median => medians[0] / median < BAR))
    System.exit(1);
