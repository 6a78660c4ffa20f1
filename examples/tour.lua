#!/usr/bin/lua5.3
-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A tour of gsock: five small conversations, each told as it happens.

local lgi = require 'lgi'
local Gio, GLib = lgi.Gio, lgi.GLib
local GSock = lgi.require('GSock', '1')

local function hear(name, socket)
   print(('  %s hears: %s'):format(name, (assert(socket:receive_from{size = 100, timeout = 5}))))
end

local function tcp_echo()
   GSock.with_open_socket({connect = 'passive', local_host = '127.0.0.1'}, function(server)
      GSock.with_open_socket({remote_host = '127.0.0.1', remote_port = server.local_port}, function(client)
         local peer = assert(server:accept_connection{timeout = 5})
         print('  server: ' .. tostring(server))
         print('  client: ' .. tostring(client))
         print('  accepted: ' .. tostring(peer))
         client:send_to('hello, TCP')
         peer:send_to((peer:receive_from{size = 100, timeout = 5}))
         hear('client', client)
         peer:close()
      end)
   end)
end

local function udp_with_sender()
   GSock.with_open_socket({type = 'datagram', local_host = '127.0.0.1'}, function(alice)
      GSock.with_open_socket({type = 'datagram', local_host = '127.0.0.1'}, function(bob)
         print('  alice: ' .. tostring(alice))
         print('  bob: ' .. tostring(bob))
         bob:send_to('hello, UDP', {remote_host = '127.0.0.1', remote_port = alice.local_port})
         local data, host, port = alice:receive_from{size = 1500, timeout = 5}
         print(('  alice hears: %s, from %s port %d'):format(data, host, port))
      end)
   end)
end

local function local_stream()
   local folder = GLib.dir_make_tmp('gsock-tour-XXXXXX')
   local file = folder .. '/socket'
   GSock.with_open_socket({connect = 'passive', local_filename = file, file_mode = 384}, function(server)
      GSock.with_open_socket({remote_filename = file}, function(client)
         local peer = assert(server:accept_connection{timeout = 5})
         print('  server: ' .. tostring(server))
         client:send_to('hello, local stream')
         hear('server', peer)
         peer:close()
      end)
   end)
   print('  after the block the file is ' .. (io.open(file) and 'still there' or 'gone'))
   GLib.rmdir(folder)
end

local function socket_pair()
   local left, right = GSock.make_socket_pair()
   print('  left: ' .. tostring(left))
   left:send_to('hello, other half')
   hear('right', right)
   left:close()
   right:close()
end

local function process_id()
   return ('%d'):format(Gio.Credentials():get_unix_pid())
end

-- Another process: all that it has of the conversation comes out of its inbox.
local function worker(inbox_name)
   local inbox = assert(GSock.make_socket{remote_filename = inbox_name})
   local fds = assert(inbox:receive_file_descriptors(1))
   local client = assert(GSock.make_socket_from_fd(fds[1], {dup = false}))
   local name = 'process ' .. process_id()
   print(('  %s: %s'):format(name, tostring(client)))
   hear(name, client)
   client:send_to('read by the worker')
end

-- The server accepts and hands the open connection to the worker.
local function hand_over(outbox)
   GSock.with_open_socket({connect = 'passive', local_host = '127.0.0.1'}, function(server)
      GSock.with_open_socket({remote_host = '127.0.0.1', remote_port = server.local_port}, function(client)
         local peer = assert(server:accept_connection{timeout = 5})
         assert(outbox:send_file_descriptors({peer.file_descriptor}))
         peer:close()
         client:send_to('hello, worker')
         hear('client', client)
      end)
   end)
end

local function descriptor_to_another_process()
   print('  this is process ' .. process_id())
   local inbox_name = '@gsock-tour-' .. GLib.uuid_string_random()
   GSock.with_open_socket({connect = 'passive', local_filename = inbox_name}, function(post)
      io.stdout:flush()
      local child = assert(Gio.Subprocess.new({arg[-1], arg[0], inbox_name}, 'NONE'))
      local outbox = assert(post:accept_connection{timeout = 30})
      hand_over(outbox)
      assert(child:wait_check())
   end)
end

if arg[1] then
   worker(arg[1])
else
   for _, part in ipairs {
      {'A TCP echo', tcp_echo},
      {"UDP with the sender's address", udp_with_sender},
      {'A local stream', local_stream},
      {'A socket pair', socket_pair},
      {'A descriptor passed to another process', descriptor_to_another_process},
   } do
      print(part[1])
      part[2]()
   end
end
