// SPDX-License-Identifier: LGPL-2.1-or-later
// Sends back what it gets, to many at a time: echo-server-vala [PORT]. It prints the port, and serves until
// it is interrupted.

async void echo (GSock.ActiveSocket connection) {
	try {
		for (;;) {
			var data = yield connection.receive_bytes_async (65536);
			if (data.length == 0)
				break;
			yield connection.send_bytes_async (data);
		}
	} catch (GLib.Error error) {
		printerr ("%s: %s\n", connection.to_string (), error.message);
	}
	try {
		connection.close (false);
	} catch (GLib.Error error) {
		printerr ("%s\n", error.message);
	}
}

int main (string[] args) {
	var loop = new GLib.MainLoop ();

	try {
		var listener = (GSock.PassiveSocket) GSock.make_socket (null, "connect", GSock.Role.PASSIVE, "local-host", "127.0.0.1",
			"local-port", args.length > 1 ? int.parse (args[1]) : 0, "nodelay", true);
		var server = new GSock.Server (listener);

		server.connection.connect ((connection) => echo.begin (connection));
		server.start ();
		foreach (var number in new int[] {Posix.Signal.INT, Posix.Signal.TERM})
			GLib.Unix.signal_add (number, () => {
				loop.quit ();
				return GLib.Source.REMOVE;
			});
		print ("127.0.0.1:%d\n", listener.local_port);
		loop.run ();
	} catch (GLib.Error error) {
		printerr ("%s\n", error.message);
		return 1;
	}
	return 0;
}
