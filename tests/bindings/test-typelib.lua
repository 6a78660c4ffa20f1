-- SPDX-License-Identifier: LGPL-2.1-or-later
-- The typelib as it is, without the override: the names and values of C.

package.preload['lgi.override.GSock'] = function() return {} end

local lgi = require 'lgi'
local GLib, GObject = lgi.GLib, lgi.GObject
local GSock = lgi.require('GSock', '1')
local tap = require 'tap'
local test, equal, ok, close = tap.test, tap.equal, tap.ok, tap.close

local local_host = '127.0.0.1'

local TYPES = {string = 'gchararray', boolean = 'gboolean', number = 'gint'}

local function value(of)
   return GObject.Value(TYPES[type(of)] or of._type._gtype, of)
end

local function make(names, values)
   for i, given in ipairs(values) do values[i] = value(given) end
   return GSock.make_socket(names, values, nil)
end

-- A count that C answers with -1 comes so, with the error.
local function refused(code, result, err)
   ok(not result or result == -1)
   ok(err:matches(GSock.Error, code), err)
end

test('there is no override', function()
   equal(GSock.with_open_socket, nil)
   for name in pairs(package.loaded) do ok(not name:find('GSock-', 1, true), name) end
end)

test('datagrams', function()
   local udp = ok(make({'type', 'local-host'}, {'datagram', local_host}))
   local names = {'remote-host', 'remote-port'}
   local values = {value(local_host), value(udp.local_port)}
   equal(udp:send_to('\1\2\0', names, values, nil), 3)
   local data, sender, flags, length = udp:receive_from(100, {'timeout'}, {value(5)}, nil)
   equal({data, flags, length}, {'\1\2\0', {NONE = true}, 3})
   ok(sender:equal(udp:get_local_address()))
   equal(udp:send_to('', names, values, nil), 0)
   equal((udp:receive_from(100, nil, nil, nil)), '')
   udp:close(false)
end)

test('streams', function()
   local server = ok(make({'connect', 'local-host'}, {'passive', local_host}))
   local client = ok(make({'remote-address'}, {server:get_local_address()}))
   local peer = ok(server:accept_connection({'timeout'}, {value(5)}, nil))
   client:send_to('hello', nil, nil, nil)
   equal((peer:receive_from(100, {'timeout'}, {value(5)}, nil)), 'hello')
   client:shutdown(false, true)
   equal((peer:receive_from(100, nil, nil, nil)), '')
   close(server, client, peer)
end)

test('step by step', function()
   local server = ok(make({'connect'}, {'passive'}))
   ok(server:bind_address(nil, {'host', 'port'}, {value(local_host), value(0)}, nil))
   ok(server:listen_on({'backlog'}, {value(3)}))
   local client = ok(make({'address-family'}, {'ipv4'}))
   ok(client:bind_address(GSock.Address.new_from_host(local_host, 0), nil, nil, nil))
   refused('WOULD_BLOCK', server:accept_connection({'wait'}, {value(false)}, nil))
   ok(client:connect_to(nil, {'host', 'port', 'timeout'}, {value(local_host), value(server.local_port), value(5)}, nil))
   local peer = ok(server:accept_many(10, {'timeout'}, {value(5)}, nil))[1]
   ok(peer:get_remote_address():equal(client:get_local_address()))
   ok(peer:to_string():find('connected to ' .. client:get_local_address():to_text(), 1, true))
   ok(client:write_line('line', nil, nil, nil))
   ok(client:finish_output(nil, nil, nil))
   equal(peer:read_line({'timeout'}, {value(5)}, nil), 'line')
   refused('TIMED_OUT', peer:read_line({'timeout'}, {GObject.Value('gdouble', 0.01)}, nil))
   ok(client:close(true))
   refused('CONNECTION_RESET', peer:receive_from(10, {'timeout'}, {value(5)}, nil))
   peer:close(false)
   refused('CLOSED', peer:receive_from(10, nil, nil, nil))
   server:close(false)
   refused('CONNECTION_REFUSED', make({'remote-host', 'remote-port'}, {local_host, 1}))
end)

