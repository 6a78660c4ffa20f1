-- SPDX-License-Identifier: LGPL-2.1-or-later
-- What a program can get wrong, each time answered by an error that says what.
-- Run with G_DEBUG=fatal-criticals: a warning of GObject in place of an error ends the program.

local lgi = require 'lgi'
local Gio, GLib, GObject = lgi.Gio, lgi.GLib, lgi.GObject
local GSock = lgi.require('GSock', '1')
local tap = require 'tap'
local test, equal, ok, fails, raises, close = tap.test, tap.equal, tap.ok, tap.fails, tap.raises, tap.close

local local_host = '127.0.0.1'
local infinity, not_a_number = 1 / 0, 0 / 0

local function refuse(code, keywords, part)
   local err = fails(code, GSock.make_socket(keywords))
   if not tostring(err):find(part or '', 1, true) then error(('%s does not tell of %s'):format(tostring(err), part)) end
end

local function with_datagram(body)
   return function() GSock.with_open_socket({type = 'datagram', local_host = local_host}, body) end
end

test('unknown keywords', function()
   refuse('UNKNOWN_KEYWORD', {lokal_host = 'x'}, 'local-host')
   refuse('UNKNOWN_KEYWORD', {tcp_nodely = true}, 'tcp-nodelay')
   refuse('UNKNOWN_KEYWORD', {['local port'] = 1}, 'local-port')
   refuse('UNKNOWN_KEYWORD', {[''] = 1})
end)

test('wrong types', function()
   for _, row in ipairs {{'local_port', 'eighty'}, {'local_port', 1.5}, {'local_port', {}}, {'local_host', 5}, {'local_host', true},
      {'timeout', 'soon'}, {'type', 'strem'}, {'type', 99}, {'type', {}}, {'nodelay', 'yes'}, {'nodelay', 2}, {'connect', 5},
      {'remote_address', 5}, {'remote_address', GLib.Bytes.new('x')}, {'address_family', 'klingon'}, {'remote_connectable', 'x'},
      {'remote_connectable', Gio.Cancellable()}, {'local_port', Gio.Cancellable()}, {'local_host', GSock.Address()},
      {'timeout', not_a_number}, {'local_port', infinity}, {'local_port', {1, 2}}, {'local_host', {'x'}}} do
      refuse('INVALID_KEYWORD', {[row[1]] = row[2]}, (row[1]:gsub('_', '-')))
   end
   for _, type in ipairs {5, 'GSockSocket', {}} do
      refuse('INVALID_KEYWORD', {connect = 'passive', active_type = type}, 'active-type')
   end
end)

test('types that nothing takes', function()
   for _, value in ipairs {print, io.stdout, coroutine.create(print), {print}, setmetatable({}, {})} do
      raises('make_socket: local_port', GSock.make_socket, {local_port = value})
   end
   raises('1', GSock.make_socket, {[1.5] = 'x'})
   raises('', GSock.make_socket, {cancellable = 'x'})
   raises('takes 0 arguments', GSock.make_socket, 'datagram')
   raises('takes 0 arguments', GSock.make_socket, {'datagram'})
end)

test('ports', function()
   for _, port in ipairs {-1, 65536, 2 ^ 31, -2 ^ 31, 2 ^ 32, 2 ^ 40, 2 ^ 53, 2 ^ 63, -2 ^ 63, 2 ^ 70} do
      refuse('OUT_OF_RANGE', {local_host = local_host, local_port = port}, 'port')
      refuse('OUT_OF_RANGE', {remote_host = local_host, remote_port = port}, 'port')
   end
   refuse('OUT_OF_RANGE', {remote_host = local_host, remote_port = 0}, 'remote-port 0')
end)

test('halves and contradictions', function()
   refuse('INVALID_KEYWORD', {remote_host = local_host}, 'remote-port')
   refuse('INVALID_KEYWORD', {remote_port = 80}, 'remote-host')
   refuse('INVALID_KEYWORD', {remote_filename = '/x', remote_host = local_host, remote_port = 80})
   refuse('INVALID_KEYWORD', {address_family = 'local', local_host = local_host})
   refuse('INVALID_KEYWORD', {type = 'datagram', connect = 'passive'})
   refuse('INVALID_KEYWORD', {nodelay = true, tcp_nodelay = true})
end)

test('names', function()
   for _, name in ipairs {'/' .. ('x'):rep(107), '@' .. ('x'):rep(108), ('x'):rep(5000)} do
      equal((GSock.make_socket{type = 'datagram', local_filename = name}), nil)
   end
   raises('null character', GSock.make_socket, {local_host = '127.0.0.1\0.example'})
   refuse('INVALID_ADDRESS', {remote_address = '127.0.0.1:'})
end)

