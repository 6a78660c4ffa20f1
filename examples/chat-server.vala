// SPDX-License-Identifier: LGPL-2.1-or-later
// A chat for many, line by line, with nc and the like. Whoever comes gives a name; then each line goes to
// all the others. Who does not read, or writes more than the others could read, is put out.
//
//   chat-server-vala PORT [HOST]   serves until it is interrupted
//   chat-server-vala               two visitors meet, and what they hear is told

const int MOST_LINES = 50; // of one member within a second
const int LONGEST_LINE = 1000; // bytes
const int LONGEST_NAME = 20; // characters
const double TIME_FOR_A_NAME = 60; // seconds
const int BACKLOG = 65536; // bytes that wait for a member who does not read, and as many in the kernel
const int MOST_MEMBERS = 500;

class Member : GLib.Object {
	public GSock.ActiveSocket connection;
	public string name;
	public string reason = "gone";
	private int64 second;
	private int lines;
	private bool sending;
	private bool more;

	public Member (GSock.ActiveSocket connection, string name) {
		this.connection = connection;
		this.name = name;
	}

	// Nobody waits for a slow reader: the line is in his buffer, until that is full.
	public void tell (string line) {
		try {
			connection.write_line (line, null, "wait", false);
			send_lines.begin ();
		} catch (GSock.Error.WOULD_BLOCK error) {
			reason = "put out: he does not read";
			close_socket (connection, true);
		} catch (GLib.Error error) {
			// Whoever reads from it meets that too.
		}
	}

	// One sends for all lines; those that come while it ends are more.
	private async void send_lines () {
		more = true;
		if (sending)
			return;
		sending = true;
		while (more) {
			more = false;
			try {
				yield connection.finish_output_async ();
			} catch (GLib.Error error) {
				// As above.
			}
		}
		sending = false;
	}

	public bool writes_too_much () {
		var now = GLib.get_monotonic_time () / 1000000;
		lines = now == second ? lines + 1 : 1;
		second = now;
		return lines > MOST_LINES;
	}
}

void close_socket (GSock.Socket socket, bool abort) {
	try {
		socket.close (abort);
	} catch (GLib.Error error) {
		printerr ("%s\n", error.message);
	}
}

class Chat {
	private GLib.HashTable<string, Member> members = new GLib.HashTable<string, Member> (str_hash, str_equal);

	private void tell_all (string line, Member? speaker = null) {
		members.foreach ((name, member) => {
			if (member != speaker)
				member.tell (line);
		});
	}

	private void announce (string line) {
		print ("%s\n", line);
		tell_all (line);
	}

	private bool is_free_name (string name) {
		if (name == "" || name.char_count () > LONGEST_NAME || name in members)
			return false;
		unichar character;
		for (var i = 0; name.get_next_char (ref i, out character);)
			if (!character.isprint ())
				return false;
		return true;
	}

	// One that nobody else has; null where the visitor leaves.
	private async string? ask_name (GSock.ActiveSocket connection) throws GLib.Error {
		var question = "* who are you?";
		for (;;) {
			connection.write_line (question, null, "wait", false);
			yield connection.finish_output_async ({"timeout"}, {TIME_FOR_A_NAME});
			var line = yield connection.read_line_async ({"maximum-length", "timeout"}, {LONGEST_LINE, TIME_FOR_A_NAME});
			if (line == null)
				return null;
			var name = line.strip ();
			if (is_free_name (name))
				return name;
			question = "* that is no name, or somebody has it; who are you?";
		}
	}

	private async void hear (Member member) throws GLib.Error {
		for (;;) {
			var line = yield member.connection.read_line_async ({"maximum-length"}, {LONGEST_LINE});
			if (line == null)
				return;
			if (member.writes_too_much ()) {
				member.reason = "put out: he writes too much";
				return;
			}
			tell_all (@"$(member.name): $line", member);
		}
	}

