#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// Discovery by multicast: one asks a group who is there, and whoever is answers the one who asked.
//
//   discovery.js ask [INTERFACE [PORT]]           prints the answers of half a second
//   discovery.js answer NAME [INTERFACE [PORT]]   answers until it is interrupted
//   discovery.js                                  two who answer and one who asks, on this machine
//
// An interface is given by its name, its index or an address; otherwise the kernel takes one.

import GLib from 'gi://GLib';
import GSock from 'gi://GSock?version=1';
import System from 'system';

const GROUP = '239.255.42.99', PORT = 42424;
const QUESTION = 'who is there?';
const SECONDS = 0.5;

const text = data => new TextDecoder().decode(data);

// Several may be at one port: each gets what is sent to the group.
function makeMember(networkInterface = null, port = PORT) {
    const member = GSock.make_socket({type: 'datagram', localHost: '0.0.0.0', localPort: Number(port), reuseAddress: true});
    member.join_group(GROUP, networkInterface);
    return member;
}

function answerOne(member, name, timeout = -1) {
    const [question, host, port] = member.receive_from({size: 512, timeout});
    if (text(question) !== QUESTION)
        return;
    print(`${name}: asked by ${host}:${port}`);
    member.send_to(name, {remoteHost: host, remotePort: port});
}

function answer(name, ...where) {
    const member = makeMember(...where);
    print(`${name}: port ${member.localPort}`);
    for (;;) {
        try {
            answerOne(member, name);
        } catch (error) {
            printerr(error.message);
        }
    }
}

function makeAsker(networkInterface = null, port = PORT) {
    const asker = GSock.make_socket({type: 'datagram', localHost: '0.0.0.0'});
    if (networkInterface !== null)
        asker.set_multicast_interface(networkInterface);
    asker.send_to(QUESTION, {remoteHost: GROUP, remotePort: Number(port)});
    return asker;
}

// Until the time is up; however many answer, it is not prolonged.
function collect(asker) {
    const end = GLib.get_monotonic_time() + SECONDS * 1e6;
    try {
        for (;;) {
            const timeout = Math.max(end - GLib.get_monotonic_time(), 0) / 1e6;
            const [name, host, port] = asker.receive_from({size: 512, timeout});
            print(`${text(name)} at ${host}:${port}`);
        }
    } catch (error) {
        if (!error.matches?.(GSock.Error, GSock.Error.TIMED_OUT))
            throw error;
    }
}

function ask(...where) {
    const asker = makeAsker(...where);
    collect(asker);
    asker.close();
}

function show() {
    const printer = makeMember('lo', 0);
    const lamp = makeMember('lo', printer.localPort);
    const asker = makeAsker('lo', printer.localPort);
    answerOne(printer, 'a printer', 5);
    answerOne(lamp, 'a lamp', 5);
    collect(asker);
    for (const socket of [printer, lamp, asker])
        socket.close();
}

const [command, ...given] = ARGV;
try {
    ({ask, answer}[command] ?? show)(...given);
} catch (error) {
    printerr(`${System.programInvocationName}: ${error.message}`);
    System.exit(1);
}