test('connected datagrams', function()
   local udp, other = ok(make({'type', 'local-host'}, {'datagram', local_host})), ok(make({'type'}, {'datagram'}))
   ok(other:connect_to(udp:get_local_address(), nil, nil, nil))
   equal(other:send_to('x', nil, nil, nil), 1)
   ok(other:disconnect_peer())
   refused('NOT_CONNECTED', other:send_to('x', nil, nil, nil))
   equal((udp:receive_from(10, {'timeout'}, {value(5)}, nil)), 'x')
   close(udp, other)
end)

test('messages', function()
   local udp = ok(make({'type', 'local-host', 'ip-receive-ttl'}, {'datagram', local_host, true}))
   local message = GSock.Message.new()
   message:add_data('in two ')
   message:add_bytes(GLib.Bytes.new('pieces'))
   message:set_address(udp:get_local_address())
   message:set_ttl(7)
   equal(udp:send_message(message, nil, nil, nil), 13)
   local letter = ok(udp:receive_message(100, {'timeout'}, {value(5)}, nil))
   equal({letter:get_bytes():get_data(), letter:get_ttl()}, {'in two pieces', 7})
   ok(letter:get_address():equal(udp:get_local_address()))
   udp:close(false)
end)

test('batches', function()
   local udp, batch = ok(make({'type', 'local-host'}, {'datagram', local_host})), GSock.Batch.new()
   ok(batch:add('one', nil))
   ok(batch:add('two', udp:get_local_address()))
   equal(udp:send_many(batch, {'remote-address'}, {value(udp:get_local_address())}, nil), 2)
   local arrived = {}
   while #arrived < 2 do
      local count = ok(udp:receive_many(batch, 8, {'timeout'}, {value(5)}, nil))
      for i = 0, count - 1 do arrived[#arrived + 1] = tostring(batch:get_data(i)) end
      ok(batch:get_address(0):equal(udp:get_local_address()))
   end
   equal(arrived, {'one', 'two'})
   udp:close(false)
end)

test('a pair, descriptors and waiting', function()
   local left, right = GSock.make_socket_pair({'type'}, {value('seqpacket')})
   left:send_file_descriptors({0}, nil, {}, {}, nil)
   equal(right:wait_for({'IN'}, 5, nil), {IN = true})
   equal(GSock.wait_for_any({right}, {GLib.IOCondition.IN}, 5, nil), {right})
   local fds = right:receive_file_descriptors(16, {'timeout'}, {value(5)}, nil)
   GLib.close(fds[1])
   ok(left:send_file_descriptor(0, nil, nil, nil))
   GLib.close(ok(right:receive_file_descriptor({'timeout'}, {value(5)}, nil)))
   ok(left:send_socket(right, nil, nil, nil))
   local twin = ok(right:receive_socket({'timeout'}, {value(5)}, nil))
   ok(GSock.ActiveSocket:is_type_of(twin))
   twin:close(false)
   ok(left:peer_credentials())
   close(left, right)
end)

test('options', function()
   local stream = ok(make({'linger'}, {GLib.Variant('(bi)', {true, 5})}))
   equal(stream:get_option('linger').value[2], 5)
   stream:close(false)
end)

test('errors', function()
   refused('UNKNOWN_KEYWORD', make({'lokal-host'}, {'x'}))
   refused('INVALID_KEYWORD', make({'local-port'}, {'x'}))
   refused('INVALID_KEYWORD', make({'local-port'}, {}))
   refused('OUT_OF_RANGE', make({'local-port'}, {65536}))
end)

test('construction', function()
   local made = ok(GSock.DatagramSocket{local_host = local_host})
   ok(made.local_port > 0)
   made:close(false)
   refused('ADDRESS_NOT_AVAILABLE', GSock.DatagramSocket{local_host = '192.0.2.1'})
end)

test('coroutines', function()
   local left, right = GSock.make_socket_pair(nil, nil)
   tap.await(function()
      equal(left:async_send_to(GLib.Bytes.new('x'), nil, nil, GLib.PRIORITY_DEFAULT), 1)
      equal(right:async_receive_from(10, nil, nil, GLib.PRIORITY_DEFAULT):get_data(), 'x')
   end)
   close(left, right)
end)

test('lists', function()
   local addresses = ok(GSock.lookup_hostname('127.0.0.1', 'YES', nil))
   equal({#addresses, addresses[1]:to_text()}, {1, '127.0.0.1:0'})
   local names = {}
   for _, interface in ipairs(GSock.list_network_interfaces()) do names[interface:get_name()] = true end
   collectgarbage()
   ok(names.lo)
end)

tap.run()
