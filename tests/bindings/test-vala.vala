// SPDX-License-Identifier: LGPL-2.1-or-later
// A program in Vala: the calls with keywords, addresses on the stack, and classes that go on with base.

class Counting : GSock.DatagramSocket {
	public int sent;
	public int received;

	public override ssize_t send_bytes (GLib.Bytes data, GSock.Address? destination, GSock.MessageFlags flags, bool wait, double timeout, GLib.Cancellable? cancellable) throws GLib.Error {
		sent++;
		return base.send_bytes (data, destination, flags, wait, timeout, cancellable);
	}

	public override GLib.Bytes receive_bytes (size_t size, GSock.MessageFlags flags, bool wait, double timeout, out GSock.Address? sender, out GSock.MessageFlags received_flags, out size_t full_length, GLib.Cancellable? cancellable) throws GLib.Error {
		received++;
		return base.receive_bytes (size, flags, wait, timeout, out sender, out received_flags, out full_length, cancellable);
	}
}

class Polite : GSock.PassiveSocket {
	public override GSock.ActiveSocket accept_connection_direct (bool wait, double timeout, GLib.Cancellable? cancellable) throws GLib.Error {
		var peer = base.accept_connection_direct (wait, timeout, cancellable);
		peer.send_to ("welcome".data, null);
		return peer;
	}
}

string hear (GSock.Socket socket, out GSock.Received received) throws GLib.Error {
	uint8 room[100];
	var n = socket.receive_from (room, out received, null, "timeout", 5.0);
	return ((string) room).substring (0, (long) n);
}

void test_source () {
	try {
		var alice = GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", "127.0.0.1");
		var bob = GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", "127.0.0.1");
		var context = new GLib.MainContext ();
		GLib.IOCondition[] told = {};
		var source = alice.create_source (GLib.IOCondition.IN);
		source.set_callback ((socket, condition) => {
			assert_true (socket == alice);
			told += condition;
			return told.length < 2;
		});
		source.attach (context);
		assert_false (context.iteration (false));
		bob.send_to ("x".data, null, "remote-host", "127.0.0.1", "remote-port", alice.local_port);
		while (told.length < 1)
			context.iteration (true);
		alice.close (false);
		while (told.length < 2)
			context.iteration (true);
		assert_true (told[0] == GLib.IOCondition.IN && told[1] == GLib.IOCondition.HUP);
		assert_true (source.is_destroyed ());
	} catch (GLib.Error error) {
		GLib.error ("%s", error.message);
	}
}

void test_udp () {
	try {
		GSock.Received received;
		var alice = GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", "127.0.0.1");
		var bob = GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", "127.0.0.1");
		bob.send_to ("hi alice".data, null, "remote-host", "127.0.0.1", "remote-port", alice.local_port);
		assert_cmpstr (hear (alice, out received), GLib.CompareOperator.EQ, "hi alice");
		alice.send_to ("hi bob".data, null, "remote-address", &received.sender);
		assert_cmpstr (hear (bob, out received), GLib.CompareOperator.EQ, "hi bob");
		assert_true (received.sender.equal (alice.get_local_address ()));
	} catch (GLib.Error e) {
		error ("%s", e.message);
	}
}

void test_streams () {
	try {
		GSock.Received received;
		var server = (GSock.PassiveSocket) GSock.make_instance (typeof (Polite), null, "local-host", "127.0.0.1");
		server.listen_on ("backlog", 3);
		var client = GSock.make_socket (null, "remote-host", "127.0.0.1", "remote-port", server.local_port, "nodelay", true);
		var peer = server.accept_connection (null, "timeout", 5.0);
		assert_cmpstr (hear (client, out received), GLib.CompareOperator.EQ, "welcome");
		assert_true (peer.connected && ((GSock.ActiveSocket) client).nodelay);
		peer.close (false);
		assert_false (peer.open);
	} catch (GLib.Error e) {
		error ("%s", e.message);
	}
}

void test_addresses () {
	try {
		var address = GSock.Address.from_host ("127.0.0.1", 80);
		assert_cmpstr (address.to_text (), GLib.CompareOperator.EQ, "127.0.0.1:80");
		assert_true (address.equal (GSock.Address.from_text ("127.0.0.1:80")));
		assert_cmpstr (GSock.Address.from_filename ("/run/x").get_filename (), GLib.CompareOperator.EQ, "/run/x");
		assert_cmpuint (address.with_port (81).get_port (), GLib.CompareOperator.EQ, 81);
	} catch (GLib.Error e) {
		error ("%s", e.message);
	}
}

void test_subclass () {
	try {
		GSock.Received received;
		var udp = (Counting) GSock.make_instance (typeof (Counting), null, "local-host", "127.0.0.1");
		var here = udp.get_local_address ();
		udp.send_to ("x".data, null, "remote-address", here);
		assert_cmpstr (hear (udp, out received), GLib.CompareOperator.EQ, "x");
		udp.connect_to (here, null);
		assert_true (udp.connected);
		udp.disconnect_peer ();
		assert_cmpint (udp.sent, GLib.CompareOperator.EQ, 1);
		assert_cmpint (udp.received, GLib.CompareOperator.EQ, 1);
	} catch (GLib.Error e) {
		error ("%s", e.message);
	}
}

