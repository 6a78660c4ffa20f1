#!/usr/bin/lua5.3
-- SPDX-License-Identifier: LGPL-2.1-or-later
-- UDP: two sockets, a datagram from one to the other, and the address that it came from.

local lgi = require 'lgi'
local GSock = lgi.require('GSock', '1')

local alice = GSock.make_socket{type = 'datagram', local_host = '127.0.0.1'}
local bob = GSock.make_socket{type = 'datagram', local_host = '127.0.0.1'}

bob:send_to('hi alice', {remote_host = '127.0.0.1', remote_port = alice.local_port})
local data, host, port = alice:receive_from{size = 1500, timeout = 5}
print(('%q from %s:%d'):format(data, host, port))
