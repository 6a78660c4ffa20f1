// SPDX-License-Identifier: LGPL-2.1-or-later
// A client that waits a quarter of a second for an answer, asks again, and can be interrupted meanwhile. What
// has come of an answer when the time is up, or when it is cancelled, is not lost.
//
//   impatient-client-vala HOST PORT [SECONDS]   asks until there is an answer, or Ctrl-C
//   impatient-client-vala                       asks a server that is in no hurry

const double SECONDS = 0.25;
const int LONGEST_LINE = 1000;

// The answer; null where there is none any more.
async string? ask (GSock.ActiveSocket connection, double seconds, GLib.Cancellable? cancellable = null) throws GLib.Error {
	for (;;) {
		connection.write_line ("are you there?", null);
		yield connection.finish_output_async ({"timeout"}, {SECONDS}, GLib.Priority.DEFAULT, cancellable);
		try {
			return yield connection.read_line_async ({"timeout", "maximum-length"}, {seconds, LONGEST_LINE}, GLib.Priority.DEFAULT, cancellable);
		} catch (GSock.Error.TIMED_OUT error) {
			print ("nothing within %g seconds\n", seconds);
		}
	}
}

async void visit (string host, int port, double seconds, GLib.Cancellable cancellable) throws GLib.Error {
	var connection = (GSock.ActiveSocket) yield GSock.make_socket_async ({"remote-host", "remote-port", "timeout"}, {host, port, seconds},
		GLib.Priority.DEFAULT, cancellable);
	var answer = yield ask (connection, seconds, cancellable);
	connection.close (false);
	if (answer == null)
		throw new GSock.Error.CONNECTION_RESET ("the server has hung up");
	print ("the answer: %s\n", answer);
}

// The show: what the server says to each question, in pieces.

async void dawdle (GSock.PassiveSocket listener) {
	try {
		var visitor = yield listener.accept_connection_async ({"timeout"}, {5.0});
		foreach (var answer in new string[] {"", "here ", "I am\n", "", "sorry, I was busy\n"}) {
			yield visitor.read_line_async ({"timeout"}, {5.0});
			yield visitor.write_text_async (answer);
			yield visitor.finish_output_async ({"timeout"}, {5.0});
		}
		visitor.close (false);
	} catch (GLib.Error error) {
		printerr ("%s\n", error.message);
	}
}

async void show () throws GLib.Error {
	var listener = (GSock.PassiveSocket) GSock.make_socket (null, "connect", GSock.Role.PASSIVE, "local-host", "127.0.0.1");
	var connection = (GSock.ActiveSocket) GSock.make_socket (null, "remote-host", "127.0.0.1", "remote-port", listener.local_port);
	dawdle.begin (listener);
	print ("the answer: %s\n", yield ask (connection, SECONDS));

	var cancellable = new GLib.Cancellable ();
	GLib.Timeout.add (100, () => {
		cancellable.cancel ();
		return GLib.Source.REMOVE;
	});
	try {
		yield ask (connection, GSock.TIMEOUT_NEVER, cancellable);
	} catch (GLib.IOError.CANCELLED error) {
		print ("cancelled\n");
	}

	print ("the answer: %s\n", yield ask (connection, 5));
	connection.close (false);
	listener.close (false);
}

async void run (string[] args) throws GLib.Error {
	if (args.length < 3) {
		yield show ();
		return;
	}
	var cancellable = new GLib.Cancellable ();
	foreach (var number in new int[] {Posix.Signal.INT, Posix.Signal.TERM})
		GLib.Unix.signal_add (number, () => {
			cancellable.cancel ();
			return GLib.Source.CONTINUE;
		});
	yield visit (args[1], int.parse (args[2]), args.length > 3 ? double.parse (args[3]) : SECONDS, cancellable);
}

int main (string[] args) {
	var loop = new GLib.MainLoop ();
	var status = 0;

	run.begin (args, (object, result) => {
		try {
			run.end (result);
		} catch (GLib.IOError.CANCELLED error) {
			printerr ("interrupted\n");
			status = 1;
		} catch (GLib.Error error) {
			printerr ("%s: %s\n", args[0], error.message);
			status = 1;
		}
		loop.quit ();
	});
	loop.run ();
	return status;
}
