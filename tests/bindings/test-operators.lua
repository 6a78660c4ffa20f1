-- SPDX-License-Identifier: LGPL-2.1-or-later
-- The operators of a socket, as a program in Lua calls them.

local lgi = require 'lgi'
local Gio, GLib = lgi.Gio, lgi.GLib
local GSock = lgi.require('GSock', '1')
local tap = require 'tap'
local test, equal, ok, fails, raises, close = tap.test, tap.equal, tap.ok, tap.fails, tap.raises, tap.close

local local_host = '127.0.0.1'

local function with_stream(body)
   return function()
      local server = ok(GSock.make_socket{connect = 'passive', local_host = local_host})
      local client = ok(GSock.make_socket{remote_address = server:get_local_address()})
      local peer = ok(server:accept_connection{timeout = 5})
      body(server, client, peer)
      close(server, client, peer)
   end
end

local function with_datagrams(body)
   return function()
      GSock.with_open_socket({type = 'datagram', local_host = local_host}, function(alice)
         GSock.with_open_socket({type = 'datagram', local_host = local_host}, function(bob) body(alice, bob) end)
      end)
   end
end

test('a stream both ways', with_stream(function(server, client, peer)
   equal(peer:get_remote_address(), client:get_local_address())
   equal(client:send_to('question'), 8)
   equal((peer:receive_from(100, {timeout = 5})), 'question')
   equal(peer:send_to('\1\2', {more = true, flags = GSock.MessageFlags.DONT_ROUTE}), 2)
   equal((client:receive_from{size = 100, timeout = 5}), '\1\2')
   ok(client:shutdown{write = true})
   equal((peer:receive_from{timeout = 5}), '')
end))

test('what a stream gives has no sender', with_stream(function(server, client, peer)
   client:send_to('x')
   local data, host, port, more = peer:receive_from{timeout = 5}
   equal({data, host, port}, {'x'})
   equal({more.address, more.full_length, more.truncated}, {nil, 1, false})
end))

test('flags and parts', with_stream(function(server, client, peer)
   equal(client:send_to('0123456789', {start = 2, ['end'] = 5}), 3)
   equal((peer:receive_from(2, {peek = true, timeout = 5})), '23')
   equal((peer:receive_from(3, {flags = 'wait-all', timeout = 5})), '234')
end))

test('nobody came', with_stream(function(server)
   fails('TIMED_OUT', server:accept_connection{timeout = 0.01})
   fails('WOULD_BLOCK', server:accept_connection{wait = false})
   ok(server:listen_on{backlog = 1})
   ok(server.listening)
end))

test('connections one after the other, until closed', function()
   local server = GSock.make_socket{connect = 'passive', local_host = local_host}
   local client = GSock.make_socket{remote_address = server:get_local_address()}
   local served = 0
   for peer in server:connections() do
      peer:close()
      served = served + 1
      server:close()
   end
   equal(served, 1)
   client:close()
end)

test('connections that do not come', with_stream(function(server)
   raises('ran out', function()
      for peer in server:connections{timeout = 0} do peer:close() end
   end)
end))

test('the sender of a datagram', with_datagrams(function(alice, bob)
   bob:send_to('x', {remote_host = local_host, remote_port = alice.local_port})
   local data, host, port, more = alice:receive_from{timeout = 5}
   equal({data, host, port}, {'x', local_host, bob.local_port})
   equal(more.address, bob:get_local_address())
end))

test('a datagram that is cut', with_datagrams(function(alice, bob)
   bob:send_to('0123456789', {remote_address = alice:get_local_address()})
   local data, _, _, more = alice:receive_from(4, {timeout = 5})
   equal({data, more.full_length, more.truncated, more.flags.TRUNCATE}, {'0123', 10, true, true})
end))

