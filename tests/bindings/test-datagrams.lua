-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Messages with what goes along, batches and multicast groups.

local lgi = require 'lgi'
local GLib = lgi.GLib
local GSock = lgi.require('GSock', '1')
local tap = require 'tap'
local test, equal, ok, fails, raises, close = tap.test, tap.equal, tap.ok, tap.fails, tap.raises, tap.close

local local_host, group, timeout = '127.0.0.1', '239.255.43.23', 5

local function with_pair(body)
   return function()
      local server = GSock.make_socket{type = 'datagram', address_family = 'ipv4', local_host = '0.0.0.0'}
      local client = GSock.make_socket{type = 'datagram', local_host = local_host}
      body(server, client, local_host .. ':' .. server.local_port)
      close(server, client)
   end
end

local function with_local_pair(body)
   return function()
      local a, b = GSock.make_socket_pair{type = 'datagram'}
      body(a, b)
      close(a, b)
   end
end

test('messages both ways', with_pair(function(server, client, address)
   equal(client:send_message('question', {remote_address = address}), 8)
   local question = ok(server:receive_message{size = 100, timeout = timeout})
   equal({question.data, question.host, question.port}, {'question', local_host, client.local_port})
   equal({question.full_length, question.truncated, question.filename}, {8, false})
   for _, part in ipairs {'packet_info', 'ttl', 'traffic_class', 'segment_size', 'timestamp', 'overflow_count', 'credentials',
      'extended_error'} do
      equal(question[part], nil)
   end
   equal(question.controls, {})
   equal(server:send_message({'an', 'swer'}, {remote_address = question.address}), 6)
   local answer = ok(client:receive_message{timeout = timeout})
   equal({answer.data, answer.host, answer.port}, {'answer', local_host, server.local_port})
end))

test('an answer from where the question came to', with_pair(function(server, client)
   server:set_option('ip-packet-info', true)
   client:send_message('?', {remote_address = '127.0.0.2:' .. server.local_port})
   local question = server:receive_message{timeout = timeout}
   equal(question.packet_info[1], '127.0.0.2')
   ok(server:send_message('!', {remote_address = question.address, packet_info = question.packet_info}))
   equal(client:receive_message{timeout = timeout}.host, '127.0.0.2')
end))

test('ttl and traffic class', with_pair(function(server, client, address)
   server:set_option('ip-receive-ttl', true)
   server:set_option('ip-receive-tos', true)
   client:send_message('x', {remote_address = address, ttl = 7, traffic_class = 0x28})
   local message = server:receive_message{timeout = timeout}
   equal({message.ttl, message.traffic_class}, {7, 0x28})
   local again = GSock.Message.new()
   again:add_data('x')
   again.address = address
   again.ttl = 3
   ok(client:send_message(again))
   equal(server:receive_message{timeout = timeout}.ttl, 3)
   raises('set its ttl before', client.send_message, client, again, {ttl = 4})
end))

test('a timestamp', with_pair(function(server, client, address)
   server:set_option('timestamp-ns', true)
   local time
   -- The kernel turns its clock on after the call; what comes at once may have no time yet.
   repeat
      client:send_message('x', {remote_address = address})
      time = server:receive_message{timeout = timeout}.timestamp
   until time
   ok(os.time() - time[1] < 60 and time[2] >= 0 and time[2] < 1e9)
end))

test('segments', with_pair(function(server, client, address)
   client:send_message('abcde', {remote_address = address, segment_size = 3})
   equal(server:receive_message{timeout = timeout}.data, 'abc')
   equal(server:receive_message{timeout = timeout}.data, 'de')
end))

test('the queue of errors', with_pair(function(server, client)
   client:set_option('ip-receive-error', true)
   local closed = GSock.make_socket{type = 'datagram', local_host = local_host}
   local nobody = closed:get_local_address()
   closed:close()
   client:send_message('lost', {remote_address = nobody})
   fails('CONNECTION_REFUSED', client:receive_message{timeout = timeout})
   local message = ok(client:receive_message{error_queue = true, timeout = timeout})
   equal(message.data, 'lost')
   local err = message.extended_error
   equal({err.errno, err.origin, err.type, err.code, err.offender}, {111, 2, 3, 3, local_host})
end))

