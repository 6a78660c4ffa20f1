# SPDX-License-Identifier: LGPL-2.1-or-later
# Messages with what goes along, and batches.

require 'gsock'
require 'tap'

HOST = '127.0.0.1'
WAIT = 5

def with_pair
  GSock.make_socket(type: :datagram, address_family: :ipv4, local_host: '0.0.0.0') do |server|
    GSock.make_socket(type: :datagram, local_host: HOST) { |client| yield server, client, "#{HOST}:#{server.local_port}" }
  end
end

def with_local_pair(&body)
  GSock.make_socket_pair(type: :datagram, &body)
end

test 'messages both ways' do
  with_pair do |server, client, address|
    equal client.send_message('question', remote_address: address), 8
    question = server.receive_message(size: 100, timeout: WAIT)
    equal question.to_a, ['question', HOST, client.local_port]
    equal [question.full_length, question.truncated?, question.filename], [8, false, nil]
    %i[packet_info ttl traffic_class segment_size timestamp overflow_count credentials extended_error].each do |part|
      equal [part, question.public_send(part)], [part, nil]
    end
    equal question.controls, []
    equal server.send_message(%w[an swer], remote_address: question.address), 6
    data, host, port = client.receive_message(timeout: WAIT)
    equal [data, host, port], ['answer', HOST, server.local_port]
    client.send_message('x', remote_address: address)
    equal((server.receive_message(timeout: WAIT) in { data: 'x', host: '127.0.0.1' }), true)
  end
end

test 'an answer from where the question came to' do
  with_pair do |server, client|
    server.set_option('ip-packet-info', true)
    client.send_message('?', remote_address: "127.0.0.2:#{server.local_port}")
    question = server.receive_message(timeout: WAIT)
    equal question.packet_info.first, '127.0.0.2'
    server.send_message('!', remote_address: question.address, packet_info: question.packet_info)
    equal client.receive_message(timeout: WAIT).host, '127.0.0.2'
  end
end

test 'ttl and traffic class' do
  with_pair do |server, client, address|
    server.set_option('ip-receive-ttl', true)
    server.set_option('ip-receive-tos', true)
    client.send_message('x', remote_address: address, ttl: 7, traffic_class: 0x28)
    message = server.receive_message(timeout: WAIT)
    equal [message.ttl, message.traffic_class], [7, 0x28]
    again = GSock::Message.new
    again.add_data('x')
    again.address = address
    again.ttl = 3
    client.send_message(again)
    equal server.receive_message(timeout: WAIT).ttl, 3
    again.ttl = nil
    equal again.ttl, nil
    fails(ArgumentError, 'set its ttl before') { client.send_message(again, ttl: 4) }
  end
end

test 'a timestamp' do
  with_pair do |server, client, address|
    server.set_option('timestamp-ns', true)
    time = nil
    # The kernel turns its clock on after the call; what comes at once may have no time yet.
    until time
      client.send_message('x', remote_address: address)
      time = server.receive_message(timeout: WAIT).timestamp
    end
    ok time.is_a?(Time) && (Time.now - time).abs < 60
  end
end

test 'segments' do
  with_pair do |server, client, address|
    client.send_message('abcde', remote_address: address, segment_size: 3)
    equal Array.new(2) { server.receive_message(timeout: WAIT).data }, %w[abc de]
  end
end

test 'the queue of errors' do
  with_pair do |_, client|
    client.set_option('ip-receive-error', true)
    nobody = GSock.make_socket(type: :datagram, local_host: HOST) { |closed| closed.local_address }
    client.send_message('lost', remote_address: nobody)
    fails(GSock::ConnectionRefused) { client.receive_message(timeout: WAIT) }
    message = client.receive_message(error_queue: true, timeout: WAIT)
    equal message.data, 'lost'
    equal message.extended_error.slice(:errno, :origin, :type, :code, :offender),
          { errno: 111, origin: 2, type: 3, code: 3, offender: HOST }
  end
end

test 'credentials and descriptors' do
  with_local_pair do |left, right|
    right.set_option('pass-credentials', true)
    left.send_message('x')
    mine = right.receive_message(timeout: WAIT).credentials
    equal mine.first, Process.pid
    left.send_message('x', credentials: mine, file_descriptors: [0, $stdout, left])
    message = right.receive_message(timeout: WAIT)
    equal [message.credentials, message.n_file_descriptors], [mine, 3]
    fds = message.take_file_descriptors
    equal fds.size, 3
    fds.each { |fd| IO.for_fd(fd).close }
  end
