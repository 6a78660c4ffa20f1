// SPDX-License-Identifier: LGPL-2.1-or-later
// Operators that are awaited, watches, and servers as JavaScript has them.

/* exported addOperators, install */

const {Gio, GLib} = imports.gi;
const {FUNCTIONS, METHODS, arrange, isKeywords, refuseRest, toCondition, toReceived} = imports.overrides.GSock;

const GSock = imports.gi.GSock;

// What the finish functions give, where it is not what the operator gives.
const FINISHED = {
    read_bytes: data => data.toArray(),
    receive_from: ([data, ...rest]) => toReceived([data.toArray(), ...rest]),
};

// What the asynchronous functions take otherwise than the operator.
const toBytesFirst = ([data, ...rest]) => [new GLib.Bytes(data), ...rest];
const TAKEN = {
    send_to: toBytesFirst,
    write_bytes: toBytesFirst,
};

// A function that gives a promise; what is wrong with its arguments is told by that too. With a callback
// it is what C has.
function promise(operator, begin, finish, shape) {
    const {result = same => same, ofSource = false} = shape;
    const finished = FINISHED[operator] ?? result;
    const taken = TAKEN[operator] ?? (same => same);

    return function (...given) {
        if (typeof given[given.length - 1] === 'function')
            return begin.call(this, ...given);
        return new Promise((resolve, reject) => {
            begin.call(this, ...taken(arrange(operator, given, shape)), (source, answer) => {
                try {
                    resolve(finished(ofSource ? finish.call(this, source, answer) : finish.call(this, answer)));
                } catch (error) {
                    reject(error);
                }
            });
        });
    };
}

// Before the operators themselves are wrapped: each that has one gets its asynchronous twin.
function addOperators() {
    for (const [name, methods] of Object.entries(METHODS)) {
        const prototype = GSock[name].prototype;
        for (const [operator, shape] of Object.entries(methods)) {
            const begin = prototype[`${operator}_async`];
            if (begin !== undefined) {
                prototype[`${operator}_async`] = promise(operator, begin,
                    prototype[`${operator}_finish`], {...shape, last: ['priority']});
            }
        }
    }
    for (const [operator, shape] of Object.entries(FUNCTIONS)) {
        const begin = GSock[`${operator}_async`];
        if (begin !== undefined) {
            GSock[`${operator}_async`] = promise(operator, begin, GSock[`${operator}_finish`],
                shape.keyworded ? {...shape, last: ['priority']} : {...shape, ...shape.awaited});
        }
    }
}

// The batch is made where none is given, and what came is told of by it.
function receiveManyAsync(receiveBatch) {
    return async function (...given) {
        const keywords = isKeywords(given[given.length - 1]) ? {...given.pop()} : {};
        const batch = keywords.batch ?? GSock.Batch.new();
        delete keywords.batch;
        await receiveBatch.call(this, batch, ...given, keywords);
        return new GSock.ReceivedMany(batch);
    };
}

// Calls back until it is given false, as a source does.
function watch(watchCondition) {
    return function (condition, callback, {priority = GLib.PRIORITY_DEFAULT, ...rest} = {}) {
        if (typeof callback !== 'function')
            throw new TypeError(`watch: the callback is a function, not ${callback}`);
        refuseRest('watch', rest, ['priority']);
        return watchCondition.call(this, toCondition(condition), priority,
            (socket, ready) => callback(socket, ready) ?? GLib.SOURCE_CONTINUE);
    };
}

function install() {
    const {prototype} = GSock.Socket;

    // gjs frees what it never had when this is no result.
    const {receive_file_descriptors_finish: finishDescriptors} = prototype;
    prototype.receive_file_descriptors_finish = function (answer) {
        if (!(answer instanceof Gio.AsyncResult))
            throw new TypeError(`receive_file_descriptors_finish: a result is wanted, not ${String(answer)}`);
        return finishDescriptors.call(this, answer);
    };

    prototype.receive_many_async = receiveManyAsync(prototype.receive_many_async);
    prototype.watch = watch(prototype.watch);

    // The lines up to the end of the stream.
    GSock.ActiveSocket.prototype[Symbol.asyncIterator] = async function* () {
        for (let line = await this.read_line_async(); line !== null; line = await this.read_line_async())
            yield line;
    };

    // Ends when the socket is closed.
    GSock.PassiveSocket.prototype[Symbol.asyncIterator] = async function* () {
        while (this.is_open()) {
            try {
                yield await this.accept_connection_async();
            } catch (error) {
                if (!error.matches?.(GSock.Error, GSock.Error.CLOSED))
                    throw error;
            }
        }
    };

    const {start, drain_async: drain, drain_finish: finish} = GSock.Server.prototype;
    GSock.Server.prototype.start = function (priority = GLib.PRIORITY_DEFAULT) {
        return start.call(this, priority);
    };
    GSock.Server.prototype.drain_async = function ({timeout = -1, cancellable = null, ...rest} = {}) {
        return new Promise((resolve, reject) => {
            refuseRest('drain', rest, ['timeout', 'cancellable']);
            drain.call(this, timeout, cancellable, (_, answer) => {
                try {
                    resolve(finish.call(this, answer));
                } catch (error) {
                    reject(error);
                }
            });
        });
    };
}
