# SPDX-License-Identifier: LGPL-2.1-or-later
# Messages and batches, native values in and native values out.

module GSock
  # One piece of data with its address, and what the kernel tells of it or is told with it.
  class Message
    include Sent

    native_control = instance_method(:get_control)
    native_bytes = instance_method(:bytes)
    %i[overflow_count segment_size traffic_class ttl].each do |name|
      native = instance_method(name)
      define_method(name) { native.bind_call(self).then { |value| value unless value.negative? } }
    end
    %i[segment_size traffic_class ttl].each do |name|
      native = instance_method("set_#{name}")
      define_method("#{name}=") { |value| native.bind_call(self, value.nil? ? -1 : value) }
    end

    def data
      Values.octets(bytes)
    end

    define_method(:bytes) { native_bytes.bind_call(self) || '' }

    # Level, type and content of what the kernel sent along and gsock has no name for.
    define_method(:controls) { Array.new(n_controls) { |i| native_control.bind_call(self, i) } }

    native_error = instance_method(:extended_error)
    define_method(:extended_error) do
      errno, origin, type, code, info, offender = native_error.bind_call(self)
      errno && { errno: errno, origin: origin, type: type, code: code, info: info, offender: offender&.host }
    end

    # When it came.
    def timestamp
      seconds, nanoseconds = receive_time
      seconds && Time.at(seconds, nanoseconds, :nsec)
    end

    def credentials=(value)
      set_credentials(*Batches.parts(value, 'credentials', %w[pid uid gid]))
    end

    # The host that it came to, and the interface.
    native_info = instance_method(:packet_info)
    define_method(:packet_info) do
      address, interface = native_info.bind_call(self)
      address && [address.host, interface]
    end

    def packet_info=(value)
      set_packet_info(*Batches.parts(value, 'packet_info', %w[address interface]))
    end

    def inspect
      "#<GSock::Message #{data.inspect}#{" from #{address}" if address}>"
    end
  end

  # Many datagrams; receive_many fills it.
  class Batch
    include Enumerable

    native_data = instance_method(:get_data)
    define_method(:get_data) { |i| Values.octets(native_data.bind_call(self, i)) }

    alias size count
    alias length count
    undef_method :count

    def count(*given, &block)
      given.empty? && !block ? size : super
    end

    def each
      return to_enum(:each) { size } unless block_given?

      size.times { |i| yield self[i] }
      self
    end

    def [](index)
      return unless Values.whole('index', index).between?(0, size - 1)

      Received.new(get_data(index), get_address(index)&.copy, get_flags(index), get_full_length(index))
    end

    def <<(datagram)
      data, host, port = datagram.is_a?(Received) ? [datagram.data, datagram.address] : datagram
      add(data, port ? Address.new_from_host(host, port) : host)
      self
    end
  end

  # From and to native values.
  module Batches
    module_function

    PARTS = {
      controls: ->(message, controls) { controls.each { |one| message.add_control(*parts(one, 'a control', %w[level type bytes])) } },
      credentials: ->(message, value) { message.credentials = value },
      file_descriptors: ->(message, fds) { Array(fds).each { |fd| message.add_file_descriptor(fd) } },
      packet_info: ->(message, value) { message.packet_info = value },
      segment_size: ->(message, value) { message.segment_size = value },
      traffic_class: ->(message, value) { message.traffic_class = value },
      ttl: ->(message, value) { message.ttl = value }
    }.freeze

    def parts(value, what, names)
      return value if value.is_a?(Array) && value.size == names.size

      raise TypeError, "#{what}: [#{names.join(', ')}] is wanted, not #{value.inspect}"
    end

    # A message of a string, or of a list of them; its parts are taken out of the keywords.
    def message(value, keywords)
      given = PARTS.keys.select { |name| !keywords[name].nil? }
      if value.is_a?(Message)
        raise ArgumentError, "the message has its parts in it: set its #{given.first} before" if given.any?

        return value
      end
      message = Message.new
      (value.is_a?(Array) ? value : [value]).each { |data| message.add_data(data) }
      given.each { |name| PARTS[name].call(message, keywords.delete(name)) }
      message
    end

    # Bytes, [bytes, address] or [bytes, host, port].
    def pack(what, value)
      return value if value.is_a?(Batch)
      raise TypeError, "#{what}: a list of datagrams is wanted, not #{value.inspect}" unless value.is_a?(Array)

      value.each_with_object(Batch.new) do |datagram, batch|
        refuse(what, datagram) if datagram.is_a?(Array) && !datagram.size.between?(1, 3)
        data = datagram.is_a?(Array) ? datagram.first : datagram
        refuse(what, datagram) unless [String, Received, GLib::Bytes].any? { |kind| data.is_a?(kind) }
        batch << datagram
      end
    end

    def refuse(what, datagram)
      raise TypeError, "#{what}: bytes, [bytes, address] or [bytes, host, port] are wanted, not #{datagram.inspect}"
    end
  end
  private_constant :Batches
end
