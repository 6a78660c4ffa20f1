// SPDX-License-Identifier: LGPL-2.1-or-later
// The operators, each called as Vala calls it. Keywords are known only when the program runs, so they
// are given as lists of names and values.

namespace Conform {
	public delegate Item Operator (Call call) throws GLib.Error;

	private class Row {
		public Operator operate;

		public Row (owned Operator operate) {
			this.operate = (owned) operate;
		}
	}

	private HashTable<string, Row>? rows = null;

	public Item operate (Call call) throws GLib.Error {
		if (rows == null) {
			rows = new HashTable<string, Row> (str_hash, str_equal);
			add_making ();
			add_naming ();
			add_data ();
			add_descriptors ();
			add_streams ();
			add_options ();
			add_groups ();
			add_addresses ();
			add_predicates ();
			add_messages ();
			add_lookups ();
			add_waiting ();
			add_defaults ();
			add_helpers ();
		}
		if (call.operator.has_suffix ("-async"))
			return settle (call);
		var row = rows[call.operator];
		if (row == null)
			throw new Problem.NO_OPERATOR ("there is no operator %s", call.operator);
		return row.operate (call);
	}

	private void add (string name, owned Operator operate) {
		rows[name] = new Row ((owned) operate);
	}

	internal Item truth (bool done) {
		return new Item.of_boolean (done);
	}

	internal Item list_of (Item first, Item? second = null, Item? third = null, Item? fourth = null) {
		var list = new Item.list ();
		foreach (unowned var item in new Item?[] { first, second, third, fourth })
			if (item != null)
				list.items.add (item);
		return list;
	}

	private GSock.ActiveSocket active (Call call) {
		return (GSock.ActiveSocket) call.socket;
	}

	private GSock.PassiveSocket passive (Call call) {
		return (GSock.PassiveSocket) call.socket;
	}

	private GSock.DatagramSocket datagram (Call call) {
		return (GSock.DatagramSocket) call.socket;
	}

	private void add_making () {
		add ("make-socket", call => new Item.of_object (GSock.make_socket_with_keywords (call.names, call.values, call.cancellable)));
		add ("make-instance", call => new Item.of_object (GSock.make_instance_with_keywords (call.argument (0).gtype, call.names, call.values, call.cancellable)));
		add ("make-socket-from-fd", call => new Item.of_object (GSock.make_socket_from_fd_with_keywords ((int) call.integer (0), call.names, call.values)));
		add ("make-socket-pair", call => {
			GSock.Socket first, second;
			GSock.make_socket_pair_with_keywords (call.names, call.values, out first, out second);
			return list_of (new Item.of_object (first), new Item.of_object (second));
		});
		add ("make-socket-from-gsocket", call => new Item.of_object (GSock.make_socket_from_gsocket ((GLib.Socket) call.argument (0).object)));
		add ("construct", call => new Item.of_object (GLib.Object.@new (call.argument (0).gtype)));
		add ("make-sockets-from-activation", call => {
			string[] names;
			return new Item.of_integer (GSock.make_sockets_from_activation_with_keywords (call.names, call.values, out names).length);
		});
	}

	private void add_naming () {
		add ("bind-address", call => truth (call.socket.bind_address_with_keywords (call.argument (0).address, call.names, call.values, call.cancellable)));
		add ("connect-to", call => truth (call.socket.connect_to_with_keywords (call.argument (0).address, call.names, call.values, call.cancellable)));
		add ("finish-connect", call => {
			var timeout = call.take ("timeout");
			return truth (call.socket.finish_connect (true, timeout == null ? GSock.TIMEOUT_DEFAULT : (double) timeout.integer, call.cancellable));
		});
		add ("disconnect-peer", call => truth (datagram (call).disconnect_peer ()));
		add ("shutdown", call => truth (call.socket.shutdown (call.take ("read") != null, call.take ("write") != null)));
		add ("close", call => truth (call.socket.close (call.take ("abort") != null)));
		add ("get-file-descriptor", call => new Item.of_integer (call.socket.get_file_descriptor ()));
		add ("get-local-address", call => new Item.of_address (call.socket.get_local_address ()));
		add ("get-remote-address", call => new Item.of_address (call.socket.get_remote_address ()));
		add ("copy-local-address", call => {
			GSock.Address address;
			call.socket.copy_local_address (out address);
			return new Item.of_address (address);
		});
		add ("copy-remote-address", call => {
			GSock.Address address;
			call.socket.copy_remote_address (out address);
			return new Item.of_address (address);
		});
		add ("to-string", call => new Item.of_text (call.socket.to_string ()));
		add ("to-gsocket", call => new Item.of_object (call.socket.to_gsocket ()));
		add ("listen-on", call => truth (passive (call).listen_on_with_keywords (call.names, call.values)));
		add ("accept-connection", call => new Item.of_object (passive (call).accept_connection_with_keywords (call.names, call.values, call.cancellable)));
		add ("accept-many", call => {
			var list = new Item.list ();
			foreach (var socket in passive (call).accept_many_as_list ((uint) call.integer (0), call.names, call.values, call.cancellable))
				list.items.add (new Item.of_object (socket));
			return list;
		});
	}

