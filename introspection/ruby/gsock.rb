# SPDX-License-Identifier: LGPL-2.1-or-later
# gsock as Ruby has it: keyword arguments, symbols for enumerations, native values, an error class per code,
# blocks that close. Every function is wrapped by its arguments in the typelib while it is loaded, so an
# operator that is added to the library needs nothing here. Only what has another shape is written out.

require 'gobject-introspection'
require 'gio2'
require 'gsock/values'
require 'gsock/callbacks'

module GSock
  # Stands in the calls for what was not given.
  MISSING = Object.new.freeze
  private_constant :MISSING

  DEFAULTS = {
    abort: false, condition: :in, flags: 0, ipv6: 1, limit: 0, n_characters: -1, names: nil, numeric: false, poll: true,
    priority: 0, read: false, size: 65536, timeout: -2.0, unset_environment: true, values: nil, wait: true, write: false
  }.freeze
  private_constant :DEFAULTS

  # The arguments of one function, and what becomes of its results.
  class Shape
    # These have no socket whose timeout they could take.
    WITHOUT_SOCKET = %w[wait_for_any drain_async].freeze

    attr_reader :operator

    def initialize(info)
      @operator = info.name.delete_suffix('_as_list')
      @arguments = info.in_args.reject { |argument| argument.name == 'callback' }
      @names = @arguments.map { |argument| argument.name.to_sym }
      @keyworded = @names.include?(:names)
      @leading = @keyworded ? @names.take_while { |name| name != :names } : @names
      @nullable = @arguments.select(&:may_be_null?).map { |argument| argument.name.to_sym } - %i[buffer data]
    end

    # All that the function of C takes, in its order.
    def arrange(given, keywords)
      if given.size > @leading.size
        raise ArgumentError, "#{@operator} takes #{@leading.size} arguments and keywords"
      end
      keywords = keywords.merge(@leading.zip(given).first(given.size).to_h)
      take_host(keywords)
      named = (@names - %i[names values]).to_h { |name| [name, take(name, keywords)] }
      pack(named, keywords)
      @names.map { |name| named[name] }
    end

    private

    # The leading argument of bind_address and connect_to may be a host.
    def take_host(keywords)
      return unless @keyworded && @leading.include?(:address) && keywords[:address].is_a?(String)

      keywords[:host] = keywords.delete(:address)
    end

    # What is nil is as if it were not given, but for the value of an option.
    def take(name, keywords)
      given = keywords.key?(name)
      value = keywords.delete(name)
      value = default_of(name) if value.nil? && !(given && name == :value)
      raise ArgumentError, "#{@operator}: #{name} is missing" if value.equal?(MISSING)

      check(name, Values.convert(@operator, name, value))
    end

    # Ruby-GNOME takes the pointer of whatever it is given for that of an object, but for what is only compared.
    def check(name, value)
      kind, is_list = classes[name]
      return value if value.nil? || !kind || @operator == 'equal'

      what = "#{@operator}: #{name}"
      is_list ? Values.list(what, value).each { |one| Values.object(what, one, kind) } : Values.object(what, value, kind)
    end

    # The classes are there when all of them are loaded.
    def classes
      @classes ||= @arguments.to_h { |argument| [argument.name.to_sym, Values.class_of(argument.type)] }.compact
    end

    def default_of(name)
      return -1.0 if name == :timeout && WITHOUT_SOCKET.include?(@operator)
      return -1 if name == :size && @operator == 'read_bytes'

      DEFAULTS.fetch(name) { @nullable.include?(name) ? nil : MISSING }
    end

    def pack(named, keywords)
      if @keyworded
        given = keywords.compact
        named[:names] = given.keys.map { |name| Values.text(name) }
        named[:values] = given.map { |name, value| Values.pack("#{@operator}: #{name}", value) }
      elsif keywords.any?
        raise ArgumentError, "#{@operator}: unknown keyword #{keywords.keys.first}; it takes #{@leading.join(', ')}"
      end
    end
  end
  private_constant :Shape

  # Wraps each function as it is defined.
  class Loader < GObjectIntrospection::Loader
    private

    # Memory is Ruby's to count; sources have callbacks that Ruby-GNOME cannot make.
    LEFT_OUT = %w[ref unref create_source].freeze

    # Other threads run while these wait. The rest may call something of Ruby, such as what is connected to
    # a signal, which needs the lock.
    WAITS = /\A(accept_|connect_|finish_|handover_|lookup_|make_socket\z|notify_service_manager|read_|receive_|
                remove_stored|send_|store_file|wait_for|write_)(?!.*_(async|finish)\z)/x

    def should_unlock_gvl?(info, _class)
      WAITS.match?(info.name)
    end

    def define_method(info, klass, name)
      return if LEFT_OUT.include?(info.name)

      super
      wrap(info, klass, klass.instance_method(name), name)
    end

    def define_singleton_method(klass, name, info)
      super
      native = klass.singleton_method(name)
      klass.singleton_class.alias_method(info.name, name) if info.name.start_with?('list_')
      wrap(info, klass.singleton_class, native, name)
    end

    # What a record is made of in memory is nobody's business.
    def load_fields(_info, _klass)
    end

    # A method of a class, or a function of a module.
    def wrap(info, target, native, name)
      return unless info.in_args.any? || info.out_args.any? || Values::RESULTS.key?(info.name)

      shape = Shape.new(info)
      finish = info.name.end_with?('_async') && Callbacks.finish_of(info)
      target.send(:define_method, name) do |*given, **keywords, &block|
        call = native.is_a?(UnboundMethod) ? native.bind(self) : native
        arguments = shape.arrange(given, keywords)
        next Callbacks.start(self, shape.operator, finish, call, arguments, block) if finish

        Values.result(shape.operator, call.call(*arguments, &block))
      end
    end

    def post_load(_repository, _namespace)
      %w[errors addresses messages classes functions].each { |name| require "gsock/#{name}" }
    end
  end

  # Each method is defined once as Ruby-GNOME does, and again around that.
  begin
    verbose, $VERBOSE = $VERBOSE, nil
    Loader.load('GSock', self, version: '1')
  ensure
    $VERBOSE = verbose
  end
end
