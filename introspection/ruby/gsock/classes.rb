# SPDX-License-Identifier: LGPL-2.1-or-later
# Sockets and servers, as far as they have a shape of their own in Ruby.

module GSock
  class Socket
    # The properties that a living socket lets be set, and the options that they are.
    LIVE = {
      broadcast: 'broadcast', include_headers: 'ip-header-include', keepalive: 'keep-alive', nodelay: 'tcp-nodelay',
      reuse_address: 'reuse-address', reuse_port: 'reuse-port'
    }.freeze
    private_constant :LIVE

    class << self
      # Of a class and its keywords. With a block the socket is closed after it.
      def new(*given, **keywords, &block)
        # Ruby-GNOME never gives back an object that it has begun and that is not made.
        return GSock.make_instance(gtype, *given, **keywords) if gtype.abstract?

        made = super(*given, **keywords)
        block ? GSock.send(:close_after, [made], &block) : made
      end

      # Ruby-GNOME puts an initialize of its own between a class and its parent, which is not made to be one
      # of sockets.
      def type_register(*given)
        before = ancestors
        super
        (ancestors - before).each do |hook|
          next unless hook.private_method_defined?(:initialize, false)

          hook.define_method(:initialize) { |*arguments, **keywords| super(*arguments, **keywords) }
        end
      end

      # GObject knows a class of Ruby from the first time that it is asked for.
      def gtype
        type = super
        return type if @registering || type.to_class == self

        superclass.gtype
        @registering = true
        type_register("GSockRuby-#{name.to_s.gsub(/\W+/, '-')}-#{object_id}")
        super
      end
    end

    native_init = instance_method(:init_with_keywords)
    undef_method :init_with_keywords
    define_method(:initialize) do |cancellable: nil, **keywords|
      super()
      native_init.bind_call(self, cancellable: cancellable, **keywords)
    end

    # What can only be given when a socket is made is no attribute to be set.
    def self.settle_setters(kind)
      kind.instance_methods(false).grep(/\A\w+=\z/).each do |setter|
        name = setter.to_s.chomp('=').to_sym
        option = LIVE[name]
        if option
          kind.define_method(setter) { |value| set_option(option, value) }
          kind.alias_method("set_#{name}", setter)
          next
        end
        next if %i[active_type multicast_interface multicast_loopback multicast_ttl timeout ttl unlink_on_close].include?(name)

        kind.remove_method(setter)
        kind.remove_method("set_#{name}") if kind.method_defined?("set_#{name}", false)
      end
    end
    private_class_method :settle_setters
    [Socket, ActiveSocket, PassiveSocket, DatagramSocket, RawSocket].each { |kind| settle_setters(kind) }

    native_timeout = instance_method(:set_timeout)
    define_method(:timeout=) { |value| native_timeout.bind_call(self, Values.seconds('timeout', value)) }
    alias_method :set_timeout, :timeout=

    # So that IO.select and whatever asks for a descriptor takes the socket.
    def fileno
      file_descriptor
    end

    def to_io
      fd = fileno
      @io = nil unless @io && @io.fileno == fd
      @io ||= IO.for_fd(fd, 'r+b', autoclose: false)
    end

    def options
      @options ||= Options.new(self)
    end

    def get_option(name)
      Values.parse(get_option_text(Values.text(name)))
    end

    def closed?
      !open?
    end

    def inspect
      "#<#{self.class} #{self}>"
    rescue StandardError
      "#<#{self.class} (not made)>"
    end

    # Calls the block, in the main context, whenever the socket is ready, until it gives false.
    native_watch = instance_method(:watch)
    define_method(:watch) do |condition = :in, priority: 0, &block|
      raise ArgumentError, 'watch calls a block back' unless block

      key = Object.new
      callback = lambda do |socket, ready|
        goes_on = Callbacks.guard(false) { block.call(socket, ready) != false }
        # A socket that is closed is told of once.
        Callbacks.release(key) unless goes_on && socket.open?
        goes_on
      end
      Callbacks.keeping(key, self, callback) do
        native_watch.bind_call(self, condition, priority, &callback).tap { |watch| watch.send(:keep_as, key) }
      end
    end

    native_receive = instance_method(:receive_many)
    define_method(:receive_many) do |most, batch: Batch.new, **keywords|
      native_receive.bind_call(self, batch, most, **keywords)
      batch.to_a
    end

    native_receive_async = instance_method(:receive_many_async)
    define_method(:receive_many_async) do |most, batch: Batch.new, **keywords, &block|
      back = block && ->(count, error) { block.call(count && batch.to_a, error) }
      count = native_receive_async.bind_call(self, batch, most, **keywords, &back)
      block ? count : batch.to_a
    end

    %i[send_message send_message_async].each do |name|
      native = instance_method(name)
      define_method(name) do |message = nil, **keywords, &block|
        raise ArgumentError, "#{name}: message is missing" if message.nil?

        native.bind_call(self, Batches.message(message, keywords), **keywords, &block)
      end
    end
  end

  class DatagramSocket
    # That of Gio's datagrams has callbacks that Ruby-GNOME cannot make.
    undef_method :create_source
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
      @socket.set_option(name, value)
    end
  end

  class Watch
    native_cancel = instance_method(:cancel)
    define_method(:cancel) do
      native_cancel.bind_call(self)
      Callbacks.release(@key)
      self
    end

    private

    def keep_as(key)
      @key = key
    end
  end

  class ActiveSocket
    # The lines that come until the other side ends.
    def each_line(**keywords)
      return to_enum(:each_line, **keywords) unless block_given?

      while (line = read_line(**keywords))
        yield line
      end
      self
    end

    # Text, as streams of Ruby take it.
    def <<(text)
      write_text(text.to_s)
      self
    end
  end

  class PassiveSocket
    include Enumerable

    alias accept_many accept_many_as_list
    undef_method :accept_many_as_list

    native_type = instance_method(:set_active_type)
    define_method(:active_type=) do |type|
      type = type.gtype if type.respond_to?(:gtype)
      unless type.is_a?(GLib::Type) && type <= ActiveSocket.gtype
        raise InvalidKeyword, "active-type: a class derived from GSock::ActiveSocket is wanted, not #{type.inspect}"
      end
      native_type.bind_call(self, type)
    end
    alias_method :set_active_type, :active_type=

    # Accepts connections until the socket is closed.
    def each(**keywords)
      return to_enum(:each, **keywords) unless block_given?

      yield accept_connection(**keywords) while open?
      self
    rescue Error::Closed
      raise if open?

      self
    end
  end

  class Server
    native_handler = instance_method(:set_handler)
    define_method(:set_handler) do |&block|
      next native_handler.bind_call(self) unless block

      @handler = ->(server, connection) { Callbacks.guard { block.call(server, connection) } }
      native_handler.bind_call(self, &@handler)
    end

    # A server that runs is kept, with its blocks.
    native_start = instance_method(:start)
    define_method(:start) do |**keywords|
      started = native_start.bind_call(self, **keywords)
      unless @follows
        @follows = signal_connect('notify::running') { Callbacks.release(self) unless running? }
      end
      Callbacks.keep(self)
      started
    end
  end
end
