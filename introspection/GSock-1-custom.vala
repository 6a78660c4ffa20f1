// The calls with keywords as C has them, and what else the GIR cannot say:
//
//   var udp = GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", "127.0.0.1");

[CCode (cheader_filename = "gsock/gsock.h")]
namespace GSock {
	[CCode (error_pos = 1.5, sentinel = "NULL")]
	public GSock.Socket make_socket (GLib.Cancellable? cancellable, ...) throws GLib.Error;
	[CCode (error_pos = 2.5, sentinel = "NULL")]
	public GSock.Socket make_instance (GLib.Type type, GLib.Cancellable? cancellable, ...) throws GLib.Error;
	[CCode (error_pos = 1.5, sentinel = "NULL")]
	public GSock.Socket make_socket_from_fd (int fd, ...) throws GLib.Error;
	[CCode (error_pos = 2.5, sentinel = "NULL")]
	public bool make_socket_pair (out GSock.Socket first, out GSock.Socket second, ...) throws GLib.Error;
	[CCode (cname = "gsock_make_socket_with_keywords_async", finish_name = "gsock_make_socket_finish")]
	public async GSock.Socket make_socket_async ([CCode (array_length = false, array_null_terminated = true)] string[]? names = null, [CCode (array_length_cname = "n_values", array_length_pos = 2.5, array_length_type = "guint")] GLib.Value[]? values = null, int priority = GLib.Priority.DEFAULT, GLib.Cancellable? cancellable = null) throws GLib.Error;
	[CCode (cname = "gsock_make_instance_with_keywords_async", finish_name = "gsock_make_instance_finish")]
	public async GSock.Socket make_instance_async (GLib.Type type, [CCode (array_length = false, array_null_terminated = true)] string[]? names = null, [CCode (array_length_cname = "n_values", array_length_pos = 3.5, array_length_type = "guint")] GLib.Value[]? values = null, int priority = GLib.Priority.DEFAULT, GLib.Cancellable? cancellable = null) throws GLib.Error;

	public int error_from_errno (int error_number);
	public int error_to_errno (int code);
	public unowned string? error_to_condition (int code);