	// What there is of a datagram, by name and, as far as it is for all, in order.
	internal Item received (GLib.Bytes data, GSock.Address? sender, GSock.MessageFlags flags, size_t full_length) {
		var host = sender == null ? null : sender.get_host ();
		var list = list_of (new Item.of_bytes (data), new Item.of_text (host), host == null ? new Item () : new Item.of_integer (sender.get_port ()));
		list.named["data"] = list.items[0];
		list.named["host"] = list.items[1];
		list.named["port"] = list.items[2];
		list.named["filename"] = new Item.of_text (sender == null ? null : sender.get_filename ());
		list.named["address"] = new Item.of_address (sender);
		list.named["flags"] = new Item.of_integer (flags);
		list.named["full-length"] = new Item.of_integer ((int64) full_length);
		list.named["truncated"] = truth (full_length > data.length || GSock.MessageFlags.TRUNCATE in flags);
		return list;
	}

	private void add_data () {
		add ("send-to", call => new Item.of_integer (call.socket.send_to_with_keywords (call.argument (0).bytes.get_data (), call.names, call.values, call.cancellable)));
		add ("receive-from", call => {
			GSock.Address? sender;
			GSock.MessageFlags flags;
			size_t full_length;
			var data = call.socket.receive_from_with_keywords ((size_t) call.integer (0), call.names, call.values, out sender, out flags, out full_length, call.cancellable);
			return received (new GLib.Bytes (data), sender, flags, full_length);
		});
		add ("send-message", call => {
			var message = make_message (call);
			return new Item.of_integer (call.socket.send_message_with_keywords (message, call.names, call.values, call.cancellable));
		});
		add ("receive-message", call => new Item.of_message (call.socket.receive_message_with_keywords ((size_t) call.integer (0), call.names, call.values, call.cancellable)));
		add ("send-many", call => new Item.of_integer (call.socket.send_many_with_keywords (make_batch (call.argument (0)), call.names, call.values, call.cancellable)));
		add ("receive-many", call => {
			var batch = new GSock.Batch ();
			call.socket.receive_many_with_keywords (batch, (uint) call.integer (0), call.names, call.values, call.cancellable);
			return list_of_batch (batch);
		});
	}

	internal Item list_of_batch (GSock.Batch batch) {
		var list = new Item.list ();
		for (uint i = 0; i < batch.get_count (); i++)
			list.items.add (received (new GLib.Bytes (batch.get_data (i)), batch.get_address (i), batch.get_flags (i), batch.get_full_length (i)));
		return list;
	}

	internal GSock.Message make_message (Call call) throws GLib.Error {
		var message = new GSock.Message ();
		var data = call.argument (0);
		if (data.kind == Item.Kind.BYTES)
			message.add_bytes (data.bytes);
		for (var i = 0; i < data.items.length; i++)
			message.add_bytes (data.items[i].bytes);

		var part = call.take ("ttl");
		if (part != null)
			message.set_ttl ((int) part.integer);
		part = call.take ("traffic-class");
		if (part != null)
			message.set_traffic_class ((int) part.integer);
		part = call.take ("packet-info");
		if (part != null)
			message.set_packet_info (GSock.Address.from_host (part.items[0].text, 0), (uint) part.items[1].integer);
		part = call.take ("file-descriptors");
		for (var i = 0; part != null && i < part.items.length; i++)
			message.add_file_descriptor ((int) part.items[i].integer);
		part = call.take ("controls");
		for (var i = 0; part != null && i < part.items.length; i++) {
			var control = part.items[i].items;
			message.add_control ((int) control[0].integer, (int) control[1].integer, control[2].bytes.get_data ());
		}
		return message;
	}

