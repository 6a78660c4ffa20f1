// SPDX-License-Identifier: LGPL-2.1-or-later
// The GIR as it is, without metadata and what is written by hand: the names and values of C.

const string LOCALHOST = "127.0.0.1";

string to_text (uint8[] data) {
	var text = new GLib.StringBuilder ();
	text.append_len ((string) data, data.length);
	return text.str;
}

GSock.Socket make (string[] names, GLib.Value[] values) throws GLib.Error {
	return GSock.make_socket_with_keywords (names, values);
}

void close_all (GSock.Socket[] sockets) throws GLib.Error {
	foreach (var socket in sockets)
		socket.close (false);
}

void datagrams () throws GLib.Error {
	var udp = make ({"type", "local-host"}, {"datagram", LOCALHOST});
	GSock.Address? sender;
	GSock.MessageFlags flags;
	size_t full_length;

	assert_cmpint ((int) udp.send_to_with_keywords ("hello".data, {"remote-host", "remote-port"}, {LOCALHOST, udp.local_port}), GLib.CompareOperator.EQ, 5);
	var data = udp.receive_from_with_keywords (2, {"timeout"}, {5.0}, out sender, out flags, out full_length);
	assert_cmpstr (to_text (data), GLib.CompareOperator.EQ, "he");
	assert_true (full_length == 5 && GSock.MessageFlags.TRUNCATE in flags);
	assert_true (sender.equal (udp.get_local_address ()));
	udp.close (false);
}

void step_by_step () throws GLib.Error {
	var server = (GSock.PassiveSocket) make ({"connect"}, {"passive"});
	server.bind_address_with_keywords (null, {"host", "port"}, {LOCALHOST, 0});
	server.listen_on_with_keywords ({"backlog"}, {3});
	var client = (GSock.ActiveSocket) make ({"address-family"}, {"ipv4"});
	try {
		server.accept_connection_with_keywords ({"wait"}, {false});
		assert_not_reached ();
	} catch (GSock.Error.WOULD_BLOCK error) {
	}
	client.connect_to (null, {"host", "port", "timeout"}, {LOCALHOST, server.local_port, 5.0});
	var peer = server.accept_connection_with_keywords ({"timeout"}, {5.0});
	assert_true (peer.get_remote_address ().equal (client.get_local_address ()));
	client.set_option ("keep-alive", true);
	assert_true (client.get_option ("keep-alive").get_boolean ());
	client.write_line_with_keywords ("line", null, null);
	client.finish_output_with_keywords (null, null);
	assert_cmpstr (peer.read_line_with_keywords ({"timeout"}, {5.0}), GLib.CompareOperator.EQ, "line");
	client.shutdown (false, true);
	GSock.Address? sender;
	GSock.MessageFlags flags;
	size_t full_length;
	assert_true (peer.receive_from_with_keywords (10, null, null, out sender, out flags, out full_length).length == 0);
	close_all ({server, client, peer});
	try {
		peer.write_line_with_keywords ("line", null, null);
		assert_not_reached ();
	} catch (GSock.Error.CLOSED error) {
	}
}

void messages () throws GLib.Error {
	var udp = make ({"type", "local-host"}, {"datagram", LOCALHOST});
	var here = udp.get_local_address ();
	var message = new GSock.Message ();
	message.add_data ("letter".data);
	message.set_address (here);
	udp.send_message_with_keywords (message, null, null);
	assert_true (udp.receive_message_with_keywords (100, {"timeout"}, {5.0}).get_bytes ().compare (new GLib.Bytes ("letter".data)) == 0);

	var batch = new GSock.Batch ();
	batch.add ("one".data, here);
	batch.add ("two".data, here);
	assert_cmpint ((int) udp.send_many_with_keywords (batch, null, null), GLib.CompareOperator.EQ, 2);
	string[] got = {};
	while (got.length < 2) {
		var n = udp.receive_many_with_keywords (batch, 8, {"timeout"}, {5.0});
		for (uint i = 0; i < n; i++)
			got += to_text (batch.get_data (i));
	}
	assert_cmpstr (string.joinv (" ", got), GLib.CompareOperator.EQ, "one two");
	udp.close (false);
}

void descriptors () throws GLib.Error {
	GSock.Socket left, right;
	GLib.Bytes payload;
	GSock.make_socket_pair_with_keywords ({"type"}, {"seqpacket"}, out left, out right);
	left.send_file_descriptors_with_keywords ({0, 1}, new GLib.Bytes ("two".data), null, null);
	var fds = right.receive_file_descriptors_with_keywords (16, {"size", "timeout"}, {3, 5.0}, out payload);
	assert_true (fds.length == 2 && payload.length == 3);
	foreach (var fd in fds)
		Posix.close (fd);
	assert_true (GLib.IOCondition.OUT in left.wait_for (GLib.IOCondition.OUT, 5));
	close_all ({left, right});
}

async void awaited () throws GLib.Error {
	GSock.Socket left, right;
	GSock.make_socket_pair_with_keywords (null, null, out left, out right);
	assert_true (1 == yield left.send_to_async (new GLib.Bytes ("x".data), null, null, GLib.Priority.DEFAULT, null));
	var data = yield right.receive_from_async (10, {"timeout"}, {5.0}, GLib.Priority.DEFAULT, null, null, null, null);
	assert_true (data.length == 1);
	close_all ({left, right});
}

void without_blocking () throws GLib.Error {
	var loop = new GLib.MainLoop ();
	GLib.Error? failed = null;
	awaited.begin ((_, result) => {
		try {
			awaited.end (result);
		} catch (GLib.Error error) {
			failed = error;
		}
		loop.quit ();
	});
	loop.run ();
	if (failed != null)
		throw failed;
}

void errors () throws GLib.Error {
	try {
		make ({"lokal-host"}, {"x"});
		assert_not_reached ();
	} catch (GSock.Error.UNKNOWN_KEYWORD error) {
		assert_true ("local-host" in error.message);
	}
	try {
		make ({"local-port"}, {"x"});
		assert_not_reached ();
	} catch (GSock.Error.INVALID_KEYWORD error) {
	}
	try {
		make ({"remote-host", "remote-port"}, {LOCALHOST, 1});
		assert_not_reached ();
	} catch (GSock.Error.CONNECTION_REFUSED error) {
	}
}

delegate void Case () throws GLib.Error;

void add (string name, owned Case body) {
	GLib.Test.add_data_func ("/vala-plain/" + name, () => {
		try {
			body ();
		} catch (GLib.Error error) {
			GLib.error ("%s", error.message);
		}
	});
}

int main (string[] args) {
	GLib.Test.init (ref args);
	add ("datagrams", datagrams);
	add ("step-by-step", step_by_step);
	add ("messages", messages);
	add ("descriptors", descriptors);
	add ("without-blocking", without_blocking);
	add ("errors", errors);
	return GLib.Test.run ();
}
