// SPDX-License-Identifier: LGPL-2.1-or-later
// A server that can be replaced while it runs, without a visitor noticing. It answers each visitor what he
// says. Started a second time with the same path, the new process takes the sockets of the one that runs,
// which ends once the new one serves. So do the others of this name: each can follow on each.
//
//   handover-vala PATH [PORT]   serves until it is interrupted, or replaced
//   handover-vala               starts itself twice, and visits

const double SECONDS = 30;

class Service {
	private GSock.PassiveSocket server;
	private GSock.PassiveSocket control;
	private GSock.Server visitors;
	private GSock.Server successors;
	private GLib.MainLoop loop = new GLib.MainLoop ();

	// Where nobody runs, or has died and left its file behind, this is the first.
	public Service (string path, int port) throws GLib.Error {
		GSock.Socket? channel = null;
		try {
			channel = GSock.make_socket (null, "type", GSock.SocketType.SEQPACKET, "remote-filename", path);
		} catch (GSock.Error.NOT_FOUND error) {
			make_sockets (path, port);
		} catch (GSock.Error.CONNECTION_REFUSED error) {
			make_sockets (path, port);
		}
		if (channel != null)
			take_sockets (channel);
	}

	private void make_sockets (string path, int port) throws GLib.Error {
		server = (GSock.PassiveSocket) GSock.make_socket (null, "connect", GSock.Role.PASSIVE, "local-host", "127.0.0.1", "local-port", port);
		// Only this user may ask for them.
		control = (GSock.PassiveSocket) GSock.make_socket (null, "connect", GSock.Role.PASSIVE, "type", GSock.SocketType.SEQPACKET,
			"local-filename", path, "file-mode", 0600, "replace-stale", true);
	}

	private void take_sockets (GSock.Socket channel) throws GLib.Error {
		string[] names;
		var taken = GSock.handover_take (channel, SECONDS, out names);
		for (var i = 0; i < taken.length; i++) {
			if (names[i] == "server")
				server = taken[i] as GSock.PassiveSocket;
			else if (names[i] == "control")
				control = taken[i] as GSock.PassiveSocket;
		}
		if (server == null || control == null)
			throw new GSock.Error.NOT_FOUND ("the server that runs has not given what this one needs");
		// Whatever a visitor may need is made ready before this.
		GSock.handover_complete (channel, taken.data, SECONDS);
		channel.close (false);
	}

	private async void answer (GSock.ActiveSocket visitor) {
		try {
			var data = yield visitor.receive_bytes_async (1000, GSock.MessageFlags.NONE, true, SECONDS);
			yield visitor.send_bytes_async (data, null, GSock.MessageFlags.NONE, true, SECONDS);
			visitor.close (false);
		} catch (GLib.Error error) {
			// The visitor has gone.
		}
	}

	// Whatever goes wrong with one, this process goes on. Meanwhile it serves.
	private async void hand_over (GSock.ActiveSocket channel) {
		try {
			yield channel.handover_give_async ({server, control}, {"server", "control"}, SECONDS);
			channel.close (false);
			visitors.stop ();
			successors.stop ();
		} catch (GLib.Error error) {
			printerr ("%s\n", error.message);
			return;
		}
		try {
			yield visitors.drain_async (SECONDS);
		} catch (GLib.Error error) {
			printerr ("%s\n", error.message);
		}
		loop.quit ();
	}

	public void run () throws GLib.Error {
		visitors = new GSock.Server (server);
		visitors.connection.connect ((visitor) => answer.begin (visitor));
		visitors.start ();
		successors = new GSock.Server (control);
		successors.max_connections = 1; // at a time
		successors.connection.connect ((channel) => hand_over.begin (channel));
		successors.start ();
		foreach (var number in new int[] {Posix.Signal.INT, Posix.Signal.TERM})
			GLib.Unix.signal_add (number, () => {
				loop.quit ();
				return GLib.Source.REMOVE;
			});
		print ("process %d serves port %u\n", Posix.getpid (), server.local_port);
		loop.run ();
		server.close (false);
		control.close (false);
	}
}

// The show

GLib.Subprocess start (string path, out int port) throws GLib.Error {
	var child = new GLib.Subprocess (GLib.SubprocessFlags.STDOUT_PIPE, "/proc/self/exe", path);
	var line = new GLib.DataInputStream (child.get_stdout_pipe ()).read_line_utf8 () ?? "";
	print ("%s\n", line);
	port = int.parse (line.substring (line.last_index_of (" ") + 1));
	return child;
}

void visit (int port) throws GLib.Error {
	var visitor = GSock.make_socket (null, "remote-host", "127.0.0.1", "remote-port", port, "timeout", 5.0);
	GSock.Received received;
	uint8 room[1001];
	visitor.send_to ("hello".data, null);
	room[visitor.receive_from (room[0:1000], out received, null)] = 0;
	print ("  it answers: %s\n", (string) room);
}

void show_in (string folder, GLib.Queue<GLib.Subprocess> children) throws GLib.Error {
	for (var i = 0; i < 2; i++) {
		int port;
		children.push_tail (start (GLib.Path.build_filename (folder, "control"), out port));
		visit (port);
	}
	children.pop_head ().wait_check ();
	print ("the first has ended\n");
}

void end (GLib.Subprocess child) {
	try {
		child.send_signal (Posix.Signal.TERM);
		child.wait ();
	} catch (GLib.Error error) {
		printerr ("%s\n", error.message);
	}
}

void show () throws GLib.Error {
	var folder = GLib.DirUtils.make_tmp ("gsock-handover-XXXXXX");
	var children = new GLib.Queue<GLib.Subprocess> ();
	try {
		show_in (folder, children);
	} finally {
		while (!children.is_empty ())
			end (children.pop_head ());
		if (GLib.DirUtils.remove (folder) != 0)
			printerr ("there is something in %s\n", folder);
	}
}

int main (string[] args) {
	try {
		if (args.length > 1)
			new Service (args[1], int.parse (args[2] ?? "0")).run ();
		else
			show ();
	} catch (GLib.Error error) {
		printerr ("%s: %s\n", args[0], error.message);
		return 1;
	}
	return 0;
}