	// Of bytes, of bytes and an address, or of bytes, a host and a port.
	internal GSock.Batch make_batch (Item list) throws GLib.Error {
		var batch = new GSock.Batch ();
		for (var i = 0; i < list.items.length; i++) {
			var datagram = list.items[i];
			if (datagram.kind == Item.Kind.BYTES)
				batch.add (datagram.bytes.get_data (), null);
			else if (datagram.items.length == 2)
				batch.add (datagram.items[0].bytes.get_data (), datagram.items[1].address);
			else
				batch.add (datagram.items[0].bytes.get_data (), GSock.Address.from_host (datagram.items[1].text, (uint) datagram.items[2].integer));
		}
		return batch;
	}

	internal Item numbers (int[] numbers) {
		var list = new Item.list ();
		foreach (var number in numbers)
			list.items.add (new Item.of_integer (number));
		return list;
	}

	internal int[] numbers_of (Item list) {
		int[] numbers = {};
		for (var i = 0; i < list.items.length; i++)
			numbers += (int) list.items[i].integer;
		return numbers;
	}

	private void add_descriptors () {
		add ("send-file-descriptor", call => truth (call.socket.send_file_descriptor_with_keywords ((int) call.integer (0), call.names, call.values, call.cancellable)));
		add ("send-file-descriptors", call => {
			var fds = numbers_of (call.argument (0));
			return new Item.of_integer (call.socket.send_file_descriptors_with_keywords (fds, call.argument (1).bytes, call.names, call.values, call.cancellable));
		});
		add ("receive-file-descriptor", call => new Item.of_integer (call.socket.receive_file_descriptor_with_keywords (call.names, call.values, call.cancellable)));
		add ("receive-file-descriptors", call => {
			GLib.Bytes payload;
			var list = numbers (call.socket.receive_file_descriptors_with_keywords ((size_t) call.integer (0), call.names, call.values, out payload, call.cancellable));
			list.named["payload"] = new Item.of_bytes (payload);
			return list;
		});
		add ("send-socket", call => truth (call.socket.send_socket_with_keywords ((GSock.Socket) call.argument (0).object, call.names, call.values, call.cancellable)));
		add ("receive-socket", call => new Item.of_object (call.socket.receive_socket_with_keywords (call.names, call.values, call.cancellable)));
		add ("peer-credentials", call => {
			int pid;
			uint uid, gid;
			call.socket.peer_credentials (out pid, out uid, out gid);
			return list_of (new Item.of_integer (pid), new Item.of_integer (uid), new Item.of_integer (gid));
		});
		add ("peer-groups", call => new Item.of_integer (call.socket.peer_groups ().length));
		add ("peer-security", call => new Item.of_text (call.socket.peer_security ()));
		add ("peer-pidfd", call => new Item.of_integer (call.socket.peer_pidfd ()));
		add ("send-credentials", call => truth (call.socket.send_credentials_with_keywords (call.names, call.values, call.cancellable)));
		add ("receive-credentials", call => {
			int pid, pidfd;
			uint uid, gid;
			call.socket.receive_credentials_with_keywords (call.names, call.values, out pid, out uid, out gid, out pidfd, call.cancellable);
			return list_of (new Item.of_integer (pid), new Item.of_integer (uid), new Item.of_integer (gid), new Item.of_known (pidfd));
		});
	}

