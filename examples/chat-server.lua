#!/usr/bin/lua5.3
-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A chat for many, line by line, with nc and the like. Whoever comes gives a name; then each line goes to
-- all the others. Who does not read, or writes more than the others could read, is put out.
--
--   chat-server.lua PORT [HOST]   serves until it is interrupted
--   chat-server.lua               two visitors meet, and what they hear is told

local lgi = require 'lgi'
local Gio, GLib = lgi.Gio, lgi.GLib
local GSock = lgi.require('GSock', '1')

local MOST_LINES = 50 -- of one member within a second
local LONGEST_LINE = 1000 -- bytes
local LONGEST_NAME = 20 -- bytes
local TIME_FOR_A_NAME = 60 -- seconds
local BACKLOG = 65536 -- bytes that wait for a member who does not read, and as many in the kernel
local MOST_MEMBERS = 500

local members = {} -- by their names

-- One coroutine sends for all lines; those that come while it ends are more.
local function send_lines(member)
   member.more = true
   if member.sending then return end
   member.sending = true
   Gio.Async.start(function()
      while member.more do
         member.more = false
         member.connection:async_finish_output()
      end
      member.sending = false
   end)()
end

-- Nobody waits for a slow reader: the line is in his buffer, until that is full.
local function tell(member, line)
   local written, err = member.connection:write_line(line, {wait = false})
   if written then
      send_lines(member)
   elseif err:matches(GSock.Error, 'WOULD_BLOCK') then
      member.reason = 'put out: he does not read'
      member.connection:close(true)
   end
end

local function tell_all(line, speaker)
   for _, member in pairs(members) do
      if member ~= speaker then tell(member, line) end
   end
end

local function announce(line)
   print(line)
   io.stdout:flush()
   tell_all(line)
end

-- One that nobody else has; nil where the visitor leaves.
local function ask_name(connection)
   local line
   local question = '* who are you?'
   repeat
      connection:write_line(question, {wait = false})
      if not connection:async_finish_output{timeout = TIME_FOR_A_NAME} then return nil end
      line = connection:async_read_line{maximum_length = LONGEST_LINE, timeout = TIME_FOR_A_NAME}
      local name = line and line:match('^%s*(.-)%s*$')
      if name and name ~= '' and #name <= LONGEST_NAME and not name:find('%c') and not members[name] then return name end
      question = '* that is no name, or somebody has it; who are you?'
   until not line
end

local function writes_too_much(member)
   local second = GLib.get_monotonic_time() // 1000000
   member.lines = second == member.second and member.lines + 1 or 1
   member.second = second
   return member.lines > MOST_LINES
end

-- Why somebody has to go, by the errors of reading.
local REASONS = {
   MESSAGE_TOO_LONG = 'put out: his line has no end',
   INVALID_TEXT = 'put out: that is no text',
}

local function stay(member)
   members[member.name] = member
   announce(('* %s has come'):format(member.name))
   while not member.reason do
      local line, err = member.connection:async_read_line{maximum_length = LONGEST_LINE}
      if err then
         member.reason = member.reason or REASONS[err.code] or 'lost'
      elseif not line then
         member.reason = 'gone'
      elseif writes_too_much(member) then
         member.reason = 'put out: he writes too much'
      else
         tell_all(('%s: %s'):format(member.name, line), member)
      end
   end
   announce(('* %s is %s'):format(member.name, member.reason))
   members[member.name] = nil
end

local function serve_one(connection)
   local name = ask_name(connection)
   if name then stay{name = name, connection = connection} end
   -- Nobody waits for what does not go at once.
   if not (connection:finish_output{wait = false} and connection:close()) then connection:close(true) end
end

local function open(host, port)
   -- What is set here holds for the connections too: with keepalive the kernel notices after a few minutes
   -- that somebody who says nothing is not there any more.
   local listener = assert(GSock.make_socket{
      connect = 'passive', local_host = host, local_port = port, reuse_address = true, backlog = 512, keepalive = true,
      tcp_keepidle = 60, nodelay = true, send_buffer = BACKLOG, output_buffer_size = BACKLOG,
   })
   local server = GSock.Server{listener = listener, max_connections = MOST_MEMBERS}
   function server:on_connection(connection) Gio.Async.start(serve_one)(connection) end
   assert(server:start())
   return server, listener
end

local loop = GLib.MainLoop()

local function serve(port, host)
   local server, listener = open(host or '127.0.0.1', tonumber(port))
   for _, signal in ipairs {2, 15} do
      GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal, function() loop:quit() end)
   end
   print(listener)
   io.stdout:flush()
   loop:run()
   server:stop()
   listener:close()
end

-- Two visitors

local function say(visitor, line)
   assert(visitor:write_line(line))
   assert(visitor:async_finish_output{timeout = 5})
end

local function hear(name, visitor)
   print(('  %s hears: %s'):format(name, assert(visitor:async_read_line{timeout = 5})))
end

local function come(port, name)
   local visitor = assert(GSock.async_make_socket{remote_host = '127.0.0.1', remote_port = port})
   hear(name, visitor)
   say(visitor, name)
   hear(name, visitor)
   return visitor
end

local function meet()
   local server, listener = open('127.0.0.1', 0)
   local ann = come(listener.local_port, 'Ann')
   local bob = come(listener.local_port, 'Bob')
   hear('Ann', ann)
   say(ann, 'hello')
   hear('Bob', bob)
   say(bob, 'hi, Ann')
   hear('Ann', ann)
   bob:close(true)
   hear('Ann', ann)
   ann:close()
   assert(server:async_drain(5))
   listener:close()
end

local done, err
if arg[1] then
   done, err = pcall(serve, arg[1], arg[2])
else
   done, err = Gio.Async.call(pcall)(meet)
end
if not done then
   io.stderr:write(tostring(err), '\n')
   os.exit(1)
end
