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

local function refused(code, result, err)
   ok(not result)
   ok(err:matches(GSock.Error, code), err)
end

test('there is no override', function() equal(GSock.with_open_socket, nil) end)

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

test('a pair, descriptors and waiting', function()
   local left, right = GSock.make_socket_pair({'type'}, {value('seqpacket')})
   left:send_file_descriptors({0}, nil, {}, {}, nil)
   equal(right:wait_for({'IN'}, 5, nil), {IN = true})
   equal(GSock.wait_for_any({right}, {GLib.IOCondition.IN}, 5, nil), {right})
   local fds = right:receive_file_descriptors(16, {'timeout'}, {value(5)}, nil)
   GLib.close(fds[1])
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