test('connect in every form, and disconnect', with_datagrams(function(alice, bob)
   local port = alice.local_port
   for _, given in ipairs {
      {local_host, {port = port}},
      {{remote_host = local_host, remote_port = port}},
      {{remote_address = local_host .. ':' .. port}},
      {alice:get_local_address()},
      {Gio.InetSocketAddress.new_from_string(local_host, port)},
   } do
      ok(bob:connect_to(tap.unpack(given)))
      equal(bob.remote_port, port)
      ok(bob:disconnect_peer())
      ok(not bob.connected)
   end
end))

test('bind in every form', function()
   for _, given in ipairs {{local_host}, {local_host, {port = 0}}, {{local_host = local_host, reuse_port = true}},
      {GSock.Address.new_from_host(local_host, 0)}} do
      local made = GSock.DatagramSocket()
      ok(made:bind_address(tap.unpack(given)))
      equal(made.local_host, local_host)
      made:close()
   end
end)

test('a call that is cancelled', with_datagrams(function(alice)
   local cancellable = Gio.Cancellable()
   cancellable:cancel()
   local data, err = alice:receive_from{cancellable = cancellable}
   equal(data, nil)
   ok(err:matches(Gio.IOErrorEnum, 'CANCELLED'))
end))

test('errors are told apart', with_datagrams(function(alice)
   local err = fails('WOULD_BLOCK', alice:receive_from{wait = false})
   equal({err.code, err.domain}, {'WOULD_BLOCK', GSock.Error})
   ok(not err:matches(GSock.Error, 'TIMED_OUT'))
   fails('TIMED_OUT', alice:receive_from{timeout = 0.01})
   local bound = GSock.make_socket{type = 'stream', local_host = local_host}
   local there = local_host .. ':' .. bound.local_port
   local refused = fails('CONNECTION_REFUSED', GSock.make_socket{remote_address = there})
   ok(tostring(refused):find(there, 1, true))
   bound:close()
end))

test('the filename of the sender', function()
   local name = '@gsock-test-' .. GLib.uuid_string_random()
   local named = GSock.make_socket{type = 'datagram', local_filename = name}
   local other = GSock.make_socket{type = 'datagram', local_filename = name .. '-2'}
   other:send_to('x', {remote_filename = name})
   local data, filename, port = named:receive_from{timeout = 5}
   equal({data, filename, port}, {'x', name .. '-2'})
   close(named, other)
end)