test('credentials and descriptors', with_local_pair(function(a, b)
   b:set_option('pass-credentials', true)
   a:send_message('x')
   local mine = b:receive_message{timeout = timeout}.credentials
   a:send_message('x', {credentials = mine, file_descriptors = {0, 1}})
   local message = b:receive_message{timeout = timeout}
   equal(message.credentials, mine)
   local fds = message:take_file_descriptors()
   equal(#fds, 2)
   for _, fd in ipairs(fds) do GLib.close(fd) end
end))

test('a batch of 64', with_pair(function(server, client)
   local datagrams = {}
   for i = 1, 64 do datagrams[i] = string.char(64 + i % 26):rep(i - 1) end
   equal(client:send_many(datagrams, {remote_host = local_host, remote_port = server.local_port}), 64)
   local received = {}
   while #received < 64 do
      for _, datagram in ipairs(ok(server:receive_many(64, {timeout = timeout}))) do received[#received + 1] = datagram end
   end
   for i, datagram in ipairs(received) do
      equal({datagram[1], datagram[2], datagram[3]}, {datagrams[i], local_host, client.local_port})
   end
end))

test('datagrams with addresses', with_pair(function(server, client, address)
   equal(client:send_many{{'abcdef', address}, {'', local_host, server.local_port}}, 2)
   local received = ok(server:receive_many{most = 2, size = 4, timeout = timeout})
   equal({#received, received[1].data, received[1].full_length, received[1].truncated}, {2, 'abcd', 6, true})
   equal(received[2].port, client.local_port)
   collectgarbage()
   equal(server:send_many(received), 2)
   local batch = GSock.Batch.new()
   equal(client:receive_many(2, {batch = batch, timeout = timeout})[1].data, 'abcd')
   equal(batch:get_count(), 2)
end))

test('a batch without addresses', with_local_pair(function(a, b)
   equal(a:send_many{'x', 'A\0B'}, 2)
   local received = b:receive_many(4, {timeout = timeout})
   equal({received[1].data, received[2].data, received[1].address}, {'x', 'A\0B'})
end))

test('groups', with_pair(function(server, client)
   local function send() ok(client:send_to('all', {remote_host = group, remote_port = server.local_port})) end
   ok(client:set_multicast_interface('lo'))
   ok(client:set_multicast_ttl(2))
   equal(client:get_multicast_ttl(), 2)
   ok(server:join_group(group, {interface = 'lo'}))
   send()
   equal((server:receive_from{timeout = timeout}), 'all')
   ok(server:block_source(group, local_host, {interface = 'lo'}))
   send()
   fails('WOULD_BLOCK', server:receive_from{wait = false})
   ok(server:unblock_source(group, local_host, 'lo'))
   ok(server:leave_group(group, 'lo'))
   ok(server:join_group{group = group, interface = 'lo', source = local_host})
   send()
   equal(select(2, server:receive_from{timeout = timeout}), local_host)
   fails('INVALID_ADDRESS', server:join_group('10.0.0.1'))
   fails('UNKNOWN_INTERFACE', server:join_group(group, {interface = 'nosuch0'}))
   raises('group is missing', server.join_group, server)
   raises('ttl: a whole number', client.set_multicast_ttl, client, 'x')
end))

test('wrong input', with_pair(function(server, client, address)
   local function send(keywords)
      keywords.remote_address = keywords.remote_address or address
      return client:send_message('x', keywords)
   end
   raises('a string is', client.send_message, client, 5)
   raises('message is missing', client.send_message, client)
   fails('INVALID_KEYWORD', send{remote_address = 5})
   fails('UNKNOWN_KEYWORD', send{tll = 5})
   fails('INVALID_ADDRESS', send{remote_address = 'nowhere'})
   fails('OPERATION_NOT_SUPPORTED', send{file_descriptors = {0}})
   raises('packet_info', send, {packet_info = local_host})
   raises('credentials', send, {credentials = {1}})
   raises('a control', send, {controls = {{1, 2}}})
   raises('', send, {file_descriptors = {0, 9999}})
   raises('a whole number', send, {ttl = 1.5})
   fails('OUT_OF_RANGE', send{ttl = 256})
   for _, datagrams in ipairs {'ab', 5, {5}, {{'x', 5}}, {{'x', local_host, 5, 6}}} do
      raises('send_many: batch', client.send_many, client, datagrams)
   end
   fails('UNKNOWN_KEYWORD', client:send_many({'x'}, {remote_hots = 'x'}))
   fails('OUT_OF_RANGE', client:receive_many(0))
   raises('out of', client.receive_many, client, 2 ^ 32 + 1)
   fails('WOULD_BLOCK', client:receive_many(4, {wait = false}))
   raises('most is missing', client.receive_many, client, {wait = false})
end))

tap.run()
