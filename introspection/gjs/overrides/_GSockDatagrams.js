// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages and batches as JavaScript has them: native values in, native values out.

/* exported install, toBatch, toMessage */

// Both are loaded by now, for GSock.js loads this one while it sets itself up.
const {GSock} = imports.gi;
const {Received, isKeywords, kebab, toBytes, toInteger, toText} = imports.overrides.GSock;

// Messages

// An address, or its text such as '127.0.0.1:53'.
function toDestination(value) {
    if (value === null || value === undefined || value instanceof GSock.Address)
        return value ?? null;
    if (typeof value !== 'string')
        throw new TypeError(`an address is a GSock.Address or text, not ${value}`);
    return GSock.Address.new_from_text(toText(value));
}

function takeApart(value, part, names) {
    if (!Array.isArray(value) || value.length !== names.length)
        throw new TypeError(`${part} is [${names.join(', ')}], not ${JSON.stringify(value)}`);
    return value;
}

function knownOrNull([known, ...values]) {
    return known ? values : null;
}

function nullBelowZero(value) {
    return value < 0 ? null : value;
}

function numberPart(name) {
    return {
        get() {
            return nullBelowZero(this[`get_${name}`]());
        },
        set(value) {
            this[`set_${name}`](value === null ? -1 : toInteger(value));
        },
    };
}

function nameSender(address) {
    const host = address?.get_host() ?? null;
    return host === null ? [address?.get_filename() ?? null, null] : [host, address.get_port()];
}

// The parts of a message as properties.
const PARTS = {
    address: {
        get() {
            return this.get_address();
        },
        set(value) {
            this.set_address(toDestination(value));
        },
    },
    controlTruncated: {get() {
        return this.is_control_truncated();
    }},
    controls: {get() {
        return Array.from({length: this.get_n_controls()}, (_, index) => {
            const [content, level, type] = this.get_control(index);
            return [level, type, content.toArray()];
        });
    }},
    credentials: {
        get() {
            return knownOrNull(this.get_credentials());
        },
        set(value) {
            const ids = takeApart(value, 'credentials', ['pid', 'uid', 'gid']);
            this.set_credentials(...ids.map(toInteger));
        },
    },
    data: {get() {
        return this.get_bytes().toArray();
    }},
    extendedError: {get() {
        const [known, errno, origin, type, code, info, offender] = this.get_extended_error();
        return known ? {errno, origin, type, code, info, offender: offender.get_host()} : null;
    }},
    filename: {get() {
        return this.address?.get_filename() ?? null;
    }},
    flags: {get() {
        return this.get_flags();
    }},
    fullLength: {get() {
        return this.get_full_length();
    }},
    host: {get() {
        return this.address?.get_host() ?? null;
    }},
    overflowCount: {get() {
        return nullBelowZero(this.get_overflow_count());
    }},
    packetInfo: {
        get() {
            const [known, address, index] = this.get_packet_info();
            return known ? [address.get_host(), index] : null;
        },
        set(value) {
            const [address, index] =
                takeApart(value ?? [null, 0], 'packetInfo', ['address', 'interface']);
            this.set_packet_info(toDestination(address), toInteger(index));
        },
    },
    port: {get() {
        return nameSender(this.address)[1];
    }},
    segmentSize: numberPart('segment_size'),
    // A BigInt, since a number does not hold so many nanoseconds exactly.
    timestamp: {get() {
        const [known, seconds, nanoseconds] = this.get_receive_time();
        return known ? BigInt(seconds) * 1000000000n + BigInt(nanoseconds) : null;
    }},
    trafficClass: numberPart('traffic_class'),
    truncated: {get() {
        return this.is_truncated();
    }},
    ttl: numberPart('ttl'),
};

function setPart(name) {
    return (message, value) => {
        message[name] = value;
    };
}

// What send_message takes by name that is a part of the message.
const PARTS_TO_SEND = {
    'controls': (message, controls) => controls.forEach(control => {
        const [level, type, data] = takeApart(control, 'a control', ['level', 'type', 'bytes']);
        message.add_control(toInteger(level), toInteger(type), toBytes(data));
    }),
    'credentials': setPart('credentials'),
    'file-descriptors': (message, fds) =>
        fds.forEach(fd => message.add_file_descriptor(toInteger(fd))),
    'packet-info': setPart('packetInfo'),
    'segment-size': setPart('segmentSize'),
    'traffic-class': setPart('trafficClass'),
    'ttl': setPart('ttl'),
};

// An array is bytes when it has numbers in it.
function isList(value) {
    return Array.isArray(value) && value.length > 0 && typeof value[0] !== 'number';
}

