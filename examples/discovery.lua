#!/usr/bin/lua5.3
-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Discovery by multicast: one asks a group who is there, and whoever is answers the one who asked.
--
--   discovery.lua ask [INTERFACE [PORT]]           prints the answers of half a second
--   discovery.lua answer NAME [INTERFACE [PORT]]   answers until it is interrupted
--   discovery.lua                                  two who answer and one who asks, on this machine
--
-- An interface is given by its name, its index or an address; otherwise the kernel takes one.

local lgi = require 'lgi'
local GLib = lgi.GLib
local GSock = lgi.require('GSock', '1')

local GROUP, PORT = '239.255.42.99', 42424
local QUESTION = 'who is there?'
local SECONDS = 0.5

-- Several may be at one port: each gets what is sent to the group.
local function make_member(interface, port)
   local member = assert(GSock.make_socket{
      type = 'datagram', local_host = '0.0.0.0', local_port = tonumber(port or PORT), reuse_address = true,
   })
   assert(member:join_group(GROUP, interface))
   return member
end

local function answer_one(member, name, timeout)
   local question, host, port = member:receive_from{size = 512, timeout = timeout or -1}
   if not question then return nil, host end
   if question ~= QUESTION then return true end
   print(('%s: asked by %s:%d'):format(name, host, port))
   io.stdout:flush()
   return member:send_to(name, {remote_host = host, remote_port = port})
end

local function answer(name, ...)
   local member = make_member(...)
   print(('%s: port %d'):format(name, member.local_port))
   io.stdout:flush()
   while true do
      local answered, err = answer_one(member, name)
      if not answered then io.stderr:write(tostring(err), '\n') end
   end
end

local function make_asker(interface, port)
   local asker = assert(GSock.make_socket{type = 'datagram', local_host = '0.0.0.0'})
   if interface then assert(asker:set_multicast_interface(interface)) end
   assert(asker:send_to(QUESTION, {remote_host = GROUP, remote_port = tonumber(port or PORT)}))
   return asker
end

-- Until the time is up; however many answer, it is not prolonged.
local function collect(asker)
   local now = GLib.get_monotonic_time
   local finish = now() + SECONDS * 1000000
   local name, host, port
   repeat
      name, host, port = asker:receive_from{size = 512, timeout = math.max(finish - now(), 0) / 1000000}
      if name then print(('%s at %s:%d'):format(name, host, port)) end
   until not name
   if not host:matches(GSock.Error, 'TIMED_OUT') then error(host, 0) end
end

local function ask(...)
   local asker = make_asker(...)
   collect(asker)
   asker:close()
end

local function show()
   local printer = make_member('lo', 0)
   local lamp = make_member('lo', printer.local_port)
   local asker = make_asker('lo', printer.local_port)
   assert(answer_one(printer, 'a printer', 5))
   assert(answer_one(lamp, 'a lamp', 5))
   collect(asker)
   for _, socket in ipairs {printer, lamp, asker} do socket:close() end
end

local commands = {ask = ask, answer = answer}
local done, err = pcall(commands[arg[1]] or show, table.unpack(arg, 2))
if not done then
   io.stderr:write(arg[0], ': ', tostring(err), '\n')
   os.exit(1)
end
