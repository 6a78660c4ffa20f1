# SPDX-License-Identifier: LGPL-2.1-or-later
# What has a shape of its own in Ruby: sockets with blocks, what is received, messages and batches.

module GSock
  # What receive_from gives: data, host and port; on local sockets data, filename and nil.
  class Received
    attr_reader :data, :address, :flags, :full_length

    def initialize(data, address, flags, full_length)
      @data = data
      @address = address
      @flags = flags
      @full_length = full_length
    end

    def host
      @address&.host
    end

    def filename
      @address&.filename
    end

    def port
      @address.port if host
    end

    def truncated?
      @full_length > @data.bytesize || (@flags.to_i & MessageFlags::TRUNCATE.to_i) != 0
    end

    def to_ary
      [@data, host || filename, port]
    end
    alias to_a to_ary
  end

  class Address
    # Each constructor by its own name: new takes the first that its arguments fit.
    private_instance_methods(false).grep(/\Ainitialize_new_/).each do |name|
      define_singleton_method(name.to_s.delete_prefix('initialize_')) do |*given|
        allocate.tap { |address| address.send(name, *given) }
      end
    end

    def to_s
      to_text
    end

    def inspect
      "#<GSock::Address #{to_text}>"
    end

    def eql?(other)
      other.is_a?(Address) && self == other
    end

    def hash
      to_text.hash
    end
  end

  class Socket
    # Of a class and its keywords.
    def self.new(**keywords, &block)
      GSock.make_instance(gtype, **keywords, &block)
    end

    def options
      @options ||= Options.new(self)
    end

    def get_option(name)
      Values.parse(get_option_text(name.to_s))
    end

    # Calls the block, in the main context, whenever the socket is ready, until it gives false.
    native_watch = instance_method(:watch)
    define_method(:watch) do |condition, priority: 0, &block|
      native_watch.bind_call(self, condition, priority) { |socket, ready| block.call(socket, ready) != false }
    end

    native_receive_many = instance_method(:receive_many)
    define_method(:receive_many) do |most, batch: Batch.new, **keywords|
      native_receive_many.bind_call(self, batch, most, **keywords)
      Batches.unpack(batch)
    end

    native_send_message = instance_method(:send_message)
    define_method(:send_message) do |message, **keywords|
      native_send_message.bind_call(self, Batches.message(message, keywords), **keywords)
    end
  end

  # socket.options[:linger] = [true, 5]
  class Options
    def initialize(socket)
      @socket = socket
    end

    def [](name)
      @socket.get_option(name)
    end

    def []=(name, value)
      @socket.set_option(name.to_s, value)
    end
  end

  class PassiveSocket
    include Enumerable

    # Accepts connections until the socket is closed.
    def each(**keywords)
      return to_enum(:each, **keywords) unless block_given?

      yield accept_connection(**keywords) while open?
    rescue Error::Closed
      self
    end
  end

  # Messages and batches, native values in and native values out.
  module Batches
    module_function

    PARTS = %i[packet_info segment_size traffic_class ttl].freeze

    # A message of a string, or of a list of them; its parts are taken out of the keywords.
    def message(value, keywords)
      return value if value.is_a?(Message)

      message = Message.new
      Array(value).each { |data| message.add_data(data) }
      Array(keywords.delete(:file_descriptors)).each { |fd| message.add_file_descriptor(fd) }
      credentials = keywords.delete(:credentials)
      message.set_credentials(*credentials) if credentials
      PARTS.each do |name|
        part = keywords.delete(name)
        message.public_send("set_#{name}", *part) unless part.nil?
      end
      message
    end

    # Bytes, [bytes, address] or [bytes, host, port].
    def pack(what, value)
      return value if value.is_a?(Batch)
      raise TypeError, "#{what}: a list of datagrams is wanted, not #{value.inspect}" unless value.is_a?(Array)

      value.each_with_object(Batch.new) do |datagram, batch|
        data, host, port = datagram.is_a?(Received) ? [datagram.data, datagram.address] : datagram
        batch.add(data, port ? Address.new_from_host(host, port) : host)
      end
    end

    def unpack(batch)
      Array.new(batch.count) do |i|
        Received.new(batch.get_data(i), batch.get_address(i)&.copy, batch.get_flags(i), batch.get_full_length(i))
      end
    end
  end
  private_constant :Batches

  class Message
    def data
      bytes.to_s.b
    end

    def host
      address&.host
    end

    def port
      address.port if host
    end

    def to_ary
      [data, host || address&.filename, port]
    end
  end

  class << self
    # With a block the sockets are closed after it.
    %i[make_socket make_socket_from_fd make_instance make_socket_pair].each do |name|
      native = instance_method(name)
      define_method(name) do |*given, **keywords, &block|
        made = native.bind_call(self, *given, **keywords)
        next made unless block

        # A passive socket has a to_a, which would accept.
        all = made.is_a?(Array) ? made : [made]
        begin
          block.call(*all)
        ensure
          all.each(&:close)
        end
      end
    end

    native_wait = instance_method(:wait_for_any)
    define_method(:wait_for_any) do |sockets, conditions = :in, **keywords|
      conditions = sockets.map { conditions } unless conditions.is_a?(Array)
      native_wait.bind_call(self, sockets, conditions, **keywords)
    end
  end
end
