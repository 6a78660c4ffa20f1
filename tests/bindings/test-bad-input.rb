# SPDX-License-Identifier: LGPL-2.1-or-later
# What a program can get wrong, each time answered by an exception that says what.
# Run with G_DEBUG=fatal-criticals: a warning of GObject in place of an exception ends the program.

require 'gsock'
require 'tap'

HOST = '127.0.0.1'
NOT_A_NUMBER = Float::NAN
INFINITY = Float::INFINITY
HUGE = [2**31, -2**31, 2**32, 2**40, 2**53, 2**62, 2**63, -2**63, 2**64, 2**70, -2**70].freeze

def refuse(error, part = '', **keywords)
  fails(error, part) { GSock.make_socket(**keywords) }
end

def with_datagram(&body)
  GSock.make_socket(type: :datagram, local_host: HOST, &body)
end

test 'unknown keywords' do
  refuse(GSock::UnknownKeyword, 'local-host', lokal_host: 'x')
  refuse(GSock::UnknownKeyword, 'tcp-nodelay', tcp_nodely: true)
  refuse(GSock::UnknownKeyword, 'local-port', 'local port': 1)
  refuse(GSock::UnknownKeyword, '': 1)
  refuse(ArgumentError, '', "local_host\0": HOST)
end

test 'wrong types' do
  { local_port: ['eighty', 1.5, [1, 2], [], Gio::Cancellable.new, INFINITY], local_host: [5, true, GSock::Address.new('@x')],
    timeout: ['soon', NOT_A_NUMBER], type: ['strem', 99, []], nodelay: ['yes', 2], connect: [5],
    remote_address: [5, GLib::Bytes.new('x')], address_family: ['klingon'],
    remote_connectable: ['x', Gio::Cancellable.new] }.each do |name, wrong|
    wrong.each { |value| refuse(GSock::InvalidKeyword, name.to_s.tr('_', '-'), name => value) }
  end
  [5, [], GSock::Socket, GLib::Object].each { |type| refuse(GSock::InvalidKeyword, 'active-type', connect: :passive, active_type: type) }
end

test 'types that nothing takes' do
  [Object.new, $stdin, -> {}, { a: 1 }, 1..2, String, [Object.new], [[{}]], 1i, Thread.current].each do |value|
    refuse(TypeError, 'nothing takes', local_port: value)
  end
  [5, 'x', Object.new, GLib::Object.new].each { |value| fails(StandardError) { GSock.make_socket(cancellable: value) } }
  fails(ArgumentError, 'takes 0 arguments') { GSock.make_socket('datagram') }
  fails(ArgumentError, 'takes 0 arguments') { GSock.make_socket({ type: :datagram }) }
end

test 'ports' do
  [-1, 65_536, *HUGE].each do |port|
    refuse(GSock::OutOfRange, 'port', local_host: HOST, local_port: port)
    refuse(GSock::OutOfRange, 'port', remote_host: HOST, remote_port: port)
  end
  refuse(GSock::OutOfRange, 'remote-port 0', remote_host: HOST, remote_port: 0)
end

test 'halves and contradictions' do
  refuse(GSock::InvalidKeyword, 'remote-port', remote_host: HOST)
  refuse(GSock::InvalidKeyword, 'remote-host', remote_port: 80)
  refuse(GSock::InvalidKeyword, remote_filename: '/x', remote_host: HOST, remote_port: 80)
  refuse(GSock::InvalidKeyword, address_family: :local, local_host: HOST)
  refuse(GSock::InvalidKeyword, type: :datagram, connect: :passive)
  refuse(GSock::InvalidKeyword, nodelay: true, tcp_nodelay: true)
end

test 'names' do
  ["/#{'x' * 107}", "@#{'x' * 108}", 'x' * 5000].each { |name| refuse(GSock::Error, type: :datagram, local_filename: name) }
  ["127.0.0.1\0.example", "\0", "\0".encode('UTF-16LE')].each { |name| refuse(ArgumentError, 'null character', local_host: name) }
  ['127.0.0.1:', '', 'x', "\xff"].each { |text| refuse(GSock::Error, remote_address: text) }
end

test 'make_socket_from_fd' do
  [-1, 99_999, 2**31 - 1].each { |fd| fails(GSock::Error) { GSock.make_socket_from_fd(fd) } }
  ['x', 1.5, NOT_A_NUMBER, Object.new].each { |fd| fails(TypeError, 'fd') { GSock.make_socket_from_fd(fd) } }
  HUGE.reject { |fd| (-2**31...2**31).cover?(fd) }.each { |fd| fails(RangeError) { GSock.make_socket_from_fd(fd) } }
  fails(ArgumentError, 'fd is missing') { GSock.make_socket_from_fd }
  fails(GSock::UnknownKeyword) { GSock.make_socket_from_fd(0, dupe: true) }
end