	private async void stay (Member member) {
		members[member.name] = member;
		announce (@"* $(member.name) has come");
		try {
			yield hear (member);
		} catch (GSock.Error.MESSAGE_TOO_LONG error) {
			member.reason = "put out: his line has no end";
		} catch (GSock.Error.INVALID_TEXT error) {
			member.reason = "put out: that is no text";
		} catch (GSock.Error.CLOSED error) {
			// By tell, which knows why.
		} catch (GLib.Error error) {
			member.reason = "lost";
		}
		announce (@"* $(member.name) is $(member.reason)");
		members.remove (member.name);
	}

	public async void serve (GSock.ActiveSocket connection) {
		try {
			var name = yield ask_name (connection);
			if (name != null)
				yield stay (new Member (connection, name));
			// Nobody waits for what does not go at once.
			connection.finish_output (null, "wait", false);
			connection.close (false);
		} catch (GLib.Error error) {
			close_socket (connection, true);
		}
	}
}

GSock.Server open_chat (string host, int port) throws GLib.Error {
	// What is set here holds for the connections too: with keepalive the kernel notices after a few minutes
	// that somebody who says nothing is not there any more.
	var listener = (GSock.PassiveSocket) GSock.make_socket (null, "connect", GSock.Role.PASSIVE, "local-host", host, "local-port", port,
		"reuse-address", true, "backlog", 512, "keepalive", true, "tcp-keepidle", 60, "nodelay", true,
		"send-buffer", BACKLOG, "output-buffer-size", BACKLOG);
	var server = new GSock.Server (listener);
	var chat = new Chat ();
	server.max_connections = MOST_MEMBERS;
	server.connection.connect ((connection) => chat.serve.begin (connection));
	server.start ();
	return server;
}

void serve (string port, string host) throws GLib.Error {
	var loop = new GLib.MainLoop ();
	var server = open_chat (host, int.parse (port));
	foreach (var number in new int[] {Posix.Signal.INT, Posix.Signal.TERM})
		GLib.Unix.signal_add (number, () => {
			loop.quit ();
			return GLib.Source.REMOVE;
		});
	print ("%s\n", server.listener.to_string ());
	loop.run ();
	server.stop ();
	server.listener.close (false);
}

// Two visitors

async void say (GSock.ActiveSocket visitor, string line) throws GLib.Error {
	visitor.write_line (line, null);
	yield visitor.finish_output_async ({"timeout"}, {5.0});
}

async void hear (string name, GSock.ActiveSocket visitor) throws GLib.Error {
	print ("  %s hears: %s\n", name, yield visitor.read_line_async ({"timeout"}, {5.0}));
}

async GSock.ActiveSocket come (uint port, string name) throws GLib.Error {
	var visitor = (GSock.ActiveSocket) yield GSock.make_socket_async ({"remote-host", "remote-port"}, {"127.0.0.1", port});
	yield hear (name, visitor);
	yield say (visitor, name);
	yield hear (name, visitor);
	return visitor;
}

async void meet () throws GLib.Error {
	var server = open_chat ("127.0.0.1", 0);
	var ann = yield come (server.listener.local_port, "Ann");
	var bob = yield come (server.listener.local_port, "Bob");
	yield hear ("Ann", ann);
	yield say (ann, "hello");
	yield hear ("Bob", bob);
	yield say (bob, "hi, Ann");
	yield hear ("Ann", ann);
	bob.close (true);
	yield hear ("Ann", ann);
	ann.close (false);
	yield server.drain_async (5);
	server.listener.close (false);
}

void show () throws GLib.Error {
	var loop = new GLib.MainLoop ();
	GLib.AsyncResult? result = null;
	meet.begin ((object, ended) => {
		result = ended;
		loop.quit ();
	});
	loop.run ();
	meet.end (result);
}

int main (string[] args) {
	GLib.Intl.setlocale (); // names are printed as the terminal has them
	try {
		if (args.length > 1)
			serve (args[1], args[2] ?? "127.0.0.1");
		else
			show ();
	} catch (GLib.Error error) {
		printerr ("%s: %s\n", args[0], error.message);
		return 1;
	}
	return 0;
}
