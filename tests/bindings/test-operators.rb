# SPDX-License-Identifier: LGPL-2.1-or-later
# The operators of a socket, as a program in Ruby calls them.

require 'gsock'
require 'tap'

HOST = '127.0.0.1'

def with_stream
  GSock.make_socket(connect: :passive, local_host: HOST) do |server|
    GSock.make_socket(remote_address: server.local_address) do |client|
      peer = server.accept_connection(timeout: 5)
      yield server, client, peer
      peer.close
    end
  end
end

def with_datagrams
  GSock.make_socket(type: :datagram, local_host: HOST) do |alice|
    GSock.make_socket(type: :datagram, local_host: HOST) { |bob| yield alice, bob }
  end
end

test 'a stream both ways' do
  with_stream do |_, client, peer|
    equal peer.remote_address, client.local_address
    equal client.send_to('question'), 8
    equal peer.receive_from(100, timeout: 5).data, 'question'
    equal peer.send_to("\1\2", more: true, flags: GSock::MessageFlags::DONT_ROUTE), 2
    equal client.receive_from(size: 100, timeout: 5).data, "\1\2"
    client.shutdown(write: true)
    equal peer.receive_from(timeout: 5).data, ''
  end
end

test 'what a stream gives has no sender' do
  with_stream do |_, client, peer|
    client.send_to('x')
    received = peer.receive_from(timeout: 5)
    data, host, port = received
    equal [data, host, port], ['x', nil, nil]
    equal [received.address, received.filename, received.full_length, received.truncated?], [nil, nil, 1, false]
  end
end

test 'flags and parts' do
  with_stream do |_, client, peer|
    equal client.send_to('0123456789', start: 2, end: 5), 3
    equal peer.receive_from(2, peek: true, timeout: 5).data, '23'
    equal peer.receive_from(3, flags: 'wait-all', timeout: 5).data, '234'
  end
end

test 'nobody came' do
  with_stream do |server|
    fails(GSock::Error::TimedOut) { server.accept_connection(timeout: 0.01) }
    fails(GSock::Error::WouldBlock) { server.accept_connection(wait: false) }
    server.listen_on(backlog: 1)
    ok server.listening?
  end
end

test 'connections one after the other, until closed' do
  server = GSock.make_socket(connect: :passive, local_host: HOST)
  client = GSock.make_socket(remote_address: server.local_address)
  served = 0
  server.each do |peer|
    peer.close
    served += 1
    server.close
  end
  equal served, 1
  client.close
end

test 'a datagram, its sender, and one that is cut' do
  with_datagrams do |alice, bob|
    bob.send_to('x', remote_host: HOST, remote_port: alice.local_port)
    received = alice.receive_from(timeout: 5)
    equal received.to_a, ['x', HOST, bob.local_port]
    equal received.address, bob.local_address
    bob.send_to('0123456789', remote_address: alice.local_address)
    received = alice.receive_from(4, timeout: 5)
    equal [received.data, received.full_length, received.truncated?], ['0123', 10, true]
  end
end

test 'connect in every form, and disconnect' do
  with_datagrams do |alice, bob|
    port = alice.local_port
    [[[HOST], { port: port }], [[], { remote_host: HOST, remote_port: port }], [[], { remote_address: "#{HOST}:#{port}" }],
     [[alice.local_address], {}]].each do |given, keywords|
      bob.connect_to(*given, **keywords)
      equal bob.remote_port, port
      bob.disconnect_peer
      ok !bob.connected?
    end
  end
end

test 'a call that is cancelled' do
  with_datagrams do |alice|
    cancellable = Gio::Cancellable.new
    cancellable.cancel
    fails(Gio::IOError::Cancelled) { alice.receive_from(cancellable: cancellable) }
  end
end

test 'errors are told apart' do
  with_datagrams do |alice|
    error = fails(GSock::Error) { alice.receive_from(wait: false) }
    ok error.is_a?(GSock::Error::WouldBlock)
    ok !error.is_a?(GSock::Error::TimedOut)
  end
  GSock.make_socket(type: :stream, local_host: HOST) do |bound|
    there = "#{HOST}:#{bound.local_port}"
    fails(GSock::Error::ConnectionRefused, there) { GSock.make_socket(remote_address: there) }
  end
end

test 'the filename of the sender' do
  name = "@gsock-ruby-#{Process.pid}"
  GSock.make_socket(type: :datagram, local_filename: name) do |named|
    GSock.make_socket(type: :datagram, local_filename: "#{name}-2") do |other|
      other.send_to('x', remote_filename: name)
      equal named.receive_from(timeout: 5).to_a, ['x', "#{name}-2", nil]
    end
  end
end

test 'descriptors and credentials' do
  GSock.make_socket_pair do |left, right|
    left.send_file_descriptors([0, 1], 'hello')
    fds, payload = right.receive_file_descriptors(16, size: 5, timeout: 5)
    equal [fds.size, payload], [2, 'hello']
    fds.each { |fd| IO.for_fd(fd).close }
    equal left.peer_credentials, [Process.pid, Process.uid, Process.gid]
    left.send_credentials
    equal right.receive_credentials(timeout: 5), [Process.pid, Process.uid, Process.gid, nil]
  end
