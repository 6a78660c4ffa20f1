-- SPDX-License-Identifier: LGPL-2.1-or-later
-- The ways to a socket: make_socket, its relatives, and constructors.

local lgi = require 'lgi'
local Gio = lgi.Gio
local GSock = lgi.require('GSock', '1')
local tap = require 'tap'
local test, equal, ok, fails, raises, close = tap.test, tap.equal, tap.ok, tap.fails, tap.raises, tap.close

local local_host = '127.0.0.1'

test('the keywords choose the class', function()
   for _, row in ipairs {
      {{}, GSock.ActiveSocket},
      {nil, GSock.ActiveSocket},
      {{connect = 'passive'}, GSock.PassiveSocket},
      {{connect = GSock.Role.PASSIVE}, GSock.PassiveSocket},
      {{type = 'datagram'}, GSock.DatagramSocket},
      {{type = 'DATAGRAM'}, GSock.DatagramSocket},
      {{type = GSock.SocketType.DATAGRAM}, GSock.DatagramSocket},
      {{address_family = 'netlink'}, GSock.RawSocket},
      {{['address-family'] = 'local', type = 2}, GSock.DatagramSocket},
   } do
      local made = ok(GSock.make_socket(row[1]))
      ok(row[2]:is_type_of(made))
      made:close()
   end
end)

test('the keywords that are given stay as they were', function()
   local cancellable = Gio.Cancellable()
   local keywords = {type = 'datagram', local_host = local_host, cancellable = cancellable}
   GSock.make_socket(keywords):close()
   equal(keywords, {type = 'datagram', local_host = local_host, cancellable = cancellable})
end)

test('the state is read back', function()
   local server = GSock.make_socket{connect = 'passive', local_host = local_host, backlog = 5, timeout = 0.25}
   ok(server.local_port > 0)
   equal({server.timeout, server.socket_type, server.address_family, server.listening}, {0.25, 'STREAM', 'IPV4', true})
   server.timeout = 3
   equal(server:get_timeout(), 3.0)
   server:close()
end)

test('addresses in every form', function()
   local server = GSock.make_socket{connect = 'passive', local_host = local_host}
   local port = server.local_port
   for _, address in ipairs {GSock.Address.new_from_host(local_host, port), local_host .. ':' .. port,
      Gio.InetSocketAddress.new_from_string(local_host, port), server.local_address} do
      local client = ok(GSock.make_socket{remote_address = address})
      local peer = ok(server:accept_connection{timeout = 5})
      equal(client:get_local_address(), peer.remote_address)
      close(client, peer)
   end
   server:close()
end)

test('connecting without waiting', function()
   local server = GSock.make_socket{connect = 'passive', local_host = local_host}
   local client = ok(GSock.make_socket{remote_address = server:get_local_address(), wait = false})
   ok(client:finish_connect{timeout = 5})
   ok(client.connected)
   close(client, server)
end)

test('a pair', function()
   for _, type in ipairs {'stream', 'datagram', GSock.SocketType.SEQPACKET} do
      local left, right = GSock.make_socket_pair{type = type}
      left:send_to('over')
      equal((right:receive_from{timeout = 5}), 'over')
      close(left, right)
   end
end)

test('from a descriptor', function()
   local theirs = GSock.make_socket{type = 'datagram', local_host = local_host}
   local ours = ok(GSock.make_socket_from_fd(theirs.file_descriptor))
   equal(ours.local_port, theirs.local_port)
   ours:close()
   ok(theirs.open)
   local again = ok(GSock.make_socket_from_fd(theirs.file_descriptor, {dup = true, timeout = 1}))
   equal(again.timeout, 1.0)
   close(again, theirs)
end)

test('constructors initialise', function()
   local made = ok(GSock.DatagramSocket{local_host = local_host})
   ok(GSock.DatagramSocket:is_type_of(made))
   ok(made.bound)
   local server = ok(GSock.PassiveSocket{local_host = local_host, backlog = 3})
   local client = ok(GSock.ActiveSocket{remote_address = server:get_local_address()})
   ok(client.connected)
   local bare = ok(GSock.DatagramSocket())
   ok(bare.open)
   close(made, server, client, bare)
end)

test('constructors fail', function()
   fails('UNKNOWN_KEYWORD', GSock.DatagramSocket{lokal_host = local_host})
   fails('ADDRESS_NOT_AVAILABLE', GSock.DatagramSocket{local_host = '192.0.2.1'})
   fails('INVALID_KEYWORD', GSock.DatagramSocket{type = 'stream'})
   fails('INVALID_KEYWORD', GSock.ActiveSocket{connect = 'passive'})
   fails('INVALID_ARGUMENT', GSock.Socket{local_host = local_host})
end)

test('make_instance', function()
   for _, type in ipairs {GSock.DatagramSocket, GSock.DatagramSocket._gtype, 'GSockDatagramSocket'} do
      local made = ok(GSock.make_instance(type, {local_host = local_host}))
      ok(made.bound)
      made:close()
   end
end)

test('with_open_socket closes, and gives what the function gives', function()
   local kept
   equal({GSock.with_open_socket({type = 'datagram'}, function(socket)
      kept = socket
      return socket.open, 'two'
   end)}, {true, 'two'})
   ok(not kept.open)
   ok(GSock.with_open_socket(function(socket) return socket.open end))
   fails('UNKNOWN_KEYWORD', GSock.with_open_socket({tipe = 1}, print))
end)

test('with_open_socket closes when the function fails', function()
   local kept
   raises('mine', GSock.with_open_socket, {type = 'datagram'}, function(socket)
      kept = socket
      error('mine')
   end)
   ok(not kept.open)
end)

test('a socket that is dropped is closed', function()
   ok(GSock.make_socket{type = 'datagram'})
   collectgarbage()
end)

test('the printed form', function()
   local made = GSock.DatagramSocket{local_host = local_host}
   equal(tostring(made), ('IPv4 datagram socket bound to %s:%d'):format(local_host, made.local_port))
   equal(tostring(made.local_address), local_host .. ':' .. made.local_port)
   made:close()
   equal(tostring(made), 'IPv4 datagram socket, closed')
end)

tap.run()
