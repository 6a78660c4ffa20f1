// SPDX-License-Identifier: LGPL-2.1-or-later
// What a datagram of 64 bytes, sent and received, costs from JavaScript: one by one and in batches. Run by
// the benchmarks: ROUNDS SECONDS, or VARIANT OPERATIONS.

imports.gi.versions.GSock = '1';
const {GLib, GSock} = imports.gi;

const BATCH = 64, LENGTH = 64;
const datagrams = Array.from({length: BATCH}, (_, i) => new Uint8Array(LENGTH).fill(65 + i % 26));

const [sender, receiver] = [0, 1].map(() => GSock.make_socket({type: 'datagram', localHost: '127.0.0.1'}));
const remoteAddress = receiver.get_local_address();

function oneByOne() {
    for (const datagram of datagrams) {
        sender.send_to(datagram, {remoteAddress});
        const [, host, port] = receiver.receive_from({size: 2048});
        if (host === null || port === null)
            throw new Error('no sender');
    }
}

// From a list of arrays to a list of data, host and port.
function lists() {
    sender.send_many(datagrams, {remoteAddress});
    if ([...receiver.receive_many(BATCH)].length !== BATCH)
        throw new Error('another number of datagrams');
}

const packed = new Uint8Array(BATCH * LENGTH).fill(65);
const lengths = new Uint8Array(new Uint32Array(BATCH).fill(LENGTH).buffer);
const [out, batch] = [0, 1].map(() => GSock.Batch.new());

// Bytes that are packed already, and stay so.
function packedOnly() {
    out.clear();
    out.add_packed(packed, lengths, null);
    sender.send_many(out, {remoteAddress});
    receiver.receive_many(BATCH, {batch});
    if (batch.get_packed_data().length !== BATCH * LENGTH)
        throw new Error('another number of bytes');
}

const variants = {'gsock': oneByOne, 'gsock-lists': lists, 'gsock-packed': packedOnly};

// The clock, for no CPU time can be had here: what the kernel tells in /proc moves on in milliseconds. So
// a round takes longer than it was asked to.
function measure(way, batches) {
    const start = GLib.get_monotonic_time();

    for (let i = 0; i < batches; i++)
        way();
    return (GLib.get_monotonic_time() - start) * 1000 / batches / BATCH;
}

function shuffled(n) {
    return Array.from({length: n}, (_, row) => [Math.random(), row]).sort(([a], [b]) => a - b).map(([, row]) => row);
}

const [first, second] = ARGV;

if (first in variants) {
    for (let n = 0; n < second; n += BATCH)
        variants[first]();
} else {
    const ways = [...Object.values(variants), oneByOne];

    ways.forEach(way => measure(way, 200));
    const batches = Math.max(1, Math.round(second * 4e9 / BATCH / measure(oneByOne, 50)));

    print(batches * BATCH);
    for (let round = 0; round < first; round++)
        shuffled(ways.length).forEach(row => print(round, row, measure(ways[row], batches)));
}
