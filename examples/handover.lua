#!/usr/bin/lua5.3
-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A server that can be replaced while it runs, without a visitor noticing. It answers each visitor what he
-- says. Started a second time with the same path, the new process takes the sockets of the one that runs,
-- which ends once the new one serves. So do the others of this name: each can follow on each.
--
--   handover.lua PATH [PORT]   serves until it is interrupted, or replaced
--   handover.lua               starts itself twice, and visits

local lgi = require 'lgi'
local Gio, GLib = lgi.Gio, lgi.GLib
local GSock = lgi.require('GSock', '1')

local SECONDS = 30
local NAMES = {'server', 'control'}
local OWNER_ONLY = tonumber('600', 8)

-- Only this user may ask for them.
local function make_sockets(path, port)
   local server = assert(GSock.make_socket{connect = 'passive', local_host = '127.0.0.1', local_port = port})
   local control = assert(GSock.make_socket{
      connect = 'passive', type = 'seqpacket', local_filename = path, file_mode = OWNER_ONLY, replace_stale = true,
   })
   return server, control
end

local function take_sockets(channel)
   local taken, names = GSock.handover_take(channel, {timeout = SECONDS})
   if not taken then error(names, 0) end
   local by_name = {}
   for i, name in ipairs(names) do by_name[name] = taken[i] end
   -- Whatever a visitor may need is made ready before this.
   assert(GSock.handover_complete(channel, taken, {timeout = SECONDS}))
   return assert(by_name.server, 'no server was given'), assert(by_name.control, 'no control was given')
end

-- Where nobody runs, or has died and left its file behind, this is the first.
local function get_sockets(path, port)
   local channel, err = GSock.make_socket{type = 'seqpacket', remote_filename = path}
   if channel then
      local server, control = take_sockets(channel)
      channel:close()
      return server, control
   end
   if err:matches(GSock.Error, 'NOT_FOUND') or err:matches(GSock.Error, 'CONNECTION_REFUSED') then
      return make_sockets(path, port)
   end
   error(err, 0)
end

local function answer(visitor)
   local data = visitor:async_receive_from{size = 1000, timeout = SECONDS}
   if data then visitor:async_send_to(data, {timeout = SECONDS}) end
   visitor:close()
end

-- Whatever goes wrong with one, this process goes on. Meanwhile it serves.
local function hand_over(channel, sockets)
   local given, err = GSock.async_handover_give(channel, sockets, NAMES, {timeout = SECONDS})
   if not given then io.stderr:write(tostring(err), '\n') end
   channel:close()
   return given
end

-- Each connection has a coroutine.
local function start_server(listener, most, serve_one)
   local server = GSock.Server{listener = listener, max_connections = most}
   function server:on_connection(connection) Gio.Async.start(serve_one)(connection) end
   assert(server:start())
   return server
end

local function serve(path, port)
   local server, control = get_sockets(path, tonumber(port or 0))
   local loop = GLib.MainLoop()
   local visitors = start_server(server, 0, answer)
   local successors
   successors = start_server(control, 1, function(channel)
      if not hand_over(channel, {server, control}) then return end
      visitors:stop()
      successors:stop()
      visitors:async_drain(SECONDS)
      loop:quit()
   end)
   for _, signal in ipairs {2, 15} do
      GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal, function() loop:quit() end)
   end
   print(('process %d serves port %d'):format(math.tointeger(Gio.Credentials():get_unix_pid()), server.local_port))
   io.stdout:flush()
   loop:run()
   server:close()
   control:close()
end

-- The show

local function start(path)
   local child = assert(Gio.Subprocess.new({arg[-1], arg[0], path}, 'STDOUT_PIPE'))
   local line = assert(Gio.DataInputStream.new(child:get_stdout_pipe()):read_line_utf8())
   print(line)
   return child, tonumber(line:match('%d+$'))
end

local function visit(port)
   assert(GSock.with_open_socket({remote_host = '127.0.0.1', remote_port = port, timeout = 5}, function(visitor)
      visitor:send_to('hello')
      print('  it answers: ' .. assert(visitor:receive_from{size = 1000}))
      return true
   end))
end

local function show_in(folder, children)
   for _ = 1, 2 do
      local child, port = start(folder .. '/control')
      children[#children + 1] = child
      visit(port)
   end
   assert(table.remove(children, 1):wait_check())
   print('the first has ended')
end

local function show()
   local folder, children = assert(GLib.dir_make_tmp('gsock-handover-XXXXXX')), {}
   local done, err = pcall(show_in, folder, children)
   for _, child in ipairs(children) do
      child:send_signal(15)
      child:wait()
   end
   assert(GLib.rmdir(folder) == 0, 'there is something in ' .. folder)
   if not done then error(err, 0) end
end

local done, err = pcall(arg[1] and serve or show, arg[1], arg[2])
if not done then
   io.stderr:write(arg[0], ': ', tostring(err), '\n')
   os.exit(1)
end