	private void add_streams () {
		add ("read-line", call => new Item.of_text (active (call).read_line_with_keywords (call.names, call.values, call.cancellable)));
		add ("read-char", call => {
			unichar character;
			var read = active (call).read_char_with_keywords (call.names, call.values, out character, call.cancellable);
			return new Item.of_text (read ? character.to_string () : null);
		});
		add ("read-text", call => new Item.of_text (active (call).read_text_with_keywords ((ssize_t) call.integer (0, -1), call.names, call.values, call.cancellable)));
		add ("read-bytes", call => new Item.of_bytes (new GLib.Bytes (active (call).read_bytes_with_keywords ((ssize_t) call.integer (0, -1), call.names, call.values, call.cancellable))));
		add ("write-text", call => truth (active (call).write_text_with_keywords (call.text (0), call.names, call.values, call.cancellable)));
		add ("write-line", call => truth (active (call).write_line_with_keywords (call.text (0), call.names, call.values, call.cancellable)));
		add ("write-bytes", call => truth (active (call).write_bytes_with_keywords (call.argument (0).bytes.get_data (), call.names, call.values, call.cancellable)));
		add ("finish-output", call => truth (active (call).finish_output_with_keywords (call.names, call.values, call.cancellable)));
		add ("clear-input", call => new Item.of_integer (active (call).clear_input ()));
		add ("create-io-stream", call => new Item.of_object (active (call).create_io_stream ()));
	}

	private void add_options () {
		add ("set-option", call => truth (call.socket.set_option (call.text (0), call.argument (1).to_variant ())));
		add ("get-option", call => Item.of_variant (call.socket.get_option (call.text (0))));
		add ("get-option-text", call => new Item.of_text (call.socket.get_option_text (call.text (0))));
		add ("set-option-int", call => truth (call.socket.set_option_int ((int) call.integer (0), (int) call.integer (1), (int) call.integer (2))));
		add ("get-option-int", call => {
			int value;
			call.socket.get_option_int ((int) call.integer (0), (int) call.integer (1), out value);
			return new Item.of_integer (value);
		});
		add ("set-option-bytes", call => truth (call.socket.set_option_bytes ((int) call.integer (0), (int) call.integer (1), call.argument (2).bytes.get_data ())));
		add ("get-option-bytes", call => new Item.of_bytes (call.socket.get_option_bytes ((int) call.integer (0), (int) call.integer (1), (size_t) call.integer (2))));
	}

	private void add_groups () {
		add ("join-group", call => truth (datagram (call).join_group (call.text (0), call.text (1), call.text (2))));
		add ("leave-group", call => truth (datagram (call).leave_group (call.text (0), call.text (1), call.text (2))));
		add ("block-source", call => truth (datagram (call).block_source (call.text (0), call.text (1), call.text (2))));
		add ("unblock-source", call => truth (datagram (call).unblock_source (call.text (0), call.text (1), call.text (2))));
		add ("set-multicast-interface", call => truth (datagram (call).set_multicast_interface (call.text (0))));
		add ("get-multicast-interface", call => new Item.of_text (datagram (call).get_multicast_interface ()));
		add ("set-multicast-loopback", call => truth (datagram (call).set_multicast_loopback (call.argument (0).integer != 0)));
		add ("get-multicast-loopback", call => truth (datagram (call).get_multicast_loopback ()));
		add ("set-multicast-ttl", call => truth (datagram (call).set_multicast_ttl ((int) call.integer (0))));
		add ("get-multicast-ttl", call => new Item.of_integer (datagram (call).get_multicast_ttl ()));
		add ("set-ttl", call => truth (datagram (call).set_ttl ((int) call.integer (0))));
	}