test('descriptors', function()
   local left, right = GSock.make_socket_pair()
   local passed = GSock.DatagramSocket{local_host = local_host}
   local fd = passed.file_descriptor
   ok(left:send_file_descriptor(fd))
   ok(left:send_file_descriptors({fd, fd}, {timeout = 5}))
   local fds = {ok(right:receive_file_descriptor{timeout = 5}), tap.unpack((right:receive_file_descriptors(16, {timeout = 5})))}
   equal(#fds, 3)
   for _, received in ipairs(fds) do
      local ours = ok(GSock.make_socket_from_fd(received, {dup = false}))
      equal(ours.local_port, passed.local_port)
      ours:close()
   end
   equal(left:send_file_descriptors({0, 1}, 'hello'), 5)
   local whole, payload = right:receive_file_descriptors{maximum = 16, size = 5}
   equal({#whole, payload}, {2, 'hello'})
   for _, received in ipairs(whole) do GLib.close(received) end
   close(left, right, passed)
end)

test('sockets between sockets', function()
   local left, right = GSock.make_socket_pair()
   local server = GSock.make_socket{connect = 'passive', local_host = local_host, external_format = 'latin-1/crlf', timeout = 5}
   local port = server.local_port
   ok(left:send_socket(server))
   server:close()
   local received = ok(right:receive_socket{timeout = 5})
   ok(GSock.PassiveSocket:is_type_of(received))
   equal({received.local_port, received.external_format, received.timeout}, {port, 'latin-1/crlf', 5.0})
   fails('CLOSED', left:send_socket(server))
   fails('WOULD_BLOCK', right:receive_socket{wait = false})
   fails('UNKNOWN_KEYWORD', left:send_socket(received, {unlink_on_clse = true}))
   close(left, right, received)
end)

test('credentials', function()
   local left, right = GSock.make_socket_pair()
   local pid, uid = left:peer_credentials()
   ok(pid > 0)
   ok(left:send_credentials())
   local sender_pid, sender_uid, _, pidfd = right:receive_credentials{timeout = 5}
   equal({sender_pid, sender_uid, pidfd}, {pid, uid})
   fails('OUT_OF_RANGE', left:send_credentials{pid = 0})
   equal(type(left:peer_groups()), 'table')
   close(left, right)
end)

test('waiting for events', function()
   local left, right = GSock.make_socket_pair()
   equal(left:wait_for('in|out', 0), {OUT = true})
   fails('TIMED_OUT', left:wait_for{condition = 'in', timeout = 0})
   equal(GSock.wait_for_any({left, right}, 'out', 0), {left, right})
   right:send_to('x')
   equal(left:wait_for(GLib.IOCondition.IN, 5), {IN = true})
   equal(GSock.wait_for_any({left, right}), {left})
   equal(GSock.wait_for_any({left, right}, {'in', GLib.IOCondition.PRI}, 5), {left})
   close(left, right)
end)

test('sources', function()
   for _, type in ipairs {'stream', 'datagram', 'seqpacket'} do
      local left, right = GSock.make_socket_pair{type = type}
      local context = GLib.MainContext.new()
      local calls = {}
      local source = left:create_source('in', function(socket, condition)
         calls[#calls + 1] = condition
         equal(socket, left)
         return #calls < 2
      end)
      source:attach(context)
      ok(not context:iteration(false))
      right:send_to('x')
      while #calls < 1 do context:iteration(true) end
      left:receive_from()
      ok(not context:iteration(false))
      left:close()
      while #calls < 2 do context:iteration(true) end
      ok(source:is_destroyed())
      equal(calls, {{IN = true}, {HUP = true}})
      right:close()
   end
end)

test('a source that is cancelled', function()
   local left, right = GSock.make_socket_pair()
   local context = GLib.MainContext.new()
   local cancellable = Gio.Cancellable()
   local calls = {}
   local source = left:create_source(GLib.IOCondition.IN, function(_, condition)
      calls[#calls + 1] = condition
      return false
   end, cancellable)
   source:attach(context)
   cancellable:cancel()
   while #calls == 0 do context:iteration(true) end
   equal(calls, {{}})
   raises('inn', left.create_source, left, 'inn')
   close(left, right)
end)

test('functions beside sockets', function()
   local addresses = ok(GSock.lookup_hostname('127.0.0.1'))
   equal(tostring(addresses[1]), '127.0.0.1:0')
   equal((GSock.lookup_service('80')), 80)
   local host, service = GSock.lookup_name(GSock.Address.new_from_text('127.0.0.1:80'), {numeric = true})
   equal({host, service}, {'127.0.0.1', '80'})
   fails('UNKNOWN_SERVICE', GSock.lookup_service('no-such-service-at-all'))
   fails('UNKNOWN_INTERFACE', GSock.lookup_interface('no-such-interface'))
   fails('UNKNOWN_PROTOCOL', GSock.lookup_protocol('no-such-protocol'))
   local names = {}
   for _, interface in ipairs(GSock.list_network_interfaces()) do names[interface:get_name()] = true end
   ok(names.lo)
end)

test('addresses', function()
   local text = GSock.Address.new_from_text
   equal(text('127.0.0.1:80'), GSock.Address.new_from_host('127.0.0.1', 80))
   ok(text('127.0.0.1:80') ~= text('127.0.0.1:81'))
   ok(text('127.0.0.1:80') ~= '127.0.0.1:80')
   for _, printed in ipairs {'127.0.0.1:80', '[::1]:80', '/run/x.sock', '@name'} do
      equal(tostring(text(printed)), printed)
   end
   equal({text('127.0.0.1:80'):get_host(), text('127.0.0.1:80'):get_port()}, {'127.0.0.1', 80})
   fails('INVALID_ADDRESS', text('127.0.0.256:80'))
end)

tap.run()