end

test 'controls' do
  message = GSock::Message.new
  message.add_control(1, 2, "a\0b")
  equal message.controls, [[1, 2, "a\0b"]]
end

test 'a batch of 64' do
  with_pair do |server, client|
    datagrams = Array.new(64) { |i| (65 + i % 26).chr * i }
    equal client.send_many(datagrams, remote_host: HOST, remote_port: server.local_port), 64
    received = []
    received.concat(server.receive_many(64, timeout: WAIT)) while received.size < 64
    received.each_with_index { |one, i| equal one.to_a, [datagrams[i], HOST, client.local_port] }
  end
end

test 'datagrams with addresses' do
  with_pair do |server, client, address|
    equal client.send_many([['abcdef', address], ['', HOST, server.local_port]]), 2
    received = server.receive_many(2, size: 4, timeout: WAIT)
    equal [received.size, received[0].data, received[0].full_length, received[0].truncated?], [2, 'abcd', 6, true]
    equal received[1].port, client.local_port
    GC.start
    equal server.send_many(received), 2
    batch = GSock::Batch.new
    equal client.receive_many(2, batch: batch, timeout: WAIT).first.data, 'abcd'
    equal [batch.size, batch.map(&:data), batch[2]], [2, ['abcd', ''], nil]
    batch.clear
    batch << 'x' << ['y', address]
    equal [batch.count, batch.count { |one| one.data == 'x' }, batch[1].address.to_s], [2, 1, address]
    equal batch[0].address, nil
  end
end

test 'a batch without addresses' do
  with_local_pair do |left, right|
    equal left.send_many(['x', "A\0B"]), 2
    equal right.receive_many(4, timeout: WAIT).map(&:to_a), [['x', nil, nil], ["A\0B", nil, nil]]
  end
end

test 'what is received outlives its batch' do
  with_pair do |server, client, address|
    kept = Array.new(200) do |i|
      client.send_many(["#{i}"], remote_address: address)
      GC.start if (i % 50).zero?
      server.receive_many(1, timeout: WAIT).first
    end
    GC.start
    kept.each_with_index { |one, i| equal one.to_a, [i.to_s, HOST, client.local_port] }
  end
end

test 'wrong input' do
  with_pair do |server, client, address|
    send = ->(**keywords) { client.send_message('x', remote_address: address, **keywords) }
    [5, Object.new, [5], ['x', nil]].each { |data| fails(StandardError) { client.send_message(data, remote_address: address) } }
    fails(ArgumentError, 'message is missing') { client.send_message }
    fails(GSock::InvalidKeyword) { client.send_message('x', remote_address: 5) }
    fails(GSock::InvalidAddress) { client.send_message('x', remote_address: 'nowhere') }
    fails(GSock::UnknownKeyword) { send.call(tll: 5) }
    fails(GSock::OperationNotSupported) { send.call(file_descriptors: [0]) }
    fails(TypeError, 'packet_info') { send.call(packet_info: HOST) }
    fails(TypeError, 'credentials') { send.call(credentials: [1]) }
    fails(TypeError, 'a control') { send.call(controls: [[1, 2]]) }
    fails(GSock::InvalidArgument) { send.call(file_descriptors: [0, 9999]) }
    fails(TypeError, 'whole number') { send.call(ttl: 1.5) }
    fails(GSock::OutOfRange) { send.call(ttl: 256) }
    ['ab', 5, [5], [['x', 5]], [['x', HOST, 5, 6]], [[]], nil].each { |batch| fails(StandardError) { client.send_many(batch) } }
    fails(GSock::UnknownKeyword) { client.send_many(['x'], remote_hots: 'x') }
    fails(GSock::OutOfRange) { client.receive_many(0) }
    [2**32 + 1, 2**70, -1].each { |most| fails(StandardError) { client.receive_many(most, wait: false) } }
    fails(GSock::WouldBlock) { client.receive_many(4, wait: false) }
    fails(ArgumentError) { client.receive_many(wait: false) }
    fails(ArgumentError) { GSock::Message.new(5) }
    [-1, 5, 2**31].each { |i| equal GSock::Batch.new[i], nil }
    fails(GSock::WouldBlock) { server.receive_message(wait: false) }
  end
end

run