	private void add_addresses () {
		add ("address-from-host", call => new Item.of_address (GSock.Address.from_host (call.text (0), (uint) call.integer (1))));
		add ("address-from-text", call => new Item.of_address (GSock.Address.from_text (call.text (0))));
		add ("address-from-filename", call => new Item.of_address (GSock.Address.from_filename (call.text (0))));
		add ("address-from-bytes", call => new Item.of_address (GSock.Address.from_bytes (call.argument (0).bytes.get_data ())));
		add ("address-abstract", call => new Item.of_address (GSock.Address.make_abstract (call.argument (0).bytes.get_data ())));
		add ("address-for-family", call => new Item.of_address (GSock.Address.make_for_family ((int) call.integer (0), call.argument (1).bytes.get_data ())));
		add ("address-netlink", call => new Item.of_address (GSock.Address.make_netlink ((uint32) call.integer (0), (uint32) call.integer (1))));
		add ("address-from-gsocket-address", call => new Item.of_address (GSock.Address.make_from_gsocket_address ((GLib.SocketAddress) call.argument (0).object)));
		add ("to-gsocket-address", call => new Item.of_object (call.self.address.to_gsocket_address ()));
		add ("with-port", call => new Item.of_address (call.self.address.with_port ((uint) call.integer (0))));
		add ("with-scope", call => new Item.of_address (call.self.address.with_scope ((uint32) call.integer (0), (uint32) call.integer (1))));
		add ("map-to-ipv4", call => new Item.of_address (call.self.address.map_to_ipv4 ()));
		add ("map-to-ipv6", call => new Item.of_address (call.self.address.map_to_ipv6 ()));
		add ("equal", call => truth (call.self.address.equal (call.argument (0).address)));
		add ("get-host", call => new Item.of_text (call.self.address.get_host ()));
		add ("get-filename", call => new Item.of_text (call.self.address.get_filename ()));
		add ("to-text", call => new Item.of_text (call.self.address.to_text ()));
		add ("get-port", call => new Item.of_integer (call.self.address.get_port ()));
		add ("get-family", call => new Item.of_integer (call.self.address.get_family ()));
		add ("get-groups", call => new Item.of_integer (call.self.address.get_groups ()));
		add ("get-scope-id", call => new Item.of_integer (call.self.address.get_scope_id ()));
		add ("get-flow-info", call => new Item.of_integer (call.self.address.get_flow_info ()));
		add ("get-bytes", call => new Item.of_bytes (call.self.address.get_bytes ()));
	}

	private void add_predicates () {
		add ("is-abstract", call => truth (call.self.address.is_abstract ()));
		add ("is-broadcast", call => truth (call.self.address.is_broadcast ()));
		add ("is-global", call => truth (call.self.address.is_global ()));
		add ("is-in-network", call => truth (call.self.address.is_in_network ((GLib.InetAddressMask) call.argument (0).object)));
		add ("is-ipv4-compatible", call => truth (call.self.address.is_ipv4_compatible ()));
		add ("is-ipv4-mapped", call => truth (call.self.address.is_ipv4_mapped ()));
		add ("is-link-local", call => truth (call.self.address.is_link_local ()));
		add ("is-loopback", call => truth (call.self.kind == Item.Kind.INTERFACE ? call.self.network_interface.is_loopback () : call.self.address.is_loopback ()));
		add ("is-multicast", call => truth (call.self.address.is_multicast ()));
		add ("is-multicast-global", call => truth (call.self.address.is_multicast_global ()));
		add ("is-multicast-link-local", call => truth (call.self.address.is_multicast_link_local ()));
		add ("is-multicast-node-local", call => truth (call.self.address.is_multicast_node_local ()));
		add ("is-multicast-organization-local", call => truth (call.self.address.is_multicast_organization_local ()));
		add ("is-multicast-site-local", call => truth (call.self.address.is_multicast_site_local ()));
		add ("is-multicast-transient", call => truth (call.self.address.is_multicast_transient ()));
		add ("is-private", call => truth (call.self.address.is_private ()));
		add ("is-site-local", call => truth (call.self.address.is_site_local ()));
		add ("is-unspecified", call => truth (call.self.address.is_unspecified ()));
	}

