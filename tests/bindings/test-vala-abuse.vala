// SPDX-License-Identifier: LGPL-2.1-or-later
// What a program in Vala can get wrong past its compiler: sizes, times and numbers of any kind, payloads of
// any length, sockets that are closed, and callbacks in the middle of which everything goes.

const double[] TIMES = { 0, -0.5, -1, -2, -3, 1e-12, 1e300, double.NAN, double.INFINITY, -double.INFINITY };
const size_t[] SIZES = { 0, 1, 65536, 1048576, size_t.MAX / 2, size_t.MAX };
const int[] NUMBERS = { 0, 1, -1, 65535, 65536, int.MAX, int.MIN };
const int[] LENGTHS = { 0, 1, 1472, 65507, 65508, 65536, 1048576 };

delegate void Call () throws GLib.Error;

uint answers;
uint errors;

// An answer or an error with a word to it.
void attempt (Call call) {
	try {
		call ();
		answers++;
	} catch (GLib.Error error) {
		assert_true (error.message != "");
		errors++;
	}
}

uint count_descriptors () {
	uint n = 0;
	try {
		var folder = GLib.Dir.open ("/proc/self/fd");
		while (folder.read_name () != null)
			n++;
	} catch (GLib.Error error) {
		GLib.error ("%s", error.message);
	}
	return n;
}

void abuse (GSock.Socket socket) {
	var cancelled = new GLib.Cancellable ();
	cancelled.cancel ();
	foreach (var time in TIMES) {
		attempt (() => socket.receive_from_with_keywords (9, {"timeout"}, {time}, null, null, null, cancelled));
		attempt (() => socket.send_to_with_keywords ("x".data, {"timeout"}, {time}, cancelled));
		attempt (() => socket.wait_for (GLib.IOCondition.IN, time, cancelled));
		socket.set_timeout (time);
	}
	socket.set_timeout (0);
	foreach (var size in SIZES) {
		attempt (() => socket.receive_from_with_keywords (size, null, null, null, null, null));
		attempt (() => socket.receive_message_with_keywords (size, {"wait"}, {false}));
		attempt (() => socket.receive_file_descriptors_with_keywords (size, {"wait"}, {false}, null));
		attempt (() => socket.get_option_bytes (1, 2, size));
	}
	foreach (var number in NUMBERS) {
		attempt (() => socket.send_file_descriptor_with_keywords (number, {"wait"}, {false}));
		attempt (() => socket.set_option_int (number, number, number));
		attempt (() => socket.send_to_with_keywords ("x".data, {"remote-host", "remote-port"}, {"127.0.0.1", number}));
		attempt (() => socket.send_to_with_keywords ("x".data, {"start", "end"}, {number, number}));
		attempt (() => socket.wait_for ((GLib.IOCondition) number, 0));
		attempt (() => GSock.make_socket_from_fd_with_keywords (number, null, null));
		attempt (() => GSock.Address.from_host ("::1", number));
	}
	foreach (var length in LENGTHS) {
		attempt (() => socket.send_to_with_keywords (new uint8[length], {"wait"}, {false}));
		attempt (() => GSock.Address.from_bytes (new uint8[length]));
		attempt (() => {
			var message = new GSock.Message ();
			message.add_data (new uint8[length]);
			socket.send_message_with_keywords (message, {"wait"}, {false});
		});
	}
	// More names than values, and the other way round.
	attempt (() => socket.send_to_with_keywords ("x".data, {"wait", "timeout"}, {false}));
	attempt (() => socket.send_to_with_keywords ("x".data, {}, {false}));
	attempt (() => socket.send_to_with_keywords ("x".data, {"wait"}, {GLib.Value (typeof (GLib.Object))}));
}

void test_arguments () {
	try {
		GSock.Socket left, right;
		// A thread that has waited keeps a descriptor to be woken by.
		GSock.make_socket_pair_with_keywords (null, null, out left, out right);
		abuse (left);
		left.close (true);
		right.close (true);
		var before = count_descriptors ();
		GSock.make_socket_pair_with_keywords (null, null, out left, out right);
		GSock.Socket[] all = {
			left, right,
			GSock.make_socket_with_keywords ({"type", "local-host"}, {"datagram", "127.0.0.1"}),
			GSock.make_socket_with_keywords ({"connect", "local-host"}, {"passive", "127.0.0.1"}),
			(GSock.Socket) GLib.Object.new (typeof (GSock.DatagramSocket))
		};
		foreach (var socket in all)
			abuse (socket);
		foreach (var socket in all)
			socket.close (true);
		foreach (var socket in all)
			abuse (socket);
		assert_true (answers > 20 && errors > 200);
		assert_cmpuint (count_descriptors (), GLib.CompareOperator.EQ, before);
	} catch (GLib.Error error) {
		GLib.error ("%s", error.message);
	}
}

async void receive_and_close (GSock.Socket socket, GLib.MainLoop loop) {
	try {
		yield socket.receive_from_async (9, null, null, GLib.Priority.DEFAULT, null, null, null, null);
		socket.close (false);
		yield socket.receive_from_async (9, null, null, GLib.Priority.DEFAULT, null, null, null, null);
		assert_not_reached ();
	} catch (GSock.Error.CLOSED error) {
		loop.quit ();
	} catch (GLib.Error error) {
		GLib.error ("%s", error.message);
	}
}

// What is awaited holds its socket, and goes on where it was closed.
void test_dropped () {
	try {
		for (var i = 0; i < 20; i++) {
			GSock.Socket? left;
			GSock.Socket right;
			var loop = new GLib.MainLoop ();
			GSock.make_socket_pair_with_keywords (null, null, out left, out right);
			receive_and_close.begin (left, loop);
			left = null;
			right.send_to_with_keywords ("x".data, null, null);
			loop.run ();
			right.close (false);
		}
	} catch (GLib.Error error) {
		GLib.error ("%s", error.message);
	}
}

int main (string[] arguments) {
	GLib.Test.init (ref arguments);
	GLib.Test.add_func ("/vala-abuse/dropped", test_dropped);
	GLib.Test.add_func ("/vala-abuse/arguments", test_arguments);
	return GLib.Test.run ();
}
