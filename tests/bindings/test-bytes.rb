# SPDX-License-Identifier: LGPL-2.1-or-later
# Whatever is in a string of Ruby goes as it is, and comes as bytes.

require 'gsock'
require 'tap'

EVERY = (0..255).to_a.pack('C*')
PAYLOADS = {
  'empty' => '', 'one' => "\0", 'nulls' => "a\0\0b\0", 'every byte' => EVERY, '64 KiB' => EVERY * 256, 'text' => 'grün ☃',
  'text of another encoding' => 'grün'.encode('UTF-16LE'), 'no text' => "\xff\xfe", 'frozen' => 'x'.freeze,
  'part of another' => ('y' * 1000)[3, 7]
}.freeze

PAYLOADS.each do |name, payload|
  test "datagrams: #{name}" do
    GSock.make_socket_pair(type: :datagram) do |left, right|
      equal left.send_to(payload), payload.bytesize
      received = right.receive_from(size: 100_000, timeout: 5)
      equal [received.data, received.data.encoding], [payload.b, Encoding::BINARY]
      equal left.send_message(payload), payload.bytesize
      equal right.receive_message(size: 100_000, timeout: 5).data, payload.b
      equal left.send_many([payload]), 1
      equal right.receive_many(1, size: 100_000, timeout: 5).map(&:data), [payload.b]
    end
  end
end

test 'records of packets' do
  GSock.make_socket_pair(type: :seqpacket) do |left, right|
    PAYLOADS.each_value do |payload|
      next if payload.empty?

      left.send_to(payload)
      equal right.receive_from(size: 100_000, timeout: 5).data, payload.b
    end
  end
end

test 'bytes of GLib' do
  GSock.make_socket_pair do |left, right|
    equal left.send_to(GLib::Bytes.new("a\0b")), 3
    equal left.send_bytes(GLib::Bytes.new("c\0d")), 3
    equal left.send_bytes('e'), 1
    data, sender, flags, length = right.receive_bytes(100, timeout: 5)
    equal [data.to_s, sender, flags.to_i, length], ["a\0bc\0de", nil, 0, 7]
  end
end

test 'what is received is its own' do
  GSock.make_socket_pair do |left, right|
    left.send_to('abc')
    data = right.receive_from(timeout: 5).data
    data << 'def'
    GC.start
    equal [data, data.frozen?], ['abcdef', false]
  end
end

test 'a string that another thread changes meanwhile' do
  GSock.make_socket_pair do |left, right|
    text = 'x' * 2_000_000
    sender = Thread.new { left.send_to(text) }
    got = +''
    while got.bytesize < 2_000_000
      got << right.receive_from(size: 100_000, timeout: 5).data
      text.replace('y' * 10)
      GC.start if got.bytesize < 300_000
    end
    equal [sender.value, got.delete('x')], [2_000_000, '']
  end
end

test 'no bytes' do
  GSock.make_socket_pair(type: :datagram) do |left,|
    [5, 1.5, :x, true, Object.new, [5], { a: 1 }, nil].each do |value|
      [-> { left.send_to(value) }, -> { left.send_many([value]) }].each { |call| fails(StandardError, 'send', &call) }
    end
    [5, :x, Object.new, [5], [['x']], nil].each { |value| fails(StandardError) { left.send_message(value) } }
  end
end

test 'times a thousand' do
  GSock.make_socket_pair(type: :datagram) do |left, right|
    1000.times do |i|
      left.send_to(EVERY * (i % 64))
      equal right.receive_from(size: 100_000, timeout: 5).data.bytesize, 256 * (i % 64)
    end
  end
end

run(method(:warm_up))
