#!/usr/bin/lua5.3
-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A client that waits a quarter of a second for an answer, asks again, and can be interrupted meanwhile. What
-- has come of an answer when the time is up, or when it is cancelled, is not lost.
--
--   impatient-client.lua HOST PORT [SECONDS]   asks until there is an answer, or Ctrl-C
--   impatient-client.lua                       asks a server that is in no hurry

local lgi = require 'lgi'
local Gio, GLib = lgi.Gio, lgi.GLib
local GSock = lgi.require('GSock', '1')

local SECONDS = 0.25
local LONGEST_LINE = 1000

-- The answer; nil where there is none any more, and the error where that is why.
local function ask(connection, seconds, cancellable)
   while true do
      local _, failure = connection:write_line('are you there?')
      if failure then return nil, failure end
      _, failure = connection:async_finish_output{timeout = SECONDS, cancellable = cancellable}
      if failure then return nil, failure end
      local line, err = connection:async_read_line{timeout = seconds, maximum_length = LONGEST_LINE, cancellable = cancellable}
      if not err or not err:matches(GSock.Error, 'TIMED_OUT') then return line, err end
      print(('nothing within %s seconds'):format(seconds))
      io.stdout:flush()
   end
end

local function visit(host, port, seconds)
   seconds = tonumber(seconds or SECONDS)
   local cancellable = Gio.Cancellable()
   for _, signal in ipairs {2, 15} do
      GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal, function()
         cancellable:cancel()
         return true
      end)
   end
   local connection = assert(GSock.async_make_socket{
      remote_host = host, remote_port = tonumber(port), timeout = seconds, cancellable = cancellable,
   })
   local answer, err = ask(connection, seconds, cancellable)
   connection:close()
   print('the answer: ' .. assert(answer, err or 'the server has hung up'))
end

-- The show: what the server says to each question, in pieces.
local ANSWERS = {'', 'here ', 'I am\n', '', 'sorry, I was busy\n'}

local function dawdle(listener)
   local visitor = assert(listener:async_accept_connection{timeout = 5})
   for _, answer in ipairs(ANSWERS) do
      visitor:async_read_line{timeout = 5}
      visitor:async_write_text(answer)
      visitor:async_finish_output{timeout = 5}
   end
   visitor:close()
end

local function show()
   local listener = assert(GSock.make_socket{connect = 'passive', local_host = '127.0.0.1'})
   local connection = assert(GSock.make_socket{remote_host = '127.0.0.1', remote_port = listener.local_port})
   Gio.Async.start(dawdle)(listener)
   print('the answer: ' .. assert(ask(connection, SECONDS)))

   local cancellable = Gio.Cancellable()
   GLib.timeout_add(GLib.PRIORITY_DEFAULT, 100, function() cancellable:cancel() end)
   local _, err = ask(connection, -1, cancellable)
   assert(err and err:matches(Gio.IOErrorEnum, 'CANCELLED'), err)
   print('cancelled')

   print('the answer: ' .. assert(ask(connection, 5)))
   connection:close()
   listener:close()
end

-- Coroutines run in a main loop, and this is one.
local done, err = Gio.Async.call(pcall)(arg[2] and visit or show, table.unpack(arg))
if not done then
   local interrupted = type(err) == 'userdata' and err:matches(Gio.IOErrorEnum, 'CANCELLED')
   io.stderr:write(interrupted and 'interrupted' or ('%s: %s'):format(arg[0], tostring(err)), '\n')
   os.exit(1)
end