	public abstract class Socket : GLib.Object {
		[CCode (error_pos = 2.5, sentinel = "NULL")]
		public bool bind_address (GSock.Address? address, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (cname = "gsock_socket_connect", error_pos = 2.5, sentinel = "NULL")]
		public bool connect_to (GSock.Address? address, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 2.5, sentinel = "NULL")]
		public ssize_t send_to ([CCode (array_length_type = "gsize")] uint8[] buffer, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 3.5, sentinel = "NULL")]
		public ssize_t receive_from ([CCode (array_length_type = "gsize")] uint8[] buffer, out GSock.Received received, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 2.5, sentinel = "NULL")]
		public ssize_t send_message (GSock.Message message, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 2.5, sentinel = "NULL")]
		public GSock.Message receive_message (size_t size, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 2.5, sentinel = "NULL")]
		public ssize_t send_many (GSock.Batch batch, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 3.5, sentinel = "NULL")]
		public ssize_t receive_many (GSock.Batch batch, uint most, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 2.5, sentinel = "NULL")]
		public bool send_file_descriptor (int fd, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 3.5, sentinel = "NULL")]
		public ssize_t send_file_descriptors ([CCode (array_length_type = "gsize")] int[] fds, GLib.Bytes? payload, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 1.5, sentinel = "NULL")]
		public int receive_file_descriptor (GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (array_length_pos = 1.5, array_length_type = "gsize", error_pos = 3.5, sentinel = "NULL")]
		public int[] receive_file_descriptors (size_t maximum, out GLib.Bytes payload, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 2.5, sentinel = "NULL")]
		public bool send_socket (GSock.Socket socket, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 1.5, sentinel = "NULL")]
		public GSock.Socket receive_socket (GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 1.5, sentinel = "NULL")]
		public bool send_credentials (GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 5.5, sentinel = "NULL")]
		public bool receive_credentials (out int pid, out uint uid, out uint gid, out int pidfd, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		public ssize_t receive_from_direct ([CCode (array_length_type = "gsize")] uint8[] buffer, GSock.MessageFlags flags, bool wait, double timeout, out GSock.Received received, GLib.Cancellable? cancellable = null) throws GLib.Error;
		[CCode (array_length_pos = 0.1, array_length_type = "gsize")]
		public async int[] receive_file_descriptors_async (size_t maximum, [CCode (array_length = false, array_null_terminated = true)] string[]? names = null, [CCode (array_length_cname = "n_values", array_length_pos = 3.5, array_length_type = "guint")] GLib.Value[]? values = null, int priority = GLib.Priority.DEFAULT, GLib.Cancellable? cancellable = null, out GLib.Bytes? payload = null) throws GLib.Error;
		public async GLib.Bytes receive_from_async (size_t size, [CCode (array_length = false, array_null_terminated = true)] string[]? names = null, [CCode (array_length_cname = "n_values", array_length_pos = 3.5, array_length_type = "guint")] GLib.Value[]? values = null, int priority = GLib.Priority.DEFAULT, GLib.Cancellable? cancellable = null, out GSock.Address? sender = null, out GSock.MessageFlags received_flags = null, out size_t full_length = null) throws GLib.Error;
		[CCode (finish_name = "gsock_socket_receive_from_finish")]
		public async GLib.Bytes receive_bytes_async (size_t size, GSock.MessageFlags flags = GSock.MessageFlags.NONE, bool wait = true, double timeout = GSock.TIMEOUT_DEFAULT, int priority = GLib.Priority.DEFAULT, GLib.Cancellable? cancellable = null, out GSock.Address? sender = null, out GSock.MessageFlags received_flags = null, out size_t full_length = null) throws GLib.Error;
		[CCode (finish_name = "gsock_socket_send_to_finish")]
		public async ssize_t send_bytes_async (GLib.Bytes data, GSock.Address? destination = null, GSock.MessageFlags flags = GSock.MessageFlags.NONE, bool wait = true, double timeout = GSock.TIMEOUT_DEFAULT, int priority = GLib.Priority.DEFAULT, GLib.Cancellable? cancellable = null) throws GLib.Error;
		[CCode (cname = "gsock_handover_give_async", finish_name = "gsock_handover_give_finish")]
		public async bool handover_give_async ([CCode (array_length_cname = "n_sockets", array_length_pos = 1.5, array_length_type = "gsize")] GSock.Socket[] sockets, [CCode (array_length = false, array_null_terminated = true)] string[] socket_names, double timeout = GSock.TIMEOUT_DEFAULT, int priority = GLib.Priority.DEFAULT, GLib.Cancellable? cancellable = null) throws GLib.Error;
		[CCode (finish_name = "gsock_socket_connect_to_finish")]
		public async bool connect_direct_async (GSock.Address address, bool wait = true, double timeout = GSock.TIMEOUT_DEFAULT, int priority = GLib.Priority.DEFAULT, GLib.Cancellable? cancellable = null) throws GLib.Error;
	}

	public delegate bool SocketSourceFunc (GSock.Socket socket, GLib.IOCondition condition);

	[Compact]
	[CCode (cname = "GSource")]
	public class Source : GLib.Source {
		[CCode (cname = "g_source_set_callback")]
		public void set_callback ([CCode (type = "GSourceFunc")] owned GSock.SocketSourceFunc callback);
	}

	public class ActiveSocket : GSock.Socket {
		[CCode (error_pos = 1.5, sentinel = "NULL")]
		public string? read_line (GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 2.5, sentinel = "NULL")]
		public bool read_char (out unichar character, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 2.5, sentinel = "NULL")]
		public string read_text (ssize_t n_characters, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 2.5, sentinel = "NULL")]
		public GLib.Bytes read_bytes (ssize_t size, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 2.5, sentinel = "NULL")]
		public bool write_text (string text, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 2.5, sentinel = "NULL")]
		public bool write_line (string text, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 2.5, sentinel = "NULL")]
		public bool write_bytes ([CCode (array_length_type = "gsize")] uint8[] buffer, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 1.5, sentinel = "NULL")]
		public bool finish_output (GLib.Cancellable? cancellable, ...) throws GLib.Error;
	}

	public class PassiveSocket : GSock.Socket {
		[CCode (error_pos = 0.5, sentinel = "NULL")]
		public bool listen_on (...) throws GLib.Error;
		[CCode (error_pos = 1.5, sentinel = "NULL")]
		public GSock.ActiveSocket accept_connection (GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (error_pos = 2.5, sentinel = "NULL")]
		public GLib.GenericArray<GSock.ActiveSocket> accept_many (uint limit, GLib.Cancellable? cancellable, ...) throws GLib.Error;
		[CCode (finish_name = "gsock_passive_socket_accept_connection_finish")]
		public async GSock.ActiveSocket accept_connection_direct_async (bool wait = true, double timeout = GSock.TIMEOUT_DEFAULT, int priority = GLib.Priority.DEFAULT, GLib.Cancellable? cancellable = null) throws GLib.Error;
	}

	public struct Address {
		[CCode (cname = "gsock_address_init_from_host")]
		public Address.from_host (string host, uint port) throws GLib.Error;
		[CCode (cname = "gsock_address_init_from_filename")]
		public Address.from_filename (string filename) throws GLib.Error;
		[CCode (cname = "gsock_address_init_from_bytes")]
		public Address.from_bytes ([CCode (array_length_type = "gsize")] uint8[] bytes) throws GLib.Error;
		[CCode (cname = "gsock_address_init_from_text")]
		public Address.from_text (string text) throws GLib.Error;
		[CCode (cname = "gsock_address_new_abstract")]
		public static GSock.Address? make_abstract ([CCode (array_length_type = "gsize")] uint8[] name) throws GLib.Error;
		[CCode (cname = "gsock_address_new_netlink")]
		public static GSock.Address? make_netlink (uint32 port, uint32 groups);
		[CCode (cname = "gsock_address_new_for_family")]
		public static GSock.Address? make_for_family (int family, [CCode (array_length_type = "gsize")] uint8[]? data) throws GLib.Error;
		[CCode (cname = "gsock_address_new_from_gsocket_address")]
		public static GSock.Address? make_from_gsocket_address (GLib.SocketAddress address) throws GLib.Error;
	}
}