void test_messages () {
	try {
		var alice = GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", "127.0.0.1");
		var bob = GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", "127.0.0.1");
		var message = new GSock.Message ();
		message.add_data ("in two ".data);
		message.add_data ("pieces".data);
		assert_cmpint ((int) alice.send_message (message, null, "remote-address", bob.local_address), GLib.CompareOperator.EQ, 13);
		var letter = bob.receive_message (100, null, "timeout", 5.0);
		assert_true (letter.get_bytes ().compare (new GLib.Bytes ("in two pieces".data)) == 0);
		assert_true (letter.get_address ().equal (alice.local_address));

		var batch = new GSock.Batch ();
		batch.add ("one".data, null);
		batch.add ("two".data, null);
		assert_cmpint ((int) alice.send_many (batch, null, "remote-address", bob.local_address), GLib.CompareOperator.EQ, 2);
		string[] got = {};
		while (got.length < 2) {
			var n = bob.receive_many (batch, 8, null, "timeout", 5.0);
			for (uint i = 0; i < n; i++)
				got += to_text (new GLib.Bytes (batch.get_data (i)));
		}
		assert_cmpstr (string.joinv (" ", got), GLib.CompareOperator.EQ, "one two");
	} catch (GLib.Error e) {
		error ("%s", e.message);
	}
}

string to_text (GLib.Bytes bytes) {
	var text = new GLib.StringBuilder ();
	text.append_len ((string) bytes.get_data (), (ssize_t) bytes.length);
	return text.str;
}

void test_descriptors () {
	try {
		GSock.Socket left, right;
		GLib.Bytes payload;
		int pid, pidfd;
		uint uid, gid;
		GSock.make_socket_pair (out left, out right, "type", GSock.SocketType.SEQPACKET);
		left.send_file_descriptor (0, null, "timeout", 5.0);
		Posix.close (right.receive_file_descriptor (null, "timeout", 5.0));
		assert_cmpint ((int) left.send_file_descriptors ({0, 1}, new GLib.Bytes ("two".data), null), GLib.CompareOperator.EQ, 3);
		var fds = right.receive_file_descriptors (16, out payload, null, "size", 3, "timeout", 5.0);
		assert_cmpint (fds.length, GLib.CompareOperator.EQ, 2);
		assert_cmpstr (to_text (payload), GLib.CompareOperator.EQ, "two");
		foreach (var fd in fds)
			Posix.close (fd);
		left.send_socket (left, null);
		var twin = right.receive_socket (null, "timeout", 5.0);
		assert_true (twin is GSock.ActiveSocket && twin.socket_type == GSock.SocketType.SEQPACKET);
		left.send_credentials (null);
		assert_true (right.receive_credentials (out pid, out uid, out gid, out pidfd, null, "timeout", 5.0));
		assert_true (pid == Posix.getpid () && uid == Posix.getuid () && gid == Posix.getgid () && pidfd == -1);
		try {
			left.send_file_descriptor (-1, null);
			assert_not_reached ();
		} catch (GSock.Error.INVALID_ARGUMENT e) {
		}
	} catch (GLib.Error e) {
		error ("%s", e.message);
	}
}

void test_errors () {
	try {
		GSock.make_socket (null, "lokal-host", "x");
		assert_not_reached ();
	} catch (GSock.Error.UNKNOWN_KEYWORD e) {
		assert_true ("local-host" in e.message);
	} catch (GLib.Error e) {
		error ("%s", e.message);
	}
	try {
		GSock.Socket left, right;
		GSock.make_socket_pair (out left, out right, "type", GSock.SocketType.DATAGRAM);
		uint8 room[10];
		GSock.Received received;
		left.receive_from_direct (room, GSock.MessageFlags.NONE, false, GSock.TIMEOUT_DEFAULT, out received);
		assert_not_reached ();
	} catch (GSock.Error.WOULD_BLOCK e) {
		assert_true (GSock.error_to_errno (e.code) > 0);
	} catch (GLib.Error e) {
		error ("%s", e.message);
	}
}

int main (string[] args) {
	GLib.Test.init (ref args);
	GLib.Test.add_func ("/vala/udp", test_udp);
	GLib.Test.add_func ("/vala/source", test_source);
	GLib.Test.add_func ("/vala/streams", test_streams);
	GLib.Test.add_func ("/vala/addresses", test_addresses);
	GLib.Test.add_func ("/vala/subclass", test_subclass);
	GLib.Test.add_func ("/vala/messages", test_messages);
	GLib.Test.add_func ("/vala/descriptors", test_descriptors);
	GLib.Test.add_func ("/vala/errors", test_errors);
	return GLib.Test.run ();
}
