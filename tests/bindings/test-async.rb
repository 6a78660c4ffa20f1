# SPDX-License-Identifier: LGPL-2.1-or-later
# Blocks that are called back, fibers that wait, watches, servers and threads.

require 'gsock'
require 'tap'

HOST = '127.0.0.1'
KEPT = GSock.module_eval { const_get(:Callbacks) }::KEPT

def with_stream
  GSock.make_socket(connect: :passive, local_host: HOST) do |server|
    GSock.make_socket(address_family: :ipv4) { |client| yield server, client }
  end
end

def with_datagrams
  GSock.make_socket(type: :datagram, local_host: HOST) do |alice|
    GSock.make_socket(type: :datagram, local_host: HOST) { |bob| yield alice, bob }
  end
end

test 'a stream both ways' do
  with_stream do |server, client|
    done = nil
    GSock.fiber do
      peer = server.accept_connection_async(timeout: 5)
      equal peer.receive_from_async(size: 100, timeout: 5).data, 'question'
      done = peer.send_to_async('7' * 3_000_000)
      peer.close
    end
    got = 0
    GSock.fiber do
      client.connect_to_async(HOST, port: server.local_port)
      equal client.send_to_async('question'), 8
      until (data = client.receive_from_async.data).empty?
        got += data.bytesize
      end
      got += 1
    end
    settle { got == 3_000_001 }
    equal done, 3_000_000
  end
end

test 'datagrams, messages and batches' do
  with_datagrams do |alice, bob|
    there = { remote_host: HOST, remote_port: bob.local_port }
    got = []
    GSock.fiber do
      got << bob.receive_from_async.to_a
      got << bob.receive_message_async(timeout: 5).data
      got.concat(bob.receive_many_async(64, timeout: 5).map(&:data)) while got.size < 5
    end
    GSock.fiber do
      got << alice.send_to_async("\1\2\3", **there)
      got << alice.send_message_async(%w[ab c], **there, ttl: 9)
      got << alice.send_many_async(%w[x y z], **there)
    end
    settle { got.size == 8 }
    equal got.sort_by(&:inspect), [['abc'], ['x'], ['y'], ['z'], 3, 3, 3, ["\1\2\3", HOST, alice.local_port]].map { |one|
      one.is_a?(Array) && one.size == 1 ? one.first : one
    }.sort_by(&:inspect)
  end
end

test 'nobody came, cancelled, closed, wrong' do
  with_datagrams do |alice, bob|
    cancellable = Gio::Cancellable.new
    errors = []
    alice.receive_from_async(timeout: 0.01) { |_, error| errors << error.class }
    alice.receive_from_async(cancellable: cancellable) { |_, error| errors << error.class }
    alice.receive_from_async { |_, error| errors << error.class }
    bob.receive_from_async(sise: 3) { |_, error| errors << error.class }
    settle { errors.size == 2 }
    cancellable.cancel
    settle { errors.size == 3 }
    alice.close
    settle { errors.size == 4 }
    equal errors.map(&:name).sort, %w[GSock::Error::Closed GSock::Error::TimedOut GSock::Error::UnknownKeyword Gio::IOError::Cancelled]
    fails(TypeError, 'a string is wanted') { bob.send_to_async(7) { nil } }
    fails(ArgumentError, 'GSock.fiber') { bob.receive_from_async }
    equal KEPT.size, 0
  end
end

test 'an error is raised where a fiber waits' do
  with_datagrams do |alice|
    raised = nil
    GSock.fiber do
      alice.receive_from_async(timeout: 0.001)
    rescue Errno::ETIMEDOUT => e
      raised = e
    end
    settle { raised }
  end
end

test 'make_socket and look-ups' do
  with_stream do |server|
    made = []
    GSock.fiber do
      made << GSock.make_socket_async(remote_address: server.local_address)
      made << GSock.make_instance_async(GSock::DatagramSocket, local_host: HOST)
      addresses, name = GSock.lookup_hostname_async(HOST)
      equal [addresses.map(&:to_s), name], [['127.0.0.1:0'], HOST]
      begin
        GSock.make_socket_async(tipe: 1)
      rescue GSock::UnknownKeyword => e
        made << e
      end
    end
    settle { made.size == 3 }
    ok made[0].connected? && made[1].bound?
    made.first(2).each(&:close)
  end
end

