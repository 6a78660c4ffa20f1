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

test('there is no override') { ok !GSock::Socket.method_defined?(:options) }

test 'datagrams' do
  udp = GSock.make_socket(%w[type local-host], values('datagram', '127.0.0.1'), nil)
  equal udp.send_to("\1\2\0", %w[remote-host remote-port], values('127.0.0.1', udp.local_port), nil), 3
  data, sender, flags, length = udp.receive_from(100, ['timeout'], values(5.0), nil)
  equal [data, flags.to_i, length], [[1, 2, 0], 0, 3]
  equal sender, udp.local_address
  udp.close(false)
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