test('make_socket_from_fd', function()
   for _, fd in ipairs {-1, 99999, 2 ^ 31 - 1} do equal((GSock.make_socket_from_fd(fd)), nil) end
   for _, fd in ipairs {'x', 1.5, not_a_number, print} do raises('fd: a whole number', GSock.make_socket_from_fd, fd) end
   for _, fd in ipairs {2 ^ 31, 1e10, -2 ^ 40} do raises('out of', GSock.make_socket_from_fd, fd) end
   raises('fd is missing', GSock.make_socket_from_fd)
   fails('UNKNOWN_KEYWORD', GSock.make_socket_from_fd(0, {dupe = true}))
end)

test('make_socket_pair and make_instance', function()
   fails('UNKNOWN_KEYWORD', GSock.make_socket_pair{local_host = local_host})
   fails('INVALID_KEYWORD', GSock.make_socket_pair{type = 'streem'})
   fails('INVALID_ARGUMENT', GSock.make_instance(GObject.Object))
   fails('INVALID_ARGUMENT', GSock.make_instance(GSock.Socket))
   raises('type is missing', GSock.make_instance)
   for _, type in ipairs {print, io.stdout, 'no such type', 5} do
      ok(not select(2, pcall(GSock.make_instance, type)) or not pcall(GSock.make_instance, type))
   end
end)

test('send_to', with_datagram(function(udp)
   for _, row in ipairs {
      {'UNKNOWN_KEYWORD', 'size', 1}, {'INVALID_KEYWORD', 'more', 'x'}, {'INVALID_KEYWORD', 'flags', 'mor'},
      {'OUT_OF_RANGE', 'start', 4}, {'OUT_OF_RANGE', 'end', 4}, {'OUT_OF_RANGE', 'start', -1}, {'OUT_OF_RANGE', 'start', 2 ^ 40},
      {'OUT_OF_RANGE', 'remote_port', 0}, {'OUT_OF_RANGE', 'remote_port', 65536}, {'INVALID_KEYWORD', 'remote_address', '127.0.0.1:1'},
      {'INVALID_KEYWORD', 'timeout', 'x'},
   } do
      local keywords = {remote_host = local_host, remote_port = udp.local_port}
      keywords[row[2]] = row[3]
      fails(row[1], udp:send_to('abc', keywords))
   end
   fails('NOT_CONNECTED', udp:send_to('abc'))
   raises('buffer is missing', udp.send_to, udp)
   raises('takes 1 arguments', udp.send_to, udp, 'abc', 'x')
   raises('', udp.send_to, udp, 'abc', {cancellable = 5})
end))

test('receive_from', with_datagram(function(udp)
   for _, size in ipairs {not_a_number, infinity, 1.5, 'x', true} do
      raises('size: a whole number', udp.receive_from, udp, size, {wait = false})
   end
   raises('out of', udp.receive_from, udp, -1, {wait = false})
   fails('OUT_OF_RANGE', udp:receive_from(2 ^ 62, {wait = false}))
   fails('INVALID_KEYWORD', udp:receive_from{wait = 'x'})
   fails('INVALID_KEYWORD', udp:receive_from{timeout = not_a_number})
   raises('takes 1 arguments', udp.receive_from, udp, 10, nil, 5)
   local unbound = GSock.make_socket{type = 'datagram'}
   fails('NOT_BOUND', unbound:receive_from())
   unbound:close()
end))

test('connect_to and bind_address', with_datagram(function(udp)
   fails('INVALID_KEYWORD', udp:connect_to())
   fails('INVALID_KEYWORD', udp:connect_to(local_host))
   fails('OUT_OF_RANGE', udp:connect_to(local_host, {port = 0}))
   fails('UNKNOWN_KEYWORD', udp:connect_to(local_host, {prot = 1}))
   for _, address in ipairs {5, true, Gio.Cancellable(), GLib.Bytes.new('x')} do
      raises('address: a GSock.Address', udp.connect_to, udp, address)
      raises('address: a GSock.Address', udp.bind_address, udp, address)
   end
end))

test('shutdown and close', with_datagram(function(udp)
   fails('INVALID_KEYWORD', udp:shutdown())
   fails('NOT_CONNECTED', udp:shutdown{write = true})
   raises('write: true or false', udp.shutdown, udp, {write = 'yes'})
   local err = fails('UNKNOWN_KEYWORD', udp:close{force = true})
   ok(tostring(err):find('force') and tostring(err):find('abort'))
end))

