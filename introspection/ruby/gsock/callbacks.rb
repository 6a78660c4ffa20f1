# SPDX-License-Identifier: LGPL-2.1-or-later
# Blocks that are called back in a main context, and fibers that wait there.

module GSock
  module Callbacks
    # Ruby-GNOME keeps a block as long as the object of Ruby that was called, which the collector may take
    # while the operation goes on in C. Whatever is under way is kept here.
    KEPT = {}.compare_by_identity
    LOCK = Thread::Mutex.new

    # The finish functions that have another name.
    FINISHED_BY = {
      'accept_connection_direct' => 'accept_connection', 'connect_direct' => 'connect_to',
      'receive_bytes' => 'receive_from', 'send_bytes' => 'send_to'
    }.freeze

    module_function

    def keep(key, *things)
      LOCK.synchronize { KEPT[key] = things }
      key
    end

    # Something that is begun meanwhile goes on, unless that fails.
    def keeping(key, *things)
      keep(key, *things)
      begin
        yield
      rescue Exception
        release(key)
        raise
      end
    end

    def release(key)
      LOCK.synchronize { KEPT.delete(key) }
    end

    # What gives the result of an asynchronous function, of the object and the answer that it calls back with.
    def finish_of(info)
      operator = info.name.delete_suffix('_async')
      name = "#{FINISHED_BY.fetch(operator, operator)}_finish"
      return ->(source, answer) { source.public_send(name, answer) } if info.is_a?(GObjectIntrospection::MethodInfo)

      takes_source = info.in_args.first.name == 'channel'
      ->(source, answer) { GSock.public_send(name, *(takes_source ? [source, answer] : [answer])) }
    end

    # An exception must not cross the functions of C that called: it is told, as that of a thread is.
    def guard(otherwise = nil)
      yield
    rescue StandardError, ScriptError => e
      warn("a block that GLib called back terminated with exception:\n#{e.full_message(highlight: false)}")
      otherwise
    end

    # With a block calls it back with what came of it, or with nil and the error; in a fiber waits for it.
    def start(receiver, operator, finish, call, arguments, block)
      if block
        begin_call(receiver, finish, call, arguments, block)
        return
      end

      unless Thread.current[:gsock_waits]
        raise ArgumentError, "#{operator} calls a block back: give one, or call it in GSock.fiber"
      end
      wait_in_fiber { |back| begin_call(receiver, finish, call, arguments, back) }
    end

    def begin_call(receiver, finish, call, arguments, block)
      key = Object.new
      callback = lambda do |source, answer, *|
        release(key)
        found = error = nil
        begin
          found = finish.call(source || receiver, answer)
        rescue StandardError => e
          error = e
        end
        guard { block.call(found, error) }
      end
      keeping(key, receiver, callback, arguments) { call.call(*arguments, &callback) }
    end

    def wait_in_fiber
      fiber = Fiber.current
      yield ->(found, error) { fiber.resume(found, error) }
      found, error = Fiber.yield
      raise error if error

      found
    end
  end
  private_constant :Callbacks

  # Runs a block until it waits for the first time, and then goes on whenever what it waits for is there: in
  # it the functions whose names end in _async need no block of their own, and give what came of them.
  def self.fiber(*given)
    Fiber.new do
      Thread.current[:gsock_waits] = true
      Callbacks.guard { yield(*given) }
    end.resume
    nil
  end
end
