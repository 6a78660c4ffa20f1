# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a type checker knows of GSock, and what it finds. This is read by mypy, and never run."""

from gi.repository import GSock
from typing_extensions import assert_type


def classes() -> None:
    assert_type(GSock.make_socket(type='datagram', local_host='127.0.0.1'), GSock.DatagramSocket)
    assert_type(GSock.make_socket(connect='passive'), GSock.PassiveSocket)
    assert_type(GSock.make_socket(remote_host='localhost', remote_port=80), GSock.ActiveSocket)


def values(udp: GSock.DatagramSocket, server: GSock.PassiveSocket) -> None:
    received = udp.receive_from(size=1500, timeout=0.25)
    assert_type(received, GSock.Received)
    assert_type(received.data, bytes)
    assert_type(received.truncated, bool)
    data, host, port = received
    assert_type(host, str | None)
    assert_type(port, int | None)
    assert_type(udp.send_to(bytearray(data), remote_host=host, remote_port=port), int)
    assert_type(server.accept_connection(timeout=1.5), GSock.ActiveSocket)
    assert_type(udp.peer_credentials().pid, int)
    assert_type(udp.props.local_port, int)
    for data, host, port in udp.receive_many(64):
        assert_type(data, bytes)


def errors(udp: GSock.Socket) -> None:
    try:
        udp.receive_from()
    except GSock.TimedOut as error:
        builtin: TimeoutError = error
        assert_type(error.code, int)
    except GSock.SocketError as error:
        system: OSError = error


def mistakes(udp: GSock.DatagramSocket) -> None:
    udp.receive_from('many')  # type: ignore[arg-type]
    udp.send_to(b'x', remote_host='localhost', remote_port='53')  # type: ignore[arg-type]
    udp.receive_from().length  # type: ignore[attr-defined]
    udp.close(False, True)  # type: ignore[call-arg]
    GSock.make_soket()  # type: ignore[attr-defined]
    GSock.SocketType.DATAGRAMM  # type: ignore[attr-defined]
    text: str = udp.receive_from().data  # type: ignore[assignment]
