// SPDX-License-Identifier: LGPL-2.1-or-later
// What is awaited in Vala: every operator, their ends, watches and servers.

const string LOCALHOST = "127.0.0.1";

GSock.Socket make_datagram () throws GLib.Error {
	return GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", LOCALHOST);
}

GSock.PassiveSocket make_listener () throws GLib.Error {
	return (GSock.PassiveSocket) GSock.make_socket (null, "connect", GSock.Role.PASSIVE, "local-host", LOCALHOST);
}

string to_text (GLib.Bytes bytes) {
	var text = new GLib.StringBuilder ();
	text.append_len ((string) bytes.get_data (), (ssize_t) bytes.length);
	return text.str;
}

void finish (GSock.Socket socket) {
	try {
		socket.shutdown (false, true);
	} catch (GLib.Error error) {
		GLib.error ("%s", error.message);
	}
}

void close_socket (GSock.Socket socket) {
	try {
		socket.close (false);
	} catch (GLib.Error error) {
		GLib.error ("%s", error.message);
	}
}

async void stream () throws GLib.Error {
	var server = make_listener ();
	var client = GSock.make_socket (null, "address-family", GSock.AddressFamily.IPV4);
	client.connect_to_async.begin (null, {"host", "port", "timeout"}, {"localhost", server.local_port, 5.0});
	var peer = yield server.accept_connection_async ();
	assert_cmpint ((int) yield client.send_to_async (new GLib.Bytes ("question".data)), GLib.CompareOperator.EQ, 8);
	assert_cmpstr (to_text (yield peer.receive_from_async (100)), GLib.CompareOperator.EQ, "question");
	var large = new GLib.Bytes (new uint8[3000000]);
	peer.send_to_async.begin (large, null, null, GLib.Priority.DEFAULT, null, () => finish (peer));
	size_t got = 0;
	for (;;) {
		var part = yield client.receive_bytes_async (65536);
		if (part.length == 0)
			break;
		got += part.length;
	}
	assert_true (got == large.length);
	foreach (var socket in new GSock.Socket[] {server, client, peer})
		socket.close (false);
}

async void handover () throws GLib.Error {
	GSock.Socket left, right;
	string[] names;
	GSock.make_socket_pair (out left, out right, "type", GSock.SocketType.SEQPACKET);
	var server = make_listener ();
	var given = false;
	left.handover_give_async.begin ({server}, {"http"}, 5, GLib.Priority.DEFAULT, null, (object, result) => {
		try {
			given = left.handover_give_async.end (result);
		} catch (GLib.Error error) {
			GLib.error ("%s", error.message);
		}
	});
	var taken = GSock.handover_take (right, 5, out names);
	assert_cmpstr (names[0], GLib.CompareOperator.EQ, "http");
	assert_cmpuint (taken[0].local_port, GLib.CompareOperator.EQ, server.local_port);
	GSock.handover_complete (right, {taken[0]}, 5);
	while (!given)
		GLib.MainContext.default ().iteration (true);
	try {
		yield left.handover_give_async ({server}, {"http"}, 0.01);
		assert_not_reached ();
	} catch (GSock.Error.TIMED_OUT error) {
	}
	foreach (var socket in new GSock.Socket[] {left, right, server, taken[0]})
		socket.close (false);
}

