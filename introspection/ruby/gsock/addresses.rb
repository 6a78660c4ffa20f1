# SPDX-License-Identifier: LGPL-2.1-or-later
# Addresses as values of Ruby, and what is received with one.

module GSock
  class Address
    native_gsocket_address = instance_method(:initialize_new_from_gsocket_address)
    define_method(:initialize_new_from_gsocket_address) do |address|
      native_gsocket_address.bind_call(self, Values.object('address', address, Gio::SocketAddress))
    end
    private :initialize_new_from_gsocket_address

    # Each constructor by its own name: new takes the first that its arguments fit.
    private_instance_methods(false).grep(/\Ainitialize_new_/).each do |name|
      singleton_class.send(:define_method, name.to_s.delete_prefix('initialize_')) do |*given|
        allocate.tap { |address| address.send(name, *given) }
      end
    end

    # Of text, such as '127.0.0.1:53', of a host and a port, of packed bytes or of an address of Gio.
    def initialize(*given)
      case given
      in [Gio::SocketAddress => address] then initialize_new_from_gsocket_address(address)
      in [String => text] then initialize_new_from_text(text)
      in [String => host, Integer => port] then initialize_new_from_host(host, port)
      else raise ArgumentError, 'an address is made of text, such as "127.0.0.1:53", or of a host and a port'
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

    def deconstruct_keys(_names)
      { family: family, filename: filename, host: host, port: port }
    end
  end

  # What has data and the address that it came from: data, host and port, one after the other; on local
  # sockets data, filename and nil.
  module Sent
    def host
      address&.host
    end

    def filename
      address&.filename
    end

    def port
      address.port if host
    end

    def to_ary
      [data, host || filename, port]
    end

    def to_a
      to_ary
    end

    def deconstruct
      to_ary
    end

    def deconstruct_keys(_names)
      { address: address, data: data, filename: filename, host: host, port: port, truncated: truncated? }
    end
  end

  # What receive_from gives.
  class Received
    include Sent

    attr_reader :data, :address, :flags, :full_length

    def initialize(data, address, flags, full_length)
      @data = data
      @address = address
      @flags = flags
      @full_length = full_length
    end

    def truncated?
      @full_length > @data.bytesize || (@flags.to_i & MessageFlags::TRUNCATE.to_i) != 0
    end

    def inspect
      "#<GSock::Received #{@data.inspect}#{" from #{@address}" if @address}>"
    end
  end

  class Interface
    alias addresses addresses_as_list

    def to_s
      name
    end

    def inspect
      "#<GSock::Interface #{name}>"
    end
  end
end