test 'a block that raises is told, and the loop goes on' do
  with_datagrams do |alice, bob|
    text = told do
      alice.receive_from_async { raise KeyError, 'mine' }
      bob.send_to('x', remote_address: alice.local_address)
      settle { KEPT.empty? }
    end
    ok text.include?('mine') && text.include?('KeyError')
    times = 0
    text = told do
      alice.watch(:in) do
        times += 1
        raise 'yours'
      end
      bob.send_to('x', remote_address: alice.local_address)
      settle { KEPT.empty? }
    end
    equal [text.include?('yours'), times], [true, 1]
    text = told do
      GSock.fiber { raise 'ours' }
    end
    ok text.include?('ours')
  end
end

test 'sockets dropped while an operation is under way' do
  outcomes = []
  200.times do |i|
    left, right = GSock.make_socket_pair
    left.receive_from_async(timeout: 0.005) { |_, error| outcomes << error.class }
    right.receive_from_async { |data,| outcomes << data&.data }
    right.watch(:out) { false }
    left = right = nil
    GC.start if (i % 20).zero?
    GLib::MainContext.default.iteration(false)
  end
  settle do
    GC.start
    outcomes.count(GSock::TimedOut) == 200
  end
  # Of the sockets that nobody holds each waits for the other.
  KEPT.values.each { |socket,| socket.close if socket.respond_to?(:close) }
  settle { KEPT.empty? }
end

test 'a watch' do
  with_datagrams do |alice, bob|
    got = []
    bob.watch('in') do |socket, condition|
      equal condition, GLib::IOCondition::IN
      got << socket.receive_from(wait: false).data
      GC.start
      got.size < 2
    end
    there = { remote_address: bob.local_address }
    %w[one two].each { |data| alice.send_to(data, **there) }
    settle { got.size == 2 }
    equal got, %w[one two]
    watch = bob.watch(:in) { raise 'it was cancelled' }
    GC.start
    watch.cancel
    alice.send_to('three', **there)
    bob.receive_from_async { |received,| got << received.data }
    settle { got.size == 3 }
    ended = 0
    bob.watch(%i[in pri]) { ended += 1 }
    bob.close
    settle { KEPT.empty? }
    fails(ArgumentError, 'calls a block back') { alice.watch(:in) }
    fails(ArgumentError, 'no condition') { alice.watch(:inn) { nil } }
  end
end

test 'a server' do
  with_stream do |listener, client|
    server = GSock::Server.new(listener)
    peers = []
    server.signal_connect('connection') { |_, connection| peers << connection }
    ok server.start
    # As long as it runs it is kept, with its blocks.
    GC.start
    client.connect_to(listener.local_address)
    settle { peers.any? }
    equal [server.n_connections, server.running?], [1, true]
    outcomes = []
    server.drain_async(timeout: 0.01) { |_, error| outcomes << error.class }
    settle { outcomes.any? }
    equal outcomes, [GSock::TimedOut]
    peers.each(&:close)
    GSock.fiber { outcomes << server.drain_async(timeout: 5) }
    settle { outcomes.size == 2 }
    server.stop
    settle { KEPT.empty? }
  end
end

test 'a handler of a server that raises' do
  with_stream do |listener|
    GSock::Server.new(listener).tap do |server|
      server.set_handler { raise 'mine' }
      server.start
    end
    GC.start
    text = told do
      GSock.make_socket(remote_address: listener.local_address) { |client| settle { client.receive_from(timeout: 0.05).data.empty? rescue !$stderr.string.empty? } }
    end
    ok text.include?('mine')
  end
  settle { KEPT.empty? }
end

test 'threads' do
  with_stream do |server|
    clients = Array.new(8) { |i| Thread.new { GSock.make_socket(remote_address: server.local_address).tap { |made| made.send_to(i.to_s) } } }
    peers = Array.new(8) { Thread.new { server.accept_connection(timeout: 30) } }.map(&:value)
    equal peers.map { |peer| peer.receive_from(timeout: 30).data.to_i }.sort, (0...8).to_a
    (clients.map(&:value) + peers).each(&:close)
  end
end

test 'closed by another thread' do
  GSock.make_socket_pair do |left,|
    waiting = Thread.new { fails(GSock::Closed) { left.receive_from } }
    sleep 0.01
    left.close
    ok waiting.value
  end
end

test 'connections one after the other' do
  with_stream do |server|
    clients = Array.new(3) { GSock.make_socket(remote_address: server.local_address) }
    equal server.first.tap(&:close).class, GSock::ActiveSocket
    served = 0
    server.each(timeout: 5) do |peer|
      peer.close
      server.close if (served += 1) == 2
    end
    equal served, 2
    clients.each(&:close)
  end
end

run(method(:warm_up))