	private void add_messages () {
		add ("get-data", call => new Item.of_bytes (call.self.message.get_bytes ()));
		add ("get-address", call => new Item.of_address (call.self.message.get_address ()));
		add ("get-full-length", call => new Item.of_integer ((int64) call.self.message.get_full_length ()));
		add ("get-truncated", call => truth (call.self.message.is_truncated ()));
		add ("get-control-truncated", call => truth (call.self.message.is_control_truncated ()));
		add ("get-ttl", call => call.self.message == null ? new Item.of_integer (datagram (call).get_ttl ()) : new Item.of_known (call.self.message.get_ttl ()));
		add ("get-traffic-class", call => new Item.of_known (call.self.message.get_traffic_class ()));
		add ("get-segment-size", call => new Item.of_known (call.self.message.get_segment_size ()));
		add ("get-overflow-count", call => new Item.of_known (call.self.message.get_overflow_count ()));
		add ("get-timestamp", call => new Item.of_known (call.self.message.get_timestamp ()));
		add ("get-packet-info", call => {
			GSock.Address address;
			uint number;
			if (!call.self.message.get_packet_info (out address, out number))
				return new Item ();
			return list_of (new Item.of_text (address.get_host ()), new Item.of_integer (number));
		});
		add ("get-credentials", call => {
			int pid;
			uint uid, gid;
			if (!call.self.message.get_credentials (out pid, out uid, out gid))
				return new Item ();
			return list_of (new Item.of_integer (pid), new Item.of_integer (uid), new Item.of_integer (gid));
		});
		add ("get-extended-error", call => {
			int number, origin, type, code;
			uint info;
			GSock.Address offender;
			if (!call.self.message.get_extended_error (out number, out origin, out type, out code, out info, out offender))
				return new Item ();
			return list_of (new Item.of_integer (number), new Item.of_integer (origin), new Item.of_integer (type), new Item.of_integer (code));
		});
		add ("get-n-file-descriptors", call => new Item.of_integer (call.self.message.get_n_file_descriptors ()));
		add ("take-file-descriptors", call => numbers (call.self.message.take_file_descriptors ()));
	}

	private void add_lookups () {
		add ("lookup-hostname", call => {
			string true_name;
			var mode = (GSock.Ipv6Mode) call.integer (1, GSock.Ipv6Mode.YES);
			var list = new Item.list ();
			foreach (unowned var address in GSock.lookup_hostname_as_list (call.text (0), mode, out true_name))
				list.items.add (new Item.of_address (address));
			return list_of (list, new Item.of_text (true_name));
		});
		add ("lookup-name", call => {
			string service;
			var host = GSock.lookup_name (call.argument (0).address, call.argument (1).integer != 0, out service);
			return list_of (new Item.of_text (host), new Item.of_text (service));
		});
		add ("lookup-service", call => {
			string? name, protocol;
			var port = GSock.lookup_service (call.text (0), call.text (1), out name, out protocol);
			return list_of (new Item.of_integer (port), new Item.of_text (name), new Item.of_text (protocol));
		});
		add ("lookup-protocol", call => {
			string name;
			string[] aliases;
			var number = GSock.lookup_protocol (call.text (0), out name, out aliases);
			return list_of (new Item.of_integer (number), new Item.of_text (name));
		});
		add ("lookup-interface", call => new Item.of_interface (GSock.lookup_interface (call.text (0))));
		add ("list-network-interfaces", call => {
			var list = new Item.list ();
			foreach (var one in GSock.list_network_interfaces_as_list ())
				list.items.add (new Item.of_interface (one));
			return list;
		});
		add ("get-name", call => new Item.of_text (call.self.network_interface.get_name ()));
		add ("get-index", call => new Item.of_integer (call.self.network_interface.get_index ()));
		add ("get-hardware-address", call => new Item.of_bytes (call.self.network_interface.get_hardware_address ()));
		add ("get-addresses", call => new Item.of_integer (call.self.network_interface.get_addresses ().length));
		add ("is-up", call => truth (call.self.network_interface.is_up ()));
		add ("has-multicast", call => truth (call.self.network_interface.has_multicast ()));
	}

	private GLib.IOCondition condition_of (Item item) {
		var conditions = (FlagsClass) typeof (GLib.IOCondition).class_ref ();
		return (GLib.IOCondition) conditions.get_value_by_nick (item.text).value;
	}

	private double seconds_of (Item item) {
		return item.kind == Item.Kind.REAL ? item.real : (double) item.integer;
	}

	// What is called back keeps the condition, once.
	private class Told {
		public GLib.IOCondition condition = 0;

		public bool once (GSock.Socket socket, GLib.IOCondition condition) {
			this.condition = condition;
			return GLib.Source.REMOVE;
		}

		public Item await () {
			while (condition == 0)
				GLib.MainContext.default ().iteration (true);
			return new Item.of_integer (condition);
		}
	}

