-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Bytes both ways: strings, whatever is in them.

local lgi = require 'lgi'
local GLib = lgi.GLib
local GSock = lgi.require('GSock', '1')
local tap = require 'tap'
local test, equal, ok, fails, raises, close = tap.test, tap.equal, tap.ok, tap.fails, tap.raises, tap.close

local every_byte = ''
for byte = 0, 255 do every_byte = every_byte .. string.char(byte) end

local function carry(data)
   local left, right = GSock.make_socket_pair{type = 'seqpacket'}
   local sent = ok(left:send_to(data))
   local received = ok(right:receive_from{timeout = 5})
   close(left, right)
   equal(#received, sent)
   return received
end

local function with_datagram(body)
   return function()
      GSock.with_open_socket({type = 'datagram', local_host = '127.0.0.1'}, function(udp)
         body(udp, {remote_host = '127.0.0.1', remote_port = udp.local_port})
      end)
   end
end

test('every byte', function()
   equal(carry(every_byte), every_byte)
   equal(carry(GLib.Bytes.new(every_byte)), every_byte)
   equal(carry('a\0b'), 'a\0b')
   equal(carry('h\195\169'), 'h\195\169')
end)

test('64 KiB', function()
   local data = every_byte:rep(256)
   equal(#data, 65536)
   equal(carry(data), data)
end)

test('an empty datagram', with_datagram(function(udp, here)
   for _, data in ipairs {'', GLib.Bytes.new('')} do
      equal(udp:send_to(data, here), 0)
      local received, host, port = udp:receive_from{timeout = 5}
      equal({received, host, port}, {'', '127.0.0.1', udp.local_port})
   end
end))

test('the largest datagram, and one byte more', with_datagram(function(udp, here)
   local data = every_byte:rep(256):sub(1, 65507)
   equal(udp:send_to(data, here), 65507)
   equal((udp:receive_from{timeout = 5}), data)
   fails('MESSAGE_TOO_LONG', udp:send_to(data .. 'x', here))
end))

test('no room', with_datagram(function(udp, here)
   udp:send_to('abc', here)
   local data, _, _, more = udp:receive_from(0, {timeout = 5})
   equal({data, more.full_length, more.truncated}, {'', 3, true})
end))

test('bytes of GLib', function()
   local left, right = GSock.make_socket_pair()
   equal(left:send_bytes('\1\2\3'), 3)
   equal(right:receive_bytes(10, {timeout = 5}):get_data(), '\1\2\3')
   close(left, right)
end)

test('what is no string is refused', with_datagram(function(udp, here)
   for _, data in ipairs {5, true, print, io.stdout, {{'x'}}} do
      raises('send_to: buffer', udp.send_to, udp, data, here)
   end
   raises('buffer is missing', udp.send_to, udp, nil, here)
end))

tap.run()
