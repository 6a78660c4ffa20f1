-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Callbacks that raise, sockets that are dropped or closed while something is going on, and a program that
-- ends in the middle of it. What is raised in a callback lgi itself tells of.

local lgi = require 'lgi'
local Gio, GLib, GObject = lgi.Gio, lgi.GLib, lgi.GObject
local GSock = lgi.require('GSock', '1')
local tap = require 'tap'
local test, equal, ok, fails, close = tap.test, tap.equal, tap.ok, tap.fails, tap.close

local local_host = '127.0.0.1'
local times = os.getenv('GSOCK_TEST_LONG') == '1' and 200 or 20
local context = GLib.MainContext.default()

local function iterate_until(done)
   while not done() do context:iteration(true) end
end

local function settle()
   for _ = 1, 5 do
      collectgarbage()
      context:iteration(false)
   end
end

-- How a program of its own ends, and all that it says.
local function run_program(body)
   local name = os.tmpname()
   local file = io.open(name, 'w')
   file:write([[
      local lgi = require 'lgi'
      local Gio, GLib = lgi.Gio, lgi.GLib
      local GSock = lgi.require('GSock', '1')
      local left, right = GSock.make_socket_pair()
      local n = 0
   ]], body)
   file:close()
   local pipe = io.popen(('%s %s 2>&1; echo "ended with $?"'):format(arg[-1], name))
   local said = pipe:read('*a')
   pipe:close()
   os.remove(name)
   return said
end

test('a callback that raises', function()
   local said = run_program([[
      left:receive_from_async({timeout = 5}, function() n = n + 1 error('mine') end)
      right:send_to('x')
      while n == 0 do GLib.MainContext.default():iteration(true) end
      left:close()
      print('still here')
   ]])
   ok(not said:find('CRITICAL') and not said:find('ended with 139') and said:find('mine'), said)
end)

test('with_open_socket that raises', function()
   local kept
   tap.raises('mine', GSock.with_open_socket, {type = 'datagram'}, function(udp)
      kept = udp
      error('mine')
   end)
   ok(not kept:is_open())
end)

test('a program that ends in the middle', function()
   for _, body in ipairs {
      'left:receive_from_async(print)', "left:watch('in', print)",
      "GSock.lookup_hostname_async('127.0.0.1', print)",
      "GSock.Server{listener = GSock.make_socket{connect = 'passive', local_host = '127.0.0.1'}}:start(0)",
      'Gio.Async.start(function() left:async_receive_from() end)()',
   } do
      equal(run_program(body), 'ended with 0\n')
   end
end)

test('a pending operation holds its socket', function()
   for _ = 1, times do
      local told
      local left, right = GSock.make_socket_pair()
      left:receive_from_async(10, function(socket, result) told = socket:receive_from_finish(result) end)
      left = nil
      settle()
      right:send_to('late')
      iterate_until(function() return told end)
      equal(told, 'late')
      right:close()
   end
   settle()
end)

test('a coroutine holds its socket', function()
   for _ = 1, times do
      local told
      local left, right = GSock.make_socket_pair()
      Gio.Async.start(function(socket) told = socket:async_receive_from() end)(left)
      left = nil
      settle()
      right:send_to('late')
      iterate_until(function() return told end)
      equal(told, 'late')
      right:close()
   end
   settle()
end)

test('a watch without its socket', function()
   for _ = 1, times do
      local left, right = GSock.make_socket_pair()
      left:watch('in', function() return true end)
      close(left, right)
      left, right = nil, nil
      settle()
   end
end)

test('a server with connections', function()
   for _ = 1, times do
      local listener = GSock.make_socket{connect = 'passive', local_host = local_host}
      local server, told = GSock.Server{listener = listener}, nil
      server.on_connection = function(_, connection) told = connection end
      ok(server:start(GLib.PRIORITY_DEFAULT))
      local client = GSock.make_socket{remote_address = listener:get_local_address()}
      iterate_until(function() return told end)
      server:stop()
      server = nil
      settle()
      close(told, listener, client)
   end
   settle()
end)

test('descriptors that nobody takes', function()
   local left, right = GSock.make_socket_pair()
   for _ = 1, times do
      right:send_file_descriptors({0, 1, 2})
      equal(left:receive_message():get_n_file_descriptors(), 3)
   end
   close(left, right)
   settle()
end)

test('closed in the callback', function()
   for _ = 1, times do
      local left, right = GSock.make_socket_pair()
      local told, again
      left:receive_from_async(10, function(socket, result)
         told = socket:receive_from_finish(result)
         socket:close()
         socket:receive_from_async(10, function(_, later) again = later end)
      end)
      right:send_to('x')
      iterate_until(function() return again end)
      equal(told, 'x')
      fails('CLOSED', left:receive_from_finish(again))
      fails('INVALID_ARGUMENT', left:send_to_finish(again))
      right:close()
   end
end)

test('closed while it is watched', function()
   local left, right = GSock.make_socket_pair()
   local count = 0
   left:watch('in', function(socket)
      count = count + 1
      socket:close()
      return true
   end)
   right:send_to('x')
   iterate_until(function() return count > 0 end)
   settle()
   ok(count <= 2)
   right:close()
end)

test('a loop in the callback', function()
   local left, right = GSock.make_socket_pair()
   local order = {}
   left:receive_from_async(10, function()
      local loop = GLib.MainLoop()
      left:receive_from_async(10, function()
         order[#order + 1] = 'inner'
         loop:quit()
      end)
      right:send_to('y')
      loop:run()
      order[#order + 1] = 'after'
   end)
   right:send_to('x')
   iterate_until(function() return #order == 2 end)
   equal(order, {'inner', 'after'})
   close(left, right)
end)

test('cancelled before, twice and after', function()
   local left, right = GSock.make_socket_pair()
   for _, early in ipairs {true, false} do
      local cancellable, told = Gio.Cancellable(), nil
      if early then cancellable:cancel() end
      left:receive_from_async(10, {cancellable = cancellable}, function(_, result) told = result end)
      cancellable:cancel()
      cancellable:cancel()
      iterate_until(function() return told end)
      cancellable:cancel()
      local data, err = left:receive_from_finish(told)
      ok(not data and err:matches(Gio.IOErrorEnum, 'CANCELLED'), err)
   end
   close(left, right)
end)

tap.run()
