# SPDX-License-Identifier: LGPL-2.1-or-later
# Multicast groups.

require 'gsock'
require 'tap'

HOST = '127.0.0.1'
GROUP = '239.255.43.24'

def with_members
  GSock.make_socket(type: :datagram, address_family: :ipv4, local_host: '0.0.0.0') do |server|
    GSock.make_socket(type: :datagram, local_host: HOST) do |client|
      client.set_multicast_interface('lo')
      yield server, client, -> { client.send_to('all', remote_host: GROUP, remote_port: server.local_port) }
    end
  end
end

test 'joined and left' do
  with_members do |server, _, send|
    ok server.join_group(GROUP, interface: 'lo')
    send.call
    equal server.receive_from(timeout: 5).data, 'all'
    ok server.leave_group(GROUP, 'lo')
    send.call
    fails(GSock::WouldBlock) { server.receive_from(wait: false) }
  end
end

test 'sources' do
  with_members do |server, _, send|
    server.join_group(GROUP, interface: 'lo')
    ok server.block_source(GROUP, HOST, interface: 'lo')
    send.call
    fails(GSock::WouldBlock) { server.receive_from(wait: false) }
    ok server.unblock_source(GROUP, HOST, 'lo')
    server.leave_group(GROUP, 'lo')
    ok server.join_group(group: GROUP, interface: 'lo', source: HOST)
    send.call
    equal server.receive_from(timeout: 5).host, HOST
  end
end

test 'what senders set' do
  with_members do |_, client|
    ok client.set_multicast_ttl(2)
    client.multicast_loopback = false
    equal [client.multicast_ttl, client.multicast_loopback?], [2, false]
    ok client.multicast_interface
  end
end

test 'wrong input' do
  with_members do |server, client|
    fails(GSock::InvalidAddress) { server.join_group('10.0.0.1') }
    fails(GSock::UnknownInterface) { server.join_group(GROUP, interface: 'nosuch0') }
    fails(ArgumentError, 'group is missing') { server.join_group }
    ['x', 1.5, nil, Object.new].each { |ttl| fails(StandardError, 'ttl') { client.set_multicast_ttl(ttl) } }
    [-7, 256, 2**40].each { |ttl| fails(StandardError) { client.set_multicast_ttl(ttl) } }
    [5, Object.new, ['x']].each { |group| fails(TypeError) { server.join_group(group) } }
  end
end

run
