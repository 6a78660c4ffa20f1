-- SPDX-License-Identifier: LGPL-2.1-or-later
-- The ten lines that a program with UDP has.

local lgi = require 'lgi'
local GSock = lgi.require('GSock', '1')
local tap = require 'tap'

tap.test('a program with UDP', function()
   local alice = GSock.make_socket{type = 'datagram', local_host = '127.0.0.1'}
   local bob = GSock.make_socket{type = 'datagram', local_host = '127.0.0.1'}
   bob:send_to('hi alice', {remote_host = '127.0.0.1', remote_port = alice.local_port})
   local data, host, port = alice:receive_from{size = 1500, timeout = 5}
   alice:send_to('hi ' .. data, {remote_host = host, remote_port = port})
   local answer, _, sender = bob:receive_from{size = 1500, timeout = 5}
   tap.equal(answer, 'hi hi alice')
   tap.equal(sender, alice.local_port)
   tap.close(alice, bob)
end)

tap.run()