async void lines () throws GLib.Error {
	var server = make_listener ();
	var client = (GSock.ActiveSocket) GSock.make_socket (null, "remote-host", LOCALHOST, "remote-port", server.local_port);
	var peer = yield server.accept_connection_async ();
	unichar character;

	client.write_line ("grün", null);
	client.write_text ("text", null, "timeout", 5.0);
	client.write_bytes ({0, 255}, null);
	client.finish_output (null);
	assert_cmpstr (peer.read_line (null, "timeout", 5.0), GLib.CompareOperator.EQ, "grün");
	assert_true (peer.read_char (out character, null) && character == 't');
	assert_cmpstr (peer.read_text (3, null), GLib.CompareOperator.EQ, "ext");
	assert_true (peer.read_bytes (2, null)[1] == 255);

	client.write_line_async.begin ("line");
	client.write_text_async.begin ("text");
	client.write_bytes_async.begin (new GLib.Bytes ({0, 255}));
	client.finish_output_async.begin ();
	assert_cmpstr (yield peer.read_line_async ({"timeout"}, {5.0}), GLib.CompareOperator.EQ, "line");
	assert_cmpstr (yield peer.read_text_async (4), GLib.CompareOperator.EQ, "text");
	assert_true ((yield peer.read_bytes_async (2))[1] == 255);
	client.close (false);
	assert_true (null == yield peer.read_line_async ());
	server.close (false);
	peer.close (false);
}

async void fixed_arguments () throws GLib.Error {
	var server = make_listener ();
	var client = GSock.make_socket (null, "address-family", GSock.AddressFamily.IPV4);
	assert_true (yield client.connect_direct_async (server.get_local_address (), true, 5));
	var peer = yield server.accept_connection_direct_async (true, 5);
	assert_true (peer.get_remote_address ().equal (client.get_local_address ()));
	try {
		yield server.accept_connection_direct_async (false);
		assert_not_reached ();
	} catch (GSock.Error.WOULD_BLOCK error) {
	}
	try {
		yield server.accept_connection_direct_async (true, 0.01);
		assert_not_reached ();
	} catch (GSock.Error.TIMED_OUT error) {
	}
	foreach (var socket in new GSock.Socket[] {server, client, peer})
		socket.close (false);
}

async void making () throws GLib.Error {
	var server = make_listener ();
	var client = yield GSock.make_socket_async ({"remote-host", "remote-port", "nodelay"}, {"localhost", server.local_port, true});
	assert_true (client.connected && ((GSock.ActiveSocket) client).nodelay);
	var udp = yield GSock.make_instance_async (typeof (GSock.DatagramSocket), {"local-host"}, {LOCALHOST});
	assert_true (udp.bound);
	try {
		yield GSock.make_socket_async ({"lokal-host"}, {LOCALHOST});
		assert_not_reached ();
	} catch (GSock.Error.UNKNOWN_KEYWORD error) {
		assert_true ("local-host" in error.message);
	}
	foreach (var socket in new GSock.Socket[] {server, client, udp})
		socket.close (false);
}

async void datagrams () throws GLib.Error {
	var alice = make_datagram ();
	var bob = make_datagram ();
	GSock.Address? sender;
	GSock.MessageFlags flags;
	size_t full_length;

	alice.send_bytes_async.begin (new GLib.Bytes ("hello".data), bob.get_local_address ());
	var data = yield bob.receive_bytes_async (2, GSock.MessageFlags.NONE, true, 5, GLib.Priority.DEFAULT, null, out sender, out flags, out full_length);
	assert_cmpstr (to_text (data), GLib.CompareOperator.EQ, "he");
	assert_true (full_length == 5 && GSock.MessageFlags.TRUNCATE in flags);
	assert_true (sender.equal (alice.get_local_address ()));

	var message = new GSock.Message ();
	message.add_data ("letter".data);
	yield bob.send_message_async (message, {"remote-address", "timeout"}, {sender, 5.0});
	var letter = yield alice.receive_message_async (100, {"timeout"}, {5.0});
	assert_cmpstr (to_text (letter.get_bytes ()), GLib.CompareOperator.EQ, "letter");

	var batch = new GSock.Batch ();
	batch.add ("x".data, alice.get_local_address ());
	batch.add ("y".data, alice.get_local_address ());
	assert_true (2 == yield bob.send_many_async (batch));
	assert_true (0 < yield alice.receive_many_async (batch, 8));
	assert_true (batch.get_data (0)[0] == 'x');
	alice.close (false);
	bob.close (false);
}

