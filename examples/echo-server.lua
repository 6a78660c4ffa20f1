#!/usr/bin/lua5.3
-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Sends back what it gets, to many at a time: echo-server.lua [PORT]. It prints the port, and serves until
-- it is interrupted.

local lgi = require 'lgi'
local Gio, GLib = lgi.Gio, lgi.GLib
local GSock = lgi.require('GSock', '1')

local function echo(connection)
   local data, err = connection:async_receive_from{size = 65536}
   while data and data ~= '' do
      local sent
      sent, err = connection:async_send_to(data)
      if not sent then break end
      data, err = connection:async_receive_from{size = 65536}
   end
   if err and data == nil then io.stderr:write(tostring(connection), ': ', tostring(err), '\n') end
   connection:close()
end

local listener = assert(GSock.make_socket{
   connect = 'passive', local_host = '127.0.0.1', local_port = tonumber(arg[1] or 0), nodelay = true,
})
local server = GSock.Server.new(listener)
local loop = GLib.MainLoop()

function server:on_connection(connection)
   Gio.Async.start(echo)(connection)
end

assert(server:start())
for _, signal in ipairs {2, 15} do
   GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal, function() loop:quit() end)
end
print(('127.0.0.1:%d'):format(listener.local_port))
io.stdout:flush()
loop:run()
listener:close()
