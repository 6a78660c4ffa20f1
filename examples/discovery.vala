// SPDX-License-Identifier: LGPL-2.1-or-later
// Discovery by multicast: one asks a group who is there, and whoever is answers the one who asked.
//
//   discovery-vala ask [INTERFACE [PORT]]           prints the answers of half a second
//   discovery-vala answer NAME [INTERFACE [PORT]]   answers until it is interrupted
//   discovery-vala                                  two who answer and one who asks, on this machine
//
// An interface is given by its name, its index or an address; otherwise the kernel takes one.

const string GROUP = "239.255.42.99";
const string PORT = "42424";
const string QUESTION = "who is there?";
const double SECONDS = 0.5;

// Several may be at one port: each gets what is sent to the group.
GSock.DatagramSocket make_member (string? where, string? port) throws GLib.Error {
	var member = (GSock.DatagramSocket) GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", "0.0.0.0",
		"local-port", int.parse (port ?? PORT), "reuse-address", true);
	member.join_group (GROUP, where, null);
	return member;
}

string receive (GSock.DatagramSocket socket, double timeout, out GSock.Address sender) throws GLib.Error {
	GSock.Received received;
	uint8 room[513];
	var n = socket.receive_from (room[0:512], out received, null, "timeout", timeout);
	room[n] = 0;
	sender = received.sender;
	return ((string) room).make_valid ();
}

void answer_one (GSock.DatagramSocket member, string name, double timeout) throws GLib.Error {
	GSock.Address asker;
	if (receive (member, timeout, out asker) != QUESTION)
		return;
	print ("%s: asked by %s\n", name, asker.to_text ());
	member.send_to (name.data, null, "remote-address", &asker);
}

void answer (string name, string? where, string? port) throws GLib.Error {
	var member = make_member (where, port);
	print ("%s: port %u\n", name, member.local_port);
	for (;;) {
		try {
			answer_one (member, name, GSock.TIMEOUT_NEVER);
		} catch (GLib.Error error) {
			printerr ("%s\n", error.message);
		}
	}
}

GSock.DatagramSocket make_asker (string? where, string? port) throws GLib.Error {
	var asker = (GSock.DatagramSocket) GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", "0.0.0.0");
	if (where != null)
		asker.set_multicast_interface (where);
	asker.send_to (QUESTION.data, null, "remote-host", GROUP, "remote-port", int.parse (port ?? PORT));
	return asker;
}

// Until the time is up; however many answer, it is not prolonged.
void collect (GSock.DatagramSocket asker) throws GLib.Error {
	var end = GLib.get_monotonic_time () + (int64) (SECONDS * 1000000);
	try {
		for (;;) {
			GSock.Address sender;
			var name = receive (asker, int64.max (end - GLib.get_monotonic_time (), 0) / 1e6, out sender);
			print ("%s at %s\n", name, sender.to_text ());
		}
	} catch (GSock.Error.TIMED_OUT error) {
		// That was all.
	}
}

void show () throws GLib.Error {
	var printer = make_member ("lo", "0");
	var port = printer.local_port.to_string ();
	var lamp = make_member ("lo", port);
	var asker = make_asker ("lo", port);
	answer_one (printer, "a printer", 5);
	answer_one (lamp, "a lamp", 5);
	collect (asker);
}

int main (string[] args) {
	GLib.Intl.setlocale (); // names are printed as the terminal has them
	try {
		if (args[1] == "ask")
			collect (make_asker (args[2], args[2] != null ? args[3] : null));
		else if (args[1] == "answer" && args[2] != null)
			answer (args[2], args[3], args[3] != null ? args[4] : null);
		else
			show ();
	} catch (GLib.Error error) {
		printerr ("%s: %s\n", args[0], error.message);
		return 1;
	}
	return 0;
}