async void ends () throws GLib.Error {
	var socket = make_datagram ();
	var cancellable = new GLib.Cancellable ();

	GLib.Idle.add (() => {
		cancellable.cancel ();
		return false;
	});
	try {
		yield socket.receive_from_async (100, null, null, GLib.Priority.DEFAULT, cancellable);
		assert_not_reached ();
	} catch (GLib.IOError.CANCELLED error) {
	}
	GLib.Idle.add (() => {
		close_socket (socket);
		return false;
	});
	try {
		yield socket.receive_bytes_async (100);
		assert_not_reached ();
	} catch (GSock.Error.CLOSED error) {
	}
}

async void watching () throws GLib.Error {
	var alice = make_datagram ();
	var bob = make_datagram ();
	string[] got = {};

	bob.watch (GLib.IOCondition.IN, GLib.Priority.DEFAULT, (socket, condition) => {
		GSock.Received received;
		uint8 room[100];
		assert_true (socket == bob && condition == GLib.IOCondition.IN);
		try {
			var n = socket.receive_from_direct (room, GSock.MessageFlags.NONE, false, 0, out received);
			got += ((string) room).substring (0, (long) n);
		} catch (GLib.Error error) {
			assert_not_reached ();
		}
		if (got.length == 2)
			watching.callback ();
		return got.length < 2;
	});
	alice.send_to ("one".data, null, "remote-address", bob.get_local_address ());
	alice.send_to ("two".data, null, "remote-address", bob.get_local_address ());
	yield;
	assert_true (got[0] == "one" && got[1] == "two");

	var watch = bob.watch (GLib.IOCondition.IN, GLib.Priority.DEFAULT, () => {
		assert_not_reached ();
	});
	watch.cancel ();
	alice.send_to ("three".data, null, "remote-address", bob.get_local_address ());
	assert_cmpstr (to_text (yield bob.receive_bytes_async (100)), GLib.CompareOperator.EQ, "three");
	alice.close (false);
	bob.close (false);
}

async void serving () throws GLib.Error {
	var listener = make_listener ();
	var server = new GSock.Server (listener);
	GSock.ActiveSocket? peer = null;

	server.max_connections = 10;
	server.set_handler ((server, connection) => {
		peer = connection;
		serving.callback ();
	});
	server.start ();
	var client = GSock.make_socket (null, "remote-host", LOCALHOST, "remote-port", listener.local_port);
	yield;
	assert_true (server.n_connections == 1);
	try {
		yield server.drain_async (0.01);
		assert_not_reached ();
	} catch (GSock.Error.TIMED_OUT error) {
	}
	peer.close (false);
	assert_true (yield server.drain_async ());
	client.close (false);
	listener.close (false);
}

async void await_one (string name) throws GLib.Error {
	switch (name) {
	case "stream":
		yield stream ();
		break;
	case "handover":
		yield handover ();
		break;
	case "lines":
		yield lines ();
		break;
	case "fixed-arguments":
		yield fixed_arguments ();
		break;
	case "making":
		yield making ();
		break;
	case "datagrams":
		yield datagrams ();
		break;
	case "ends":
		yield ends ();
		break;
	case "watching":
		yield watching ();
		break;
	case "serving":
		yield serving ();
		break;
	default:
		assert_not_reached ();
	}
}

void add (string name) {
	GLib.Test.add_data_func ("/vala-async/" + name, () => {
		var loop = new GLib.MainLoop ();

		await_one.begin (name, (_, result) => {
			try {
				await_one.end (result);
			} catch (GLib.Error error) {
				GLib.error ("%s", error.message);
			}
			loop.quit ();
		});
		loop.run ();
	});
}

int main (string[] args) {
	GLib.Test.init (ref args);
	foreach (var name in new string[] {"stream", "handover", "lines", "fixed-arguments", "making", "datagrams", "ends", "watching", "serving"})
		add (name);
	return GLib.Test.run ();
}
