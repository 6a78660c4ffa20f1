// SPDX-License-Identifier: LGPL-2.1-or-later
// A tour of gsock: five small conversations, each told as it happens.

const string HERE = "127.0.0.1";

void show (string name, GSock.Socket socket) {
	print ("  %s: %s\n", name, socket.to_string ());
}

// What came, as text, and who sent it.
string receive (GSock.Socket socket, out GSock.Received received) throws GLib.Error {
	uint8 room[101];
	room[socket.receive_from (room[0:100], out received, null, "timeout", 5.0)] = 0;
	return (string) room;
}

void hear (string name, GSock.Socket socket) throws GLib.Error {
	GSock.Received received;
	print ("  %s hears: %s\n", name, receive (socket, out received));
}

// Not called listen: a function outside of all classes would take the place of the C library's.
GSock.PassiveSocket make_server () throws GLib.Error {
	return (GSock.PassiveSocket) GSock.make_socket (null, "connect", GSock.Role.PASSIVE, "local-host", HERE);
}

void tcp_echo () throws GLib.Error {
	GSock.Received received;
	var server = make_server ();
	var client = GSock.make_socket (null, "remote-host", HERE, "remote-port", server.local_port);
	var peer = server.accept_connection (null, "timeout", 5.0);
	show ("server", server);
	show ("client", client);
	show ("accepted", peer);
	client.send_to ("hello, TCP".data, null);
	peer.send_to (receive (peer, out received).data, null);
	hear ("client", client);
}

void udp_with_sender () throws GLib.Error {
	GSock.Received received;
	var alice = GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", HERE);
	var bob = GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", HERE);
	show ("alice", alice);
	show ("bob", bob);
	bob.send_to ("hello, UDP".data, null, "remote-host", HERE, "remote-port", alice.local_port);
	var text = receive (alice, out received);
	print ("  alice hears: %s, from %s port %u\n", text, received.sender.get_host (), received.sender.get_port ());
}

void local_stream () throws GLib.Error {
	var folder = GLib.DirUtils.make_tmp ("gsock-tour-XXXXXX");
	var file = GLib.Path.build_filename (folder, "socket");
	{
		var server = (GSock.PassiveSocket) GSock.make_socket (null, "connect", GSock.Role.PASSIVE, "local-filename", file, "file-mode", 0600);
		var client = GSock.make_socket (null, "remote-filename", file);
		var peer = server.accept_connection (null, "timeout", 5.0);
		show ("server", server);
		client.send_to ("hello, local stream".data, null);
		hear ("server", peer);
	}
	print ("  after the block the file is %s\n", GLib.FileUtils.test (file, GLib.FileTest.EXISTS) ? "still there" : "gone");
	GLib.DirUtils.remove (folder);
}

void socket_pair () throws GLib.Error {
	GSock.Socket left, right;
	GSock.make_socket_pair (out left, out right);
	show ("left", left);
	left.send_to ("hello, other half".data, null);
	hear ("right", right);
}

// Another process: all that it has of the conversation comes out of its inbox.
void work (GSock.Socket inbox) throws GLib.Error {
	var client = GSock.make_socket_from_fd (inbox.receive_file_descriptor (null, "timeout", 5.0), "dup", false);
	var name = "process %d".printf (Posix.getpid ());
	show (name, client);
	hear (name, client);
	client.send_to ("read by the worker".data, null);
}

// The server accepts and hands the open connection to the worker.
void hand_over (GSock.Socket outbox) throws GLib.Error {
	var server = make_server ();
	var client = GSock.make_socket (null, "remote-host", HERE, "remote-port", server.local_port);
	var peer = server.accept_connection (null, "timeout", 5.0);
	outbox.send_file_descriptor (peer.get_file_descriptor (), null);
	peer.close (false);
	client.send_to ("hello, worker".data, null);
	hear ("client", client);
}

void descriptor_to_another_process () throws GLib.Error {
	GSock.Socket outbox, inbox;
	GSock.make_socket_pair (out outbox, out inbox);
	print ("  this is process %d\n", Posix.getpid ());
	stdout.flush ();
	var pid = Posix.fork ();
	if (pid == 0) {
		var status = 0;
		try {
			work (inbox);
		} catch (GLib.Error error) {
			printerr ("the worker: %s\n", error.message);
			status = 1;
		}
		stdout.flush ();
		Posix._exit (status);
	}
	try {
		hand_over (outbox);
	} finally {
		Posix.waitpid (pid, null, 0);
	}
}

delegate void Stop () throws GLib.Error;

void visit (string title, Stop stop) throws GLib.Error {
	print ("%s\n", title);
	stop ();
}

int main () {
	try {
		visit ("A TCP echo", tcp_echo);
		visit ("UDP with the sender's address", udp_with_sender);
		visit ("A local stream", local_stream);
		visit ("A socket pair", socket_pair);
		visit ("A descriptor passed to another process", descriptor_to_another_process);
	} catch (GLib.Error error) {
		printerr ("%s\n", error.message);
		return 1;
	}
	return 0;
}
