# SPDX-License-Identifier: LGPL-2.1-or-later
# Addresses as values of Ruby.

require 'gsock'
require 'tap'

def text(text)
  GSock::Address.new_from_text(text)
end

test 'equality' do
  equal text('127.0.0.1:80'), GSock::Address.new_from_host('127.0.0.1', 80)
  [text('127.0.0.1:81'), '127.0.0.1:80', nil, 5, Object.new].each { |other| ok text('127.0.0.1:80') != other }
end

test 'hash' do
  seen = { text('127.0.0.1:80') => 'one', text('[::1]:80') => 'two' }
  equal seen[text('127.0.0.1:80')], 'one'
  equal [text('@a'), text('@a'), text('@b')].uniq.size, 2
  ok text('127.0.0.1:80').eql?(text('127.0.0.1:80'))
  ok !text('127.0.0.1:80').eql?('127.0.0.1:80')
end

test 'text' do
  %w[127.0.0.1:80 [::1]:80 /run/x.sock @name].each do |name|
    equal text(name).to_s, name
    equal text(name).inspect, "#<GSock::Address #{name}>"
    equal GSock::Address.new(name), text(name)
  end
end

test 'parts' do
  address = text('[fe80::1%1]:80')
  equal [address.host, address.port, address.scope_id], ['fe80::1%lo', 80, 1]
  equal address.family, GSock::AddressFamily::IPV6
  equal address.filename, nil
  equal text('/run/x').filename, '/run/x'
  equal((text('127.0.0.1:80') in { host: '127.0.0.1', port: 80 }), true)
end

test 'kinds' do
  ok text('127.0.0.1:0').loopback?
  ok text('224.0.0.1:0').multicast?
  ok text('10.1.2.3:0').private?
  ok !text('192.0.2.1:0').loopback?
  ok GSock::Address.new(GSock::IPV4_LOOPBACK, 0).loopback?
  ok GSock::Address.new(GSock::IPV6_LINK_LOCAL_ALL_NODES, 0).multicast_link_local?
end

test 'bytes' do
  address = text('127.0.0.1:80')
  equal address.bytes[2, 6], "\0\x50\x7f\0\0\1".b
  equal GSock::Address.new_from_bytes(address.bytes), address
  equal GSock::Address.new_abstract("a\0b").bytes[2..], "\0a\0b".b
end

test 'other addresses' do
  address = text('127.0.0.1:80')
  equal address.with_port(81), text('127.0.0.1:81')
  equal address.map_to_ipv6.map_to_ipv4, address
  equal address.to_gsocket_address.port, 80
  equal GSock::Address.new(Gio::InetSocketAddress.new('127.0.0.1', 80)), address
  equal [address.dup, address.clone], [address, address]
end

test 'they outlive what they came from' do
  address = GSock.make_socket(type: :datagram, local_host: '127.0.0.1') { |made| made.local_address }
  GC.start
  equal address.host, '127.0.0.1'
end

test 'interfaces' do
  lo = GSock.list_network_interfaces.find { |interface| interface.name == 'lo' }
  ok lo.loopback?
  ok lo.addresses.include?(text('127.0.0.1:0'))
  equal lo.inspect, '#<GSock::Interface lo>'
  equal GSock.lookup_interface('lo').index, lo.index
  equal lo.hardware_address, nil
end

test 'failures' do
  ['127.0.0.256:80', '', '127.0.0.1:'].each { |name| fails(GSock::InvalidAddress) { text(name) } }
  fails(GSock::Error) { GSock::Address.new_from_host('x', 1) }
  [65_536, -1].each { |port| fails(GSock::OutOfRange) { GSock::Address.new_from_host('127.0.0.1', port) } }
  fails(GSock::Error) { GSock::Address.new_from_filename('x' * 108) }
  ['', 'x', "\0" * 200].each { |bytes| fails(GSock::Error) { GSock::Address.new_from_bytes(bytes) } }
  fails(GSock::Error) { text('@a').with_port(1) }
  fails(GSock::Error) { text('@a').map_to_ipv6 }
end

test 'wrong types' do
  [5, Object.new].each { |value| fails(TypeError) { text(value) } }
  fails(ArgumentError) { text(nil) }
  ['x', Object.new].each { |port| fails(TypeError) { GSock::Address.new_from_host('::1', port) } }
  [2**32, 2**64, -2**40].each { |port| fails(RangeError) { GSock::Address.new_from_host('::1', port) } }
  [[], [5], [nil], ['::1', 'x'], ['::1', 80, 5], [Object.new]].each { |given| fails(ArgumentError) { GSock::Address.new(*given) } }
  fails(ArgumentError) { text("127.0.0.1\0:80") }
  fails(ArgumentError) { GSock::Address.allocate.to_s }
  fails(TypeError) { Marshal.dump(text('127.0.0.1:80')) }
end

run