test 'make_socket_pair and make_instance' do
  fails(GSock::UnknownKeyword) { GSock.make_socket_pair(local_host: HOST) }
  fails(GSock::InvalidKeyword) { GSock.make_socket_pair(type: 'streem') }
  [GLib::Object, GSock::Socket, GSock::Socket.gtype].each { |type| fails(GSock::InvalidArgument) { GSock.make_instance(type) } }
  [5, 'no such type', String, Object.new, -> {}].each { |type| fails(TypeError) { GSock.make_instance(type) } }
  fails(ArgumentError, 'type is missing') { GSock.make_instance }
  fails(ArgumentError) { GSock::DatagramSocket.new(5) }
  fails(GSock::UnknownKeyword) { GSock::DatagramSocket.new(lokal_host: HOST) }
end

test 'send_to' do
  with_datagram do |udp|
    { size: [GSock::UnknownKeyword, 1], more: [GSock::InvalidKeyword, 'x'], flags: [GSock::InvalidKeyword, 'mor'],
      start: [GSock::OutOfRange, 4], end: [GSock::OutOfRange, 4], remote_port: [GSock::OutOfRange, 65_536],
      remote_address: [GSock::InvalidKeyword, '127.0.0.1:1'], timeout: [GSock::InvalidKeyword, 'x'] }.each do |name, (error, value)|
      fails(error) { udp.send_to('abc', remote_host: HOST, remote_port: udp.local_port, name => value) }
    end
    HUGE.each { |start| fails(GSock::Error) { udp.send_to('abc', remote_host: HOST, remote_port: udp.local_port, start: start) } }
    fails(GSock::NotConnected) { udp.send_to('abc') }
    fails(ArgumentError, 'buffer is missing') { udp.send_to }
    fails(ArgumentError, 'takes 1 arguments') { udp.send_to('abc', 'x') }
    fails(StandardError) { udp.send_to('abc', cancellable: 5) }
    fails(GSock::MessageTooLong) { udp.send_to('x' * 70_000, remote_address: udp.local_address) }
  end
end

test 'receive_from' do
  with_datagram do |udp|
    [NOT_A_NUMBER, INFINITY, 1.5, 'x', true, Object.new].each { |size| fails(TypeError, 'size') { udp.receive_from(size, wait: false) } }
    [-1, *HUGE.reject { |huge| (0..2**53).cover?(huge) }].each { |size| fails(StandardError) { udp.receive_from(size, wait: false) } }
    fails(GSock::InvalidKeyword) { udp.receive_from(wait: 'x') }
    fails(GSock::InvalidKeyword) { udp.receive_from(timeout: NOT_A_NUMBER) }
    fails(ArgumentError, 'takes 1 arguments') { udp.receive_from(10, nil, 5) }
    GSock.make_socket(type: :datagram) { |unbound| fails(GSock::NotBound) { unbound.receive_from } }
  end
end

test 'connect_to and bind_address' do
  with_datagram do |udp|
    fails(GSock::InvalidKeyword) { udp.connect_to }
    fails(GSock::InvalidKeyword) { udp.connect_to(HOST) }
    fails(GSock::OutOfRange) { udp.connect_to(HOST, port: 0) }
    fails(GSock::UnknownKeyword) { udp.connect_to(HOST, prot: 1) }
    [5, true, Gio::Cancellable.new, GLib::Bytes.new('x'), Object.new].each do |address|
      fails(StandardError) { udp.connect_to(address) }
      fails(StandardError) { udp.bind_address(address) }
    end
  end
end

test 'shutdown and close' do
  with_datagram do |udp|
    fails(GSock::InvalidKeyword) { udp.shutdown }
    fails(GSock::NotConnected) { udp.shutdown(write: true) }
    fails(ArgumentError, 'force') { udp.close(force: true) }
  end
end

test 'waiting' do
  with_datagram do |udp|
    ['inn', '', true, Object.new, nil.to_a].each { |condition| fails(StandardError) { udp.wait_for(condition, timeout: 0) } }
    fails(GSock::InvalidKeyword) { udp.wait_for(0) }
    ['x', NOT_A_NUMBER, Object.new].each { |timeout| fails(TypeError, 'timeout') { udp.wait_for(:in, timeout: timeout) } }
    fails(GSock::InvalidKeyword) { GSock.wait_for_any([]) }
    fails(GSock::InvalidKeyword) { GSock.wait_for_any([udp], %i[in in]) }
    [5, 'x', [5], [nil], [Gio::Cancellable.new], [udp.local_address], { a: udp }, nil].each { |sockets| fails(TypeError) { GSock.wait_for_any(sockets, timeout: 0) } }
    fails(ArgumentError) { GSock.wait_for_any }
  end
end