function toMessage(value, keywords) {
    const whole = value instanceof GSock.Message;
    const message = whole ? value : GSock.Message.new();
    if (!whole)
        (isList(value) ? value : [value]).forEach(data => message.add_data(toBytes(data)));

    for (const name of Object.keys(keywords)) {
        const set = PARTS_TO_SEND[kebab(name)];
        if (set === undefined)
            continue;
        if (whole)
            throw new TypeError(`a Message has its parts in it: set its ${name} before`);
        if (keywords[name] !== null && keywords[name] !== undefined)
            set(message, keywords[name]);
        delete keywords[name];
    }
    return message;
}

// Batches

function numbersIn(bytes) {
    return new Uint32Array(bytes.slice().buffer);
}

// Bytes and an address of bytes alone, of [bytes, address] and of [bytes, host, port].
function takeDatagram(datagram) {
    if (!isList(datagram))
        return [toBytes(datagram), null];
    const [data, where, port] = datagram;
    if (datagram.length > 3)
        throw new TypeError('a datagram is bytes, [bytes, address] or [bytes, host, port]');
    if (typeof port === 'number')
        return [toBytes(data), GSock.Address.new_from_host(where, toInteger(port))];
    const filename = port === null && typeof where === 'string';
    return [toBytes(data),
        filename ? GSock.Address.new_from_filename(where) : toDestination(where)];
}

// What is done for each datagram is a loop without a function in it: anything else costs more than all
// the rest of a batch.

function packInto(batch, all) {
    const lengths = new Uint32Array(all.length);
    let start = 0;
    for (let i = 0; i < all.length; i++)
        start += lengths[i] = all[i].length;
    const packed = new Uint8Array(start);
    start = 0;
    for (let i = 0; i < all.length; i++) {
        packed.set(all[i], start);
        start += lengths[i];
    }
    batch.add_packed(packed, new Uint8Array(lengths.buffer), null);
}

// For this instanceof would take longer than to copy the bytes.
function areBytes(all) {
    for (let i = 0; i < all.length; i++) {
        if (all[i]?.constructor !== Uint8Array)
            return false;
    }
    return true;
}

function toBatch(datagrams) {
    if (datagrams instanceof GSock.Batch)
        return datagrams;
    // A socket iterates too, over what it reads or accepts.
    if (typeof datagrams === 'string' || ArrayBuffer.isView(datagrams) || datagrams instanceof GSock.Socket ||
        typeof datagrams[Symbol.iterator] !== 'function')
        throw new TypeError('a list of datagrams is wanted, not one: send_to sends one');
    const batch = GSock.Batch.new();
    if (Array.isArray(datagrams) && areBytes(datagrams)) {
        packInto(batch, datagrams);
        return batch;
    }
    const all = Array.from(datagrams, takeDatagram);
    if (all.every(([, address]) => address === null))
        packInto(batch, all.map(([data]) => data));
    else
        all.forEach(([data, address]) => batch.add(data, address));
    return batch;
}

const NOBODY = [null, null];

// What receive_many gives: iterates as data, host and port; at () gives a Received.
class ReceivedMany {
    constructor(batch) {
        this.batch = batch;
    }

    get length() {
        return this.batch.get_count();
    }

    at(index) {
        const at = index < 0 ? index + this.length : index;
        if (!Number.isInteger(at) || at < 0 || at >= this.length)
            return undefined;
        const batch = this.batch;
        return new Received([batch.get_data(at), batch.get_address(at), batch.get_flags(at),
            batch.get_full_length(at)]);
    }

    [Symbol.iterator]() {
        const data = this.batch.get_packed_data();
        const senders = Array.from({length: this.batch.get_n_addresses()},
            (_, number) => nameSender(this.batch.get_numbered_address(number)));
        const numbers = numbersIn(this.batch.get_address_numbers());
        const lengths = numbersIn(this.batch.get_packed_lengths());
        const all = new Array(lengths.length);
        let start = 0;
        // Copies: a buffer with many views is dearer to the collector than as many buffers.
        for (let i = 0; i < lengths.length; i++) {
            const [host, port] = senders[numbers[i]] ?? NOBODY;
            all[i] = [data.slice(start, start += lengths[i]), host, port];
        }
        return all[Symbol.iterator]();
    }
}

function receiveMany(receiveBatch) {
    return function (...given) {
        const keywords = isKeywords(given[given.length - 1]) ? {...given.pop()} : {};
        const batch = keywords.batch ?? GSock.Batch.new();
        delete keywords.batch;
        receiveBatch.call(this, batch, ...given, keywords);
        return new ReceivedMany(batch);
    };
}

function install() {
    GSock.ReceivedMany = ReceivedMany;
    GSock.Socket.prototype.receive_many = receiveMany(GSock.Socket.prototype.receive_many);
    Object.defineProperties(GSock.Message.prototype, PARTS);
    GSock.Message.prototype[Symbol.iterator] = function* () {
        yield* [this.data, ...nameSender(this.address)];
    };
}
