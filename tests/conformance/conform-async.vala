// SPDX-License-Identifier: LGPL-2.1-or-later
// The operators that are awaited.

namespace Conform {
	// Runs the main context until it is there.
	public Item settle (Call call) throws GLib.Error {
		var loop = new GLib.MainLoop ();
		GLib.AsyncResult? result = null;
		await_operator.begin (call, (source, answer) => {
			result = answer;
			loop.quit ();
		});
		loop.run ();
		return await_operator.end (result);
	}

	private async Item await_operator (Call call) throws GLib.Error {
		var operator = call.operator.substring (0, call.operator.length - "-async".length);
		if (operator.has_prefix ("make-") || operator.has_prefix ("lookup-"))
			return yield await_function (call, operator);
		if (call.socket is GSock.ActiveSocket && (operator.has_prefix ("read-") || operator.has_prefix ("write-") || operator == "finish-output"))
			return yield await_stream (call, operator, (GSock.ActiveSocket) call.socket);
		if (operator.has_suffix ("-descriptor") || operator.has_suffix ("-descriptors") || operator.has_suffix ("-credentials") || operator.has_suffix ("-socket"))
			return yield await_descriptors (call, operator, call.socket);
		return yield await_data (call, operator, call.socket);
	}

	private async Item await_function (Call call, string operator) throws GLib.Error {
		switch (operator) {
		case "make-socket":
			return new Item.of_object (yield GSock.make_socket_async (call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "make-instance":
			return new Item.of_object (yield GSock.make_instance_async (call.argument (0).gtype, call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "lookup-hostname":
			string true_name;
			var list = new Item.list ();
			var mode = (GSock.Ipv6Mode) call.integer (1, GSock.Ipv6Mode.YES);
			var found = yield GSock.lookup_hostname_async (call.text (0), mode, call.cancellable, out true_name);
			for (var i = 0; i < found.length; i++)
				list.items.add (new Item.of_address (found[i]));
			return list_of (list, new Item.of_text (true_name));
		default:
			string service;
			var host = yield GSock.lookup_name_async (call.argument (0).address, call.argument (1).integer != 0, call.cancellable, out service);
			return list_of (new Item.of_text (host), new Item.of_text (service));
		}
	}

	private async Item await_stream (Call call, string operator, GSock.ActiveSocket socket) throws GLib.Error {
		switch (operator) {
		case "read-line":
			return new Item.of_text (yield socket.read_line_async (call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "read-text":
			return new Item.of_text (yield socket.read_text_async ((ssize_t) call.integer (0, -1), call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "read-bytes":
			return new Item.of_bytes (yield socket.read_bytes_async ((ssize_t) call.integer (0, -1), call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "read-char":
			unichar character;
			var read = yield socket.read_char_async (call.names, call.values, GLib.Priority.DEFAULT, call.cancellable, out character);
			return new Item.of_text (read ? character.to_string () : null);
		case "write-line":
			return truth (yield socket.write_line_async (call.text (0), call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "write-text":
			return truth (yield socket.write_text_async (call.text (0), call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "write-bytes":
			return truth (yield socket.write_bytes_async (call.argument (0).bytes, call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		default:
			return truth (yield socket.finish_output_async (call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		}
	}

	private async Item await_data (Call call, string operator, GSock.Socket socket) throws GLib.Error {
		switch (operator) {
		case "accept-connection":
			return new Item.of_object (yield ((GSock.PassiveSocket) socket).accept_connection_async (call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "connect-to":
			return truth (yield socket.connect_to_async (call.argument (0).address, call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "send-to":
			return new Item.of_integer (yield socket.send_to_async (call.argument (0).bytes, call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "receive-from":
			GSock.Address? sender;
			GSock.MessageFlags flags;
			size_t full_length;
			var data = yield socket.receive_from_async ((size_t) call.integer (0), call.names, call.values, GLib.Priority.DEFAULT, call.cancellable, out sender, out flags, out full_length);
			return received (data, sender, flags, full_length);
		case "send-message":
			var message = make_message (call);
			return new Item.of_integer (yield socket.send_message_async (message, call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "receive-message":
			return new Item.of_message (yield socket.receive_message_async ((size_t) call.integer (0), call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "send-many":
			return new Item.of_integer (yield socket.send_many_async (make_batch (call.argument (0)), call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		default:
			var batch = new GSock.Batch ();
			yield socket.receive_many_async (batch, (uint) call.integer (0), call.names, call.values, GLib.Priority.DEFAULT, call.cancellable);
			return list_of_batch (batch);
		}
	}

	private async Item await_descriptors (Call call, string operator, GSock.Socket socket) throws GLib.Error {
		switch (operator) {
		case "send-file-descriptor":
			return truth (yield socket.send_file_descriptor_async ((int) call.integer (0), call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "receive-file-descriptor":
			return new Item.of_integer (yield socket.receive_file_descriptor_async (call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "send-file-descriptors":
			return new Item.of_integer (yield socket.send_file_descriptors_async (numbers_of (call.argument (0)), call.argument (1).bytes, call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "receive-file-descriptors":
			GLib.Bytes payload;
			var list = numbers (yield socket.receive_file_descriptors_async ((size_t) call.integer (0), call.names, call.values, GLib.Priority.DEFAULT, call.cancellable, out payload));
			list.named["payload"] = new Item.of_bytes (payload);
			return list;
		case "send-socket":
			return truth (yield socket.send_socket_async ((GSock.Socket) call.argument (0).object, call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "receive-socket":
			return new Item.of_object (yield socket.receive_socket_async (call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		case "send-credentials":
			return truth (yield socket.send_credentials_async (call.names, call.values, GLib.Priority.DEFAULT, call.cancellable));
		default:
			int pid, pidfd;
			uint uid, gid;
			yield socket.receive_credentials_async (call.names, call.values, GLib.Priority.DEFAULT, call.cancellable, out pid, out uid, out gid, out pidfd);
			return list_of (new Item.of_integer (pid), new Item.of_integer (uid), new Item.of_integer (gid), new Item.of_known (pidfd));
		}
	}
}
