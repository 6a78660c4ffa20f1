-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Classes of Lua that replace an operator. lgi passes no GError to a method and none from it, so such a
-- method neither fails nor goes on to the one that it replaces.

local lgi = require 'lgi'
local GLib = lgi.GLib
local GSock = lgi.require('GSock', '1')
local tap = require 'tap'
local test, equal, ok, fails, close = tap.test, tap.equal, tap.ok, tap.fails, tap.close

local local_host = '127.0.0.1'

local Recording = GSock.DatagramSocket:derive('GSockTestRecording')

function Recording:do_send_to(data, destination, flags, wait, timeout)
   self.priv.call = {data:get_data(), tostring(destination), flags, wait, timeout}
   return data:get_size()
end

function Recording:do_receive_from(size)
   return GLib.Bytes.new(('y'):rep(size)), GSock.Address.new_from_text('192.0.2.1:9'), 0, 100
end

test('both operators', function()
   for _, made in ipairs {ok(Recording{local_host = local_host}), ok(GSock.make_instance(Recording, {local_host = local_host}))} do
      ok(Recording:is_type_of(made))
      ok(made.bound)
      equal(made:send_to('hi', {remote_host = local_host, remote_port = 9, more = true, timeout = 2.5}), 2)
      equal(made.priv.call, {'hi', '127.0.0.1:9', {MORE = true, NONE = true}, true, 2.5})
      local data, host, port, more = made:receive_from(3)
      equal({data, host, port, more.full_length, more.truncated}, {'yyy', '192.0.2.1', 9, 100, true})
      made:close()
   end
end)

test('what is not replaced', function()
   local made = ok(Recording{local_host = local_host, timeout = 1})
   equal(made.timeout, 1.0)
   fails('TIMED_OUT', made:receive_message{timeout = 0})
   fails('UNKNOWN_KEYWORD', Recording{lokal_host = local_host})
   made:close()
end)

local Peer = GSock.ActiveSocket:derive('GSockTestPeer')

function Peer:greet()
   return self:send_to('hello')
end

test('accepting into a class of Lua', function()
   for _, type in ipairs {Peer, false} do
      local server = ok(GSock.make_socket{connect = 'passive', local_host = local_host, active_type = type or nil})
      if not type then server:set_active_type(Peer) end
      local client = ok(GSock.make_socket{remote_address = server:get_local_address()})
      local peer = ok(server:accept_connection{timeout = 5})
      ok(Peer:is_type_of(peer))
      equal(peer:greet(), 5)
      equal((client:receive_from{timeout = 5}), 'hello')
      close(server, client, peer)
   end
end)

test('other types are refused', function()
   for _, type in ipairs {GSock.Socket, GSock.DatagramSocket} do
      fails('INVALID_KEYWORD', GSock.PassiveSocket{active_type = type})
   end
end)

tap.run()
