// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs the cases of a manifest, one line of TAP for each; see run.py for what is in one.

namespace Conform {
	public errordomain Problem {
		MISMATCH,
		NO_OPERATOR
	}

	// A call of an operator: its receiver, its arguments in order, and by name as the library takes them.
	public class Call {
		public string operator;
		public Item? self;
		public GenericArray<Item> arguments = new GenericArray<Item> ();
		public GenericArray<Item> given = new GenericArray<Item> ();
		public string[] names = {};
		public GLib.Cancellable? cancellable;

		public GLib.Value[] values {
			owned get {
				GLib.Value[] all = {};
				for (var i = 0; i < given.length; i++)
					all += given[i].to_value ();
				return all;
			}
		}

		public GSock.Socket socket {
			get { return (GSock.Socket) self.object; }
		}

		public Item argument (int number) {
			return number < arguments.length ? arguments[number] : new Item ();
		}

		public int64 integer (int number, int64 otherwise = 0) {
			var item = argument (number);
			return item.kind == Item.Kind.INTEGER ? item.integer : otherwise;
		}

		public unowned string? text (int number) {
			return argument (number).text;
		}

		public void add (string name, Item item) {
			var all = names;
			all += name;
			names = all;
			given.add (item);
		}

		// One that is given by name, and taken from the others.
		public Item? take (string name) {
			for (var i = 0; i < names.length; i++)
				if (names[i] == name) {
					var taken = given[i];
					string[] left = {};
					for (var j = 0; j < names.length; j++)
						if (j != i)
							left += names[j];
					names = left;
					given.remove_index (i);
					return taken;
				}
			return null;
		}
	}

	// The words of a step.
	public class Words {
		public string[] words;
		public int at;
		private HashTable<string, Item> variables;

		public Words (owned string[] words, HashTable<string, Item> variables) {
			this.words = (owned) words;
			this.variables = variables;
		}

		public Item take () throws GLib.Error {
			var word = words[at++];
			if (word == "(") {
				var list = new Item.list ();
				while (words[at] != ")")
					list.items.add (take ());
				at++;
				return list;
			}
			return word.has_prefix ("$") ? read (word.substring (1)) : Item.of_word (word);
		}

		public Item read (string text) throws GLib.Error {
			var parts = text.split (".");
			var item = variables[parts[0]];
			for (var i = 1; i < parts.length; i++)
				item = item.part (parts[i]);
			return item;
		}
	}

	public class Case {
		private HashTable<string, Item> variables = new HashTable<string, Item> (str_hash, str_equal);
		private GenericArray<GSock.Socket> made = new GenericArray<GSock.Socket> ();

		private void keep (Item item) {
			if (item.object is GSock.Socket)
				made.add ((GSock.Socket) item.object);
			for (var i = 0; i < item.items.length; i++)
				keep (item.items[i]);
		}

		private Item read (Call call, Words words) throws GLib.Error {
			var expected = new Item.anything ();
			while (words.at < words.words.length) {
				var word = words.words[words.at];
				if (word == "->") {
					words.at++;
					expected = words.take ();
				} else if (word.has_prefix ("=")) {
					words.at++;
					var item = words.take ();
					if (word == "=cancellable") {
						call.cancellable = (GLib.Cancellable) item.object;
					} else {
						call.add (word.substring (1), item);
					}
				} else {
					call.arguments.add (words.take ());
				}
			}
			return expected;
		}

		// Variable, operator, receiver, outcome, part of the message, words.
		public void step (string[] fields) throws GLib.Error {
			var words = new Words (fields[6:fields.length], variables);
			var call = new Call ();
			call.operator = fields[2];
			if (fields[3] != "-")
				call.self = words.read (fields[3]);
			var expected = read (call, words);
			Item result;
			try {
				result = operate (call);
			} catch (GLib.Error error) {
				check_error (error, call.operator, fields[4], text_of_hex (fields[5]));
				return;
			}
			keep (result);
			if (fields[4] != "ok" && fields[4] != "any")
				throw new Problem.MISMATCH ("%s answers %s, not %s", call.operator, result.show (), fields[4]);
			if (!expected.matches (result))
				throw new Problem.MISMATCH ("%s answers %s, not %s", call.operator, result.show (), expected.show ());
			variables[fields[1]] = result;
		}

		public void close () {
			for (var i = 0; i < made.length; i++)
				try {
					made[i].close (false);
				} catch (GLib.Error error) {
					// It is closed all the same.
				}
		}
	}

	// To Vala every error domain is of the type GError.
	[CCode (cname = "gsock_error_get_type")]
	extern GLib.Type error_type ();

	string code_of (GLib.Error error) {
		if (error is GLib.IOError.CANCELLED)
			return "cancelled";
		if (!(error is GSock.Error))
			return "own";
		var codes = (EnumClass) error_type ().class_ref ();
		return codes.get_value (error.code).value_nick;
	}

	// A keyword stands in a message as it was given.
	void check_error (GLib.Error error, string operator, string outcome, string part) throws GLib.Error {
		var code = code_of (error);
		var told = part.replace ("_", "-") in error.message.replace ("_", "-");
		if (outcome != "any" && (code != outcome || !told))
			throw new Problem.MISMATCH ("%s fails with %s (%s), not %s %s", operator, code, error.message, outcome, part);
	}

	string? try_case (GenericArray<string> steps) {
		var one = new Case ();
		string? problem = null;
		try {
			for (var i = 0; i < steps.length; i++)
				one.step (steps[i].split ("\t"));
		} catch (GLib.Error error) {
			problem = error.message;
		}
		one.close ();
		return problem;
	}

	public static int main (string[] arguments) {
		// By their names types are found only when they are there.
		foreach (var type in new GLib.Type[] { typeof (GSock.ActiveSocket), typeof (GSock.PassiveSocket), typeof (GSock.DatagramSocket), typeof (GSock.AddressFamily), error_type (), typeof (GSock.Ipv6Mode), typeof (GSock.MessageFlags), typeof (GSock.SocketType), typeof (GLib.IOCondition) })
			type.ensure ();

		string text;
		try {
			FileUtils.get_contents (arguments[1], out text);
		} catch (GLib.Error error) {
			stderr.printf ("%s\n", error.message);
			return 2;
		}
		var lines = text.chomp ().split ("\n");
		var number = 0;
		for (var i = 0; i < lines.length;) {
			var fields = lines[i++].split ("\t");
			var steps = new GenericArray<string> ();
			while (i < lines.length && lines[i].has_prefix ("step"))
				steps.add (lines[i++]);
			var problem = fields[2] == "" ? try_case (steps) : null;
			if (problem != null)
				stdout.printf ("# %s\n", problem);
			stdout.printf ("%s %d %s%s\n", problem == null ? "ok" : "not ok", ++number, fields[1], fields[2] == "" ? "" : " # SKIP " + fields[2]);
			stdout.flush ();
		}
		return 0;
	}
}