end

test 'waiting for events' do
  GSock.make_socket_pair do |left, right|
    equal left.wait_for('in|out', timeout: 0), GLib::IOCondition::OUT
    fails(GSock::Error::TimedOut) { left.wait_for(condition: :in, timeout: 0) }
    equal GSock.wait_for_any([left, right], :out, timeout: 0), [left, right]
    right.send_to('x')
    equal GSock.wait_for_any([left, right], %i[in pri], timeout: 5), [left]
  end
end

test 'messages and batches' do
  with_datagrams do |alice, bob|
    alice.set_option('ip-receive-ttl', true)
    equal bob.send_message(%w[ab c], remote_address: alice.local_address, ttl: 7), 3
    message = alice.receive_message(timeout: 5)
    equal [message.data, message.host, message.port, message.ttl], ['abc', HOST, bob.local_port, 7]
    equal bob.send_many(['x', ["a\0b", alice.local_address], ['', HOST, alice.local_port]].drop(1)), 2
    received = alice.receive_many(4, timeout: 5)
    GC.start
    equal received.map(&:to_a), [["a\0b", HOST, bob.local_port], ['', HOST, bob.local_port]]
    equal alice.send_many(received), 2
  end
end

test 'blocks that are called back' do
  with_datagrams do |alice, bob|
    loop = GLib::MainLoop.new
    heard = []
    alice.receive_from_async(timeout: 5) do |received, error|
      heard << received.data << error
      alice.receive_from_async(timeout: 0.01) do |nothing, late|
        heard << nothing << late.class
        loop.quit
      end
    end
    bob.send_to('x', remote_address: alice.local_address)
    loop.run
    equal heard, ['x', nil, nil, GSock::Error::TimedOut]
    seen = []
    alice.watch(:in) do |socket, ready|
      seen << socket.receive_from.data << ready
      loop.quit
      false
    end
    bob.send_to('y', remote_address: alice.local_address)
    loop.run
    equal seen, ['y', GLib::IOCondition::IN]
  end
end

# Nothing of Ruby's refers to the socket, the block and the fiber, but they to one another.
def greet_in_fiber(fd, heard)
  Fiber.new do
    socket = GSock.make_socket_from_fd(fd, dup: false)
    fiber = Fiber.current
    2.times do
      socket.read_line_async { |line, _| fiber.resume(line) }
      heard << Fiber.yield
    end
    socket.watch(:in) do |ready,|
      heard << ready.read_line(wait: false)
      ready.close unless heard.last
      heard.last != nil
    end
  end.resume
end

test 'the collector leaves blocks that are waited for' do
  GSock.make_socket_pair do |left, right|
    heard = []
    greet_in_fiber(IO.for_fd(right.file_descriptor, autoclose: false).dup.tap { |copy| copy.autoclose = false }.fileno, heard)
    right.close
    4.times do |i|
      Array.new(100_000) { Object.new }
      GC.start
      left.write_line("line #{i}")
      left.finish_output
      GLib::MainContext.default.iteration(true) while heard.size <= i
    end
    equal heard, ['line 0', 'line 1', 'line 2', 'line 3']
    left.close
    GLib::MainContext.default.iteration(true) until heard.size > 4
    equal heard.last, nil
  end
end

test 'a watch that is cancelled' do
  GSock.make_socket_pair do |left, right|
    watch = right.watch(:in) { raise 'it is not called any more' }
    left.send_to('x')
    watch.cancel
    GLib::MainContext.default.iteration(false) # which would raise
    equal right.receive_from(timeout: 5).data, 'x'
  end
end

test 'threads run while a call waits' do
  GSock.make_socket_pair do |left, right|
    thread = Thread.new { right.receive_from(timeout: 30).data }
    left.send_to('x')
    equal thread.value, 'x'
  end
end

test 'signals of what a call changes' do
  GSock.make_socket(type: :datagram) do |udp|
    told = 0
    udp.signal_connect('notify::timeout') { told += 1 }
    udp.set_timeout(5)
    udp.timeout = 3.0
    equal [told, udp.timeout], [2, 3.0]
  end
end

test 'functions beside sockets' do
  addresses, name = GSock.lookup_hostname('127.0.0.1')
  equal [addresses.map(&:to_s), name], [['127.0.0.1:0'], '127.0.0.1']
  ok GSock.list_network_interfaces.map(&:name).include?('lo')
  fails(GSock::Error::UnknownService) { GSock.lookup_service('no-such-service-at-all') }
  seen = { GSock::Address.new_from_text('127.0.0.1:80') => 1 }
  equal seen[GSock::Address.new_from_host('127.0.0.1', 80)], 1
end

run(method(:warm_up))