	private void add_waiting () {
		add ("watch", call => {
			var told = new Told ();
			call.socket.watch (condition_of (call.argument (0)), GLib.Priority.DEFAULT, told.once);
			return told.await ();
		});
		add ("create-source", call => {
			var told = new Told ();
			var source = call.socket.create_source (condition_of (call.argument (0)));
			source.set_callback (told.once);
			source.attach (null);
			return told.await ();
		});
		add ("wait-for", call => new Item.of_integer (call.socket.wait_for (condition_of (call.argument (0)), seconds_of (call.argument (1)), (GLib.Cancellable?) call.argument (2).object)));
		add ("wait-for-any", call => {
			GSock.Socket[] sockets = {};
			uint[] conditions = {};
			for (var i = 0; i < call.argument (0).items.length; i++) {
				sockets += (GSock.Socket) call.argument (0).items[i].object;
				conditions += condition_of (call.argument (1).items[i]);
			}
			var list = new Item.list ();
			foreach (var socket in GSock.wait_for_any_as_list (sockets, conditions, seconds_of (call.take ("timeout"))))
				list.items.add (new Item.of_object (socket));
			return list;
		});
	}

	private void add_defaults () {
		add ("get-default-backlog", call => new Item.of_integer (GSock.get_default_backlog ()));
		add ("set-default-backlog", call => {
			GSock.set_default_backlog ((uint) call.integer (0));
			return new Item ();
		});
		add ("get-default-ipv6-mode", call => new Item.of_integer (GSock.get_default_ipv6_mode ()));
		add ("set-default-ipv6-mode", call => {
			GSock.set_default_ipv6_mode ((GSock.Ipv6Mode) call.integer (0));
			return new Item ();
		});
		add ("get-default-linger-seconds", call => new Item.of_integer (GSock.get_default_linger_seconds ()));
		add ("set-default-linger-seconds", call => {
			GSock.set_default_linger_seconds ((uint) call.integer (0));
			return new Item ();
		});
		add ("get-default-attempt-delay", call => new Item.of_real (GSock.get_default_attempt_delay ()));
		add ("set-default-attempt-delay", call => {
			GSock.set_default_attempt_delay (seconds_of (call.argument (0)));
			return new Item ();
		});
		add ("list-options", call => {
			var list = new Item.list ();
			foreach (unowned var name in GSock.list_options ())
				list.items.add (new Item.of_text (name));
			return list;
		});
		add ("error-to-errno", call => new Item.of_integer (GSock.error_to_errno ((int) call.integer (0))));
		add ("error-from-errno", call => new Item.of_integer (GSock.error_from_errno ((int) call.integer (0))));
		add ("error-to-condition", call => new Item.of_text (GSock.error_to_condition ((int) call.integer (0))));
	}

	private void add_helpers () {
		add ("value", call => call.argument (0));
		add ("cancelled", call => {
			var cancellable = new GLib.Cancellable ();
			cancellable.cancel ();
			return new Item.of_object (cancellable);
		});
		add ("process-id", call => new Item.of_integer (Posix.getpid ()));
		add ("gsocket-address", call => new Item.of_object (new GLib.InetSocketAddress.from_string (call.text (0), (uint) call.integer (1))));
		add ("network", call => new Item.of_object (new GLib.InetAddressMask.from_string (call.text (0))));
		add ("file-descriptors-from-activation", call => {
			string[] names;
			return numbers (GSock.file_descriptors_from_activation (true, out names));
		});
		add ("notify-service-manager", call => truth (GSock.notify_service_manager (call.text (0), true, GSock.TIMEOUT_NEVER)));
		add ("store-file-descriptors", call => truth (GSock.store_file_descriptors ({ (int) call.argument (0).items[0].integer }, call.text (1), true, true, GSock.TIMEOUT_NEVER)));
		add ("remove-stored-file-descriptors", call => truth (GSock.remove_stored_file_descriptors (call.text (0), true, GSock.TIMEOUT_NEVER)));
		add ("wait-for-service-manager", call => truth (GSock.wait_for_service_manager (seconds_of (call.argument (0)))));
	}
}
