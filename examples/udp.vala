// SPDX-License-Identifier: LGPL-2.1-or-later
// UDP: two sockets, a datagram from one to the other, and the address that it came from.

int main () {
	try {
		GSock.Received received;
		uint8 room[1500];
		var alice = GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", "127.0.0.1");
		var bob = GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", "127.0.0.1");

		bob.send_to ("hi alice".data, null, "remote-host", "127.0.0.1", "remote-port", alice.local_port);
		var n = alice.receive_from (room, out received, null, "timeout", 5.0);
		print ("\"%.*s\" from %s\n", (int) n, (string) room, received.sender.to_text ());
	} catch (GLib.Error error) {
		printerr ("%s\n", error.message);
		return 1;
	}
	return 0;
}
