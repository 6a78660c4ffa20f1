# SPDX-License-Identifier: LGPL-2.1-or-later
# Functions beside the sockets that have a shape of their own in Ruby.

module GSock
  class << self
    # With a block the sockets are closed after it.
    %i[make_socket make_socket_from_fd make_instance make_socket_pair].each do |name|
      native = instance_method(name)
      define_method(name) do |*given, **keywords, &block|
        next given.first.new(**keywords, &block) if name == :make_instance && given.first.is_a?(Class) && given.first <= Socket

        made = native.bind_call(self, *given, **keywords)
        # A passive socket has a to_a, which would accept.
        block ? close_after(made.is_a?(Array) ? made : [made], &block) : made
      end
    end

    native_wait = instance_method(:wait_for_any)
    define_method(:wait_for_any) do |sockets, conditions = :in, **keywords|
      unless sockets.is_a?(Array) && sockets.all?(Socket)
        raise TypeError, "wait_for_any: a list of sockets is wanted, not #{sockets.inspect}"
      end
      conditions = sockets.map { conditions } unless conditions.is_a?(Array)
      native_wait.bind_call(self, sockets, conditions, **keywords)
    end

    # Pairs of a name and a socket, or a descriptor.
    native_sockets = instance_method(:make_sockets_from_activation_as_list)
    define_method(:make_sockets_from_activation) do |**keywords|
      sockets, names = native_sockets.bind_call(self, **keywords)
      names.to_a.zip(sockets.to_a)
    end

    native_descriptors = instance_method(:file_descriptors_from_activation)
    define_method(:file_descriptors_from_activation) do |**keywords|
      fds, names = native_descriptors.bind_call(self, **keywords)
      names.to_a.zip(fds.to_a)
    end

    native_give = instance_method(:handover_give)
    define_method(:handover_give) do |channel, sockets, *given, **keywords|
      sockets = items('handover_give', sockets)
      if given.empty? && !keywords.key?(:socket_names)
        names, sockets = sockets.map { |pair| Batches.parts(pair, 'handover_give', %w[name socket]) }.transpose
        given = [names.to_a]
      end
      native_give.bind_call(self, channel, sockets.to_a, *given, **keywords)
    end

    native_take = instance_method(:handover_take_as_list)
    define_method(:handover_take) do |channel, *given, **keywords|
      sockets, names = native_take.bind_call(self, channel, *given, **keywords)
      names.zip(sockets)
    end

    native_complete = instance_method(:handover_complete)
    define_method(:handover_complete) do |channel, sockets, *given, **keywords|
      sockets = items('handover_complete', sockets).map { |item| item.is_a?(Array) ? item.last : item }
      native_complete.bind_call(self, channel, sockets, *given, **keywords)
    end

    %i[make_sockets_from_activation_as_list handover_take_as_list].each { |name| undef_method name }

    private

    # A passive socket has a to_a, too, which would accept.
    def items(what, value)
      Hash.try_convert(value)&.to_a || Array.try_convert(value) ||
        raise(TypeError, "#{what}: sockets by their names are wanted, not #{value.inspect}")
    end

    def close_after(sockets)
      yield(*sockets)
    ensure
      sockets.each(&:close)
    end
  end
end
