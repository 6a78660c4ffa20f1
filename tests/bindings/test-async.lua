-- SPDX-License-Identifier: LGPL-2.1-or-later
-- What coroutines wait for: every operator, their ends, watches and servers.

local lgi = require 'lgi'
local Gio, GLib = lgi.Gio, lgi.GLib
local GSock = lgi.require('GSock', '1')
local tap = require 'tap'
local test, equal, ok, fails, raises, close = tap.test, tap.equal, tap.ok, tap.fails, tap.raises, tap.close

local local_host = '127.0.0.1'

local function start(body)
   local started, err = Gio.Async.start(body)()
   if not started then error(err, 0) end
end

local function with_stream(body)
   return function()
      local server = GSock.make_socket{connect = 'passive', local_host = local_host}
      local client = GSock.make_socket{address_family = 'ipv4'}
      tap.await(function() body(server, client) end)
      close(server, client)
   end
end

local function with_datagrams(body)
   return function()
      local alice = GSock.make_socket{type = 'datagram', local_host = local_host}
      local bob = GSock.make_socket{type = 'datagram', local_host = local_host}
      tap.await(function() body(alice, bob) end)
      close(alice, bob)
   end
end

test('a stream both ways', with_stream(function(server, client)
   start(function() ok(client:async_connect_to('127.0.0.1', {port = server.local_port})) end)
   local peer = ok(server:async_accept_connection{timeout = 5})
   equal(client:async_send_to('question'), 8)
   equal((peer:async_receive_from{size = 100, timeout = 5}), 'question')
   local large, sent, got = ('7'):rep(3000000), nil, 0
   start(function() sent = peer:async_send_to(large) end)
   while got < #large do got = got + #ok(client:async_receive_from{size = 65536}) end
   while not sent do GLib.MainContext.default():iteration(false) end
   equal(sent, #large)
   peer:close()
   equal((client:async_receive_from()), '')
end))

local function give_listener()
   local left, right = GSock.make_socket_pair{type = 'seqpacket'}
   local server = GSock.make_socket{connect = 'passive', local_host = local_host}
   local given, taken
   tap.await(function()
      start(function() given = GSock.async_handover_give(left, {server}, {'http'}, {timeout = 5}) end)
      local names
      taken, names = GSock.handover_take(right, {timeout = 5})
      equal(names, {'http'})
      equal(taken[1].local_port, server.local_port)
      ok(GSock.handover_complete(right, taken, {timeout = 5}))
      while given == nil do GLib.MainContext.default():iteration(true) end
      equal(given, true)
      fails('TIMED_OUT', GSock.async_handover_give(left, {server}, {'http'}, {timeout = 0.01}))
   end)
   close(left, right, server, taken[1])
end

test('a server gives its listener, and serves meanwhile', give_listener)

test('datagrams, messages and batches', with_datagrams(function(alice, bob)
   local there = {remote_host = local_host, remote_port = bob.local_port}
   local data, host, port
   start(function() data, host, port = bob:async_receive_from() end)
   equal(alice:async_send_to('\1\2\3', there), 3)
   while not data do GLib.MainContext.default():iteration(true) end
   equal({data, host, port}, {'\1\2\3', local_host, alice.local_port})

   equal(alice:async_send_message({'ab', 'c'}, {remote_host = local_host, remote_port = bob.local_port, ttl = 9}), 3)
   equal(bob:async_receive_message{timeout = 5}.data, 'abc')

   equal(alice:async_send_many({'x', 'y', 'z'}, there), 3)
   local got = ''
   while #got < 3 do
      for _, datagram in ipairs(ok(bob:async_receive_many(64, {timeout = 5}))) do got = got .. datagram.data end
   end
   equal(got, 'xyz')
end))

test('nobody came, cancelled, closed, wrong', with_datagrams(function(alice, bob)
   local cancellable = Gio.Cancellable()
   fails('TIMED_OUT', alice:async_receive_from{timeout = 0.01})
   local cancelled, closed
   start(function() cancelled = select(2, alice:async_receive_from{cancellable = cancellable}) end)
   start(function() closed = select(2, alice:async_receive_from()) end)
   cancellable:cancel()
   alice:close()
   while not (cancelled and closed) do GLib.MainContext.default():iteration(true) end
   ok(cancelled:matches(Gio.IOErrorEnum, 'CANCELLED'))
   ok(closed:matches(GSock.Error, 'CLOSED'))
   fails('UNKNOWN_KEYWORD', bob:async_receive_from{sise = 3})
   raises('a string is wanted', bob.async_send_to, bob, 7)
end))

test('what is called back', function()
   local left, right = GSock.make_socket_pair()
   local loop, got = GLib.MainLoop(), nil
   right:receive_from_async(10, {timeout = 5}, function(socket, result)
      got = {socket:receive_from_finish(result)}
      loop:quit()
   end)
   left:send_to('x')
   loop:run()
   equal(got[1], 'x')
   raises('a function as last argument', right.receive_from_async, right, 10)
   raises('in a coroutine', right.async_receive_from, right, 10)
   close(left, right)
end)

test('make_socket', with_stream(function(server)
   local client = ok(GSock.async_make_socket{remote_address = server:get_local_address()})
   ok(client.connected)
   local made = ok(GSock.async_make_instance(GSock.DatagramSocket, {local_host = local_host}))
   ok(made.bound)
   fails('UNKNOWN_KEYWORD', GSock.async_make_socket{tipe = 1})
   local addresses, name = GSock.async_lookup_hostname(local_host)
   equal({tostring(addresses[1]), name}, {'127.0.0.1:0', local_host})
   close(client, made)
end))

test('a socket that nobody holds is kept by what it waits for', with_stream(function(server)
   GSock.make_socket{remote_address = server:get_local_address()}:send_to('x')
   collectgarbage()
   local peer = ok(server:async_accept_connection())
   local got
   start(function() got = peer:async_receive_from() end)
   collectgarbage()
   while not got do GLib.MainContext.default():iteration(true) end
   equal(got, 'x')
   peer:close()
end))

test('connections one after the other', with_stream(function(server)
   local clients = {}
   for i = 1, 3 do clients[i] = GSock.make_socket{remote_address = server:get_local_address()} end
   local n = 0
   for connection in server:async_connections() do
      connection:close()
      n = n + 1
      if n == 3 then server:close() end
   end
   equal(n, 3)
   close(tap.unpack(clients))
end))

test('a watch', with_datagrams(function(alice, bob)
   local got = {}
   bob:watch('in', function(socket, condition)
      equal(condition, {IN = true})
      got[#got + 1] = socket:receive_from{wait = false}
      return #got < 2
   end)
   for _, data in ipairs {'one', 'two'} do alice:send_to(data, {remote_host = local_host, remote_port = bob.local_port}) end
   while #got < 2 do GLib.MainContext.default():iteration(true) end
   equal(got, {'one', 'two'})
   local watch = bob:watch('in', function() error('it was cancelled') end)
   collectgarbage()
   watch:cancel()
   alice:send_to('three', {remote_host = local_host, remote_port = bob.local_port})
   equal((bob:async_receive_from()), 'three')
end))

test('a server', with_stream(function(listener, client)
   local server = GSock.Server.new(listener)
   local peer
   server.on_connection = function(_, connection) peer = connection end
   ok(server:start())
   ok(client:async_connect_to(listener:get_local_address()))
   while not peer do GLib.MainContext.default():iteration(true) end
   equal(server.n_connections, 1)
   fails('TIMED_OUT', server:async_drain{timeout = 0.01})
   peer:close()
   ok(server:async_drain())
end))

tap.run(give_listener)