test 'what is no object of the class that is wanted' do
  left, right = GSock.make_socket_pair
  [GLib::Bytes.new('abc'), GLib::Variant.new('x'), Gio::Cancellable.new, left.class, 5, 'x'].each do |wrong|
    fails(TypeError) { left.send_socket(wrong, wait: false) }
    fails(TypeError) { left.receive_from_finish(wrong) }
    fails(TypeError) { left.receive_file_descriptors_finish(wrong) }
    fails(TypeError) { GSock.handover_take(wrong) }
  end
  [GLib::Bytes.new('abc'), 5, left].each { |wrong| fails(TypeError) { left.send_to('x', cancellable: wrong) } }
  here = GSock::Address.new(HOST, 9)
  [GLib::Bytes.new('abc'), Gio::Cancellable.new, here, 5, 'x'].each do |wrong|
    fails(TypeError, 'network') { here.in_network?(wrong) }
    fails(TypeError, 'address') { GSock::Address.new_from_gsocket_address(wrong) }
    fails(TypeError, 'gsocket') { GSock.make_socket_from_gsocket(wrong) }
    fails(TypeError, 'sockets') { GSock.handover_give(left, [wrong], ['a'], timeout: 0) }
  end
  [left, right].each(&:close)
end

test 'what is no list' do
  GSock.make_socket(connect: :passive, local_host: HOST) do |listener|
    GSock.make_socket_pair do |left,|
      [listener, nil, 5, 'x', Object.new, 1..2].each do |wrong|
        fails(TypeError, 'sockets by their names') { GSock.handover_give(left, wrong, timeout: 0) }
        fails(TypeError, 'sockets by their names') { GSock.handover_complete(left, wrong, timeout: 0) }
      end
      [[listener], [['a']], [['a', listener, 5]]].each do |wrong|
        fails(TypeError, '[name, socket] is wanted') { GSock.handover_give(left, wrong, timeout: 0) }
      end
    end
  end
  ['x', nil, 1.5, Object.new].each { |index| fails(TypeError, 'index') { GSock::Batch.new[index] } }
end

test 'receivers of the wrong type' do
  with_datagram do |udp|
    send_to = GSock::Socket.instance_method(:send_to)
    [5, 'x', {}, GLib::Object.new, nil].each { |receiver| fails(TypeError) { send_to.bind_call(receiver, 'x') } }
    fails(TypeError) { GSock::PassiveSocket.instance_method(:accept_connection).bind_call(udp) }
    fails(TypeError) { GSock::DatagramSocket.allocate.send_to('x') }
    fails(TypeError) { GSock::Server.allocate.start }
    fails(ArgumentError) { GSock::Message.allocate.data }
    fails(ArgumentError) { GSock::Batch.allocate.size }
    fails(TypeError) { udp.dup.local_port }
    fails(TypeError) { udp.clone }
  end
end

test 'servers' do
  [nil, 5, 'x', Object.new].each { |listener| fails(ArgumentError) { GSock::Server.new(listener) } }
  with_datagram { |udp| fails(ArgumentError) { GSock::Server.new(udp) } }
  GSock.make_socket(connect: :passive, local_host: HOST) do |listener|
    server = GSock::Server.new(listener)
    ['x', nil, 2**40, Object.new].each { |most| fails(StandardError) { server.max_connections = most } }
    listener.close
    fails(GSock::Closed) { server.start }
  end
end

test 'look-ups' do
  fails(ArgumentError, 'name is missing') { GSock.lookup_hostname(nil) }
  [5, Object.new].each { |name| fails(StandardError) { GSock.lookup_hostname(name) } }
  fails(ArgumentError) { GSock.lookup_hostname("127.0.0.1\0x") }
  fails(TypeError) { GSock.lookup_hostname(HOST, ipv6: :nonsense) }
  fails(GSock::UnknownService) { GSock.lookup_service('no-such-service-at-all') }
  fails(GSock::UnknownInterface) { GSock.lookup_interface('nosuch0') }
  fails(ArgumentError, 'unknown keyword') { GSock.lookup_name('127.0.0.1:1', nonsense: 1) }
end

test 'a closed socket' do
  server = GSock.make_socket(connect: :passive, local_host: HOST)
  udp = with_datagram { |made| made }
  server.close
  udp.close
  here = GSock::Address.new(HOST, 9)
  [-> { udp.send_to('x') }, -> { udp.receive_from }, -> { udp.local_address }, -> { udp.connect_to(here) }, -> { udp.fileno },
   -> { udp.disconnect_peer }, -> { udp.wait_for }, -> { udp.get_option('linger') }, -> { udp.bind_address(here) },
   -> { server.accept_connection }, -> { server.listen_on }, -> { server.accept_many }, -> { GSock.wait_for_any([server, udp]) },
   -> { udp.send_many(['x']) }, -> { udp.receive_many(1) }, -> { udp.send_message('x') }, -> { udp.to_io }].each do |call|
    fails(GSock::Closed, &call)
  end
  equal [udp.open?, udp.closed?, udp.bound?, udp.local_port, udp.local_host], [false, true, false, 0, nil]
  equal server.each { raise 'nobody comes' }, server
end

run(method(:warm_up))