test('descriptors', function()
   local left, right = GSock.make_socket_pair()
   fails('OUT_OF_RANGE', left:send_file_descriptors({}))
   fails('INVALID_ARGUMENT', left:send_file_descriptors({99999}))
   fails('INVALID_ARGUMENT', left:send_file_descriptor(-1))
   raises('a whole number', left.send_file_descriptors, left, {0, 'x'})
   raises('a list', left.send_file_descriptors, left, 5)
   fails('OUT_OF_RANGE', left:receive_file_descriptors(0))
   fails('OUT_OF_RANGE', left:receive_file_descriptors(254))
   raises('maximum is missing', left.receive_file_descriptors, left)
   right:send_to('x')
   fails('INVALID_STATE', left:receive_file_descriptor())
   right:send_file_descriptors({0, 1, 2})
   fails('TRUNCATED', left:receive_file_descriptors(2))
   close(left, right)
end)

test('waiting', with_datagram(function(udp)
   for _, condition in ipairs {'inn', '', true, print} do raises('condition', udp.wait_for, udp, condition) end
   fails('INVALID_KEYWORD', udp:wait_for(0))
   fails('INVALID_KEYWORD', udp:wait_for('in', not_a_number))
   fails('INVALID_KEYWORD', GSock.wait_for_any({}))
   fails('INVALID_KEYWORD', GSock.wait_for_any({udp}, {'in', 'in'}))
   for _, sockets in ipairs {5, 'x', {5}, {Gio.Cancellable()}} do raises('', GSock.wait_for_any, sockets) end
   raises('', GSock.wait_for_any)
end))

test('receivers of the wrong type', with_datagram(function(udp)
   for _, receiver in ipairs {5, 'x', {}, GObject.Object(), GSock.Address()} do
      raises('', GSock.Socket.send_to, receiver, 'x')
   end
   raises('', GSock.Socket.send_to, nil, 'x')
   raises('', GSock.PassiveSocket.accept_connection, udp)
end))

test('no class of sockets', function()
   raises('a class is wanted', GSock.make_instance, -1)
   fails('UNKNOWN_INTERFACE', GSock.make_socket{type = 'datagram', interface = 'a\255b'})
end)

test('keywords are not kept', function()
   local given = GSock.make_socket{type = 'datagram'}
   local text = ('x'):rep(100000)
   local function kib()
      collectgarbage()
      collectgarbage()
      local file = io.open('/proc/self/statm')
      local _, pages = file:read('*n', '*n')
      file:close()
      return pages * 4
   end
   local function try()
      for _ = 1, 500 do
         fails('UNKNOWN_HOST', given:send_to('x', {remote_host = text, remote_port = 9}))
         collectgarbage()
      end
   end
   try()
   local before = kib()
   try()
   ok(kib() - before < 20000)
   local client, server = GSock.make_socket{type = 'datagram'}
   fails('INVALID_KEYWORD', GSock.make_socket{remote_connectable = client})
   client, server, given = nil, nil, nil
end)

test('addresses', function()
   for _, text in ipairs {'127.0.0.256:80', ''} do equal((GSock.Address.new_from_text(text)), nil) end
   equal((GSock.Address.new_from_host('127.0.0.1', 65536)), nil)
   equal((GSock.Address.new_from_bytes('')), nil)
   equal((GSock.Address.new_from_bytes(('x'):rep(200))), nil)
   raises('text: a string', GSock.Address.new_from_text, 5)
   raises('is missing', GSock.Address.new_from_text)
   raises('out of', GSock.Address.new_from_host, '::1', -1)
end)

test('a closed socket', function()
   local server = GSock.make_socket{connect = 'passive', local_host = local_host}
   local udp = GSock.make_socket{type = 'datagram', local_host = local_host}
   local here = udp:get_local_address()
   server:close()
   udp:close()
   ok(udp:close())
   for _, call in ipairs {{udp.send_to, udp, 'x'}, {udp.receive_from, udp}, {udp.get_local_address, udp}, {udp.connect_to, udp, here},
      {udp.get_file_descriptor, udp}, {udp.disconnect_peer, udp}, {udp.wait_for, udp}, {udp.get_option, udp, 'linger'},
      {udp.bind_address, udp, here}, {server.accept_connection, server}, {server.listen_on, server},
      {GSock.wait_for_any, {server, udp}}} do
      fails('CLOSED', call[1](tap.unpack(call, 2)))
   end
   equal({udp.local_port, udp.file_descriptor, udp.open, udp.bound}, {0, -1, false, false})
   equal(udp.local_host, nil)
   equal(udp.local_address, nil)
end)

tap.run()
