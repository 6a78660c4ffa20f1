# SPDX-License-Identifier: LGPL-2.1-or-later
# The typelib as it is, without the override: the names and values of C.

require 'gobject-introspection'
require 'gio2'
require 'tap'

module GSock
  GObjectIntrospection::Loader.load('GSock', self, version: '1')
end

TYPES = { String => 'gchararray', Integer => 'gint', Float => 'gdouble' }.freeze

def values(*given)
  given.map { |value| GLib::Value.new(GLib::Type[TYPES.fetch(value.class)], value) }
end

test 'there is no override' do
  ok !GSock::Socket.method_defined?(:options)
  ok $LOADED_FEATURES.none? { |path| path.end_with?('/gsock.rb') }
end

test 'datagrams' do
  udp = GSock.make_socket(%w[type local-host], values('datagram', '127.0.0.1'), nil)
  equal udp.send_to("\1\2\0", %w[remote-host remote-port], values('127.0.0.1', udp.local_port), nil), 3
  data, sender, flags, length = udp.receive_from(100, ['timeout'], values(5.0), nil)
  equal [data, flags.to_i, length], [[1, 2, 0], 0, 3]
  equal sender, udp.local_address
  udp.close(false)
end

test 'step by step' do
  server = GSock.make_socket(['connect'], values('passive'), nil)
  ok server.bind_address(nil, %w[host port], values('127.0.0.1', 0), nil)
  ok server.listen_on(['backlog'], values(3))
  client = GSock.make_socket(['address-family'], values('ipv4'), nil)
  ok client.bind_address(GSock::Address.new('127.0.0.1', 0), [], [], nil)
  fails(GSock::Error::WouldBlock) { server.accept_connection(['wait'], [GLib::Value.new(GLib::Type['gboolean'], false)], nil) }
  ok client.connect_to(nil, %w[host port timeout], values('127.0.0.1', server.local_port, 5.0), nil)
  peer = server.accept_connection(['timeout'], values(5.0), nil)
  ok peer.is_a?(GSock::ActiveSocket)
  equal peer.remote_address, client.local_address
  ok client.write_line('line', [], [], nil)
  ok client.finish_output([], [], nil)
  equal peer.read_line(['timeout'], values(5.0), nil), 'line'
  fails(GSock::Error::TimedOut) { peer.read_line(['timeout'], values(0.01), nil) }
  ok client.close(true)
  fails(GSock::Error::ConnectionReset) { peer.receive_from(10, ['timeout'], values(5.0), nil) }
  peer.close(false)
  fails(GSock::Error::Closed) { peer.receive_from(10, [], [], nil) }
  server.close(false)
  fails(GSock::Error::ConnectionRefused) { GSock.make_socket(%w[remote-host remote-port], values('127.0.0.1', 1), nil) }
end

test 'messages' do
  udp = GSock.make_socket(%w[type local-host], values('datagram', '127.0.0.1'), nil)
  message = GSock::Message.new
  message.add_data('in two ')
  message.add_bytes(GLib::Bytes.new('pieces'))
  message.address = udp.local_address
  equal udp.send_message(message, [], [], nil), 13
  letter = udp.receive_message(100, ['timeout'], values(5.0), nil)
  equal letter.bytes.to_s, 'in two pieces'
  equal letter.address, udp.local_address
  udp.close(false)
end

test 'batches' do
  udp = GSock.make_socket(%w[type local-host], values('datagram', '127.0.0.1'), nil)
  batch = GSock::Batch.new
  %w[one two].each { |word| ok batch.add(word, udp.local_address) }
  equal udp.send_many(batch, [], [], nil), 2
  arrived = []
  while arrived.size < 2
    count = udp.receive_many(batch, 8, ['timeout'], values(5.0), nil)
    arrived += Array.new(count) { |index| batch.get_data(index).pack('C*') }
    equal batch.get_address(0), udp.local_address
  end
  equal arrived, %w[one two]
  udp.close(false)
end

test 'descriptors' do
  _, left, right = GSock.make_socket_pair(['type'], values('seqpacket'))
  ok left.send_file_descriptor(0, [], [], nil)
  IO.for_fd(right.receive_file_descriptor(['timeout'], values(5.0), nil)).close
  ok left.send_socket(right, [], [], nil)
  twin = right.receive_socket(['timeout'], values(5.0), nil)
  ok twin.is_a?(GSock::ActiveSocket)
  equal left.peer_credentials[1], Process.pid
  [left, right, twin].each { |socket| socket.close(false) }
end

test 'without blocking' do
  _, left, right = GSock.make_socket_pair([], [])
  loop = GLib::MainLoop.new(nil, false)
  got = []
  keep = lambda do |_source, result, *_|
    got << result
    loop.quit
  end
  left.send_to_async(GLib::Bytes.new('x'), [], [], 0, nil, &keep)
  loop.run
  equal left.send_to_finish(got.pop), 1
  right.receive_from_async(10, ['timeout'], values(5.0), 0, nil, &keep)
  loop.run
  equal right.receive_from_finish(got.pop).first.to_s, 'x'
  [left, right].each { |socket| socket.close(false) }
end

test 'bytes of GLib, and waiting' do
  _, left, right = GSock.make_socket_pair(['type'], values('seqpacket'))
  left.send_bytes(GLib::Bytes.new("a\0b"), nil, 0, true, -2.0, nil)
  equal GSock.wait_for_any([right], [GLib::IOCondition::IN.to_i], 5.0, nil), [right]
  equal right.receive_bytes(10, 0, true, 5.0, nil).first.to_s, "a\0b"
  [left, right].each { |socket| socket.close(false) }
end

test 'options and errors' do
  stream = GSock.make_socket(['linger'], values('(true, 5)'), nil)
  equal stream.get_option_text('linger'), '(true, 5)'
  stream.close(false)
  fails(GSock::Error::UnknownKeyword) { GSock.make_socket(['lokal-host'], values('x'), nil) }
  fails(GSock::Error::OutOfRange) { GSock.make_socket(['local-port'], values(65_536), nil) }
end

# What a thread opens once and keeps is not to count as left open.
run(lambda do
  _, left, right = GSock.make_socket_pair([], [])
  left.wait_for(GLib::IOCondition::OUT, 5.0, nil)
  begin
    left.receive_bytes(1, 0, true, 0.001, nil)
  rescue GSock::Error::TimedOut
    [left, right].each { |socket| socket.close(false) }
  end
end)
