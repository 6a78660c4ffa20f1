-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A small TAP printer; a descriptor that a case leaves open fails it.

local lgi = require 'lgi'
local Gio, GLib = lgi.Gio, lgi.GLib
local GSock = lgi.require('GSock', '1')

local tap = { unpack = table.unpack or unpack }
local cases = {}

function tap.test(name, body)
   cases[#cases + 1] = { name = name, body = body }
end

local function show(value)
   if type(value) == 'string' then return ('%q of %d'):format(value:sub(1, 60), #value) end
   if type(value) ~= 'table' or getmetatable(value) then return tostring(value) end
   local shown = {}
   for key, item in pairs(value) do shown[#shown + 1] = ('%s=%s'):format(tostring(key), show(item)) end
   return '{' .. table.concat(shown, ', ') .. '}'
end

local function same(a, b)
   if type(a) ~= 'table' or type(b) ~= 'table' or getmetatable(a) or getmetatable(b) then return a == b end
   for key, item in pairs(a) do
      if not same(item, b[key]) then return false end
   end
   for key in pairs(b) do
      if a[key] == nil then return false end
   end
   return true
end

function tap.equal(actual, expected)
   if not same(actual, expected) then error(('%s is not %s'):format(show(actual), show(expected)), 2) end
end

function tap.ok(actual, ...)
   if not actual then error(('%s is not true; %s'):format(show(actual), show((...))), 2) end
   return actual, ...
end

-- What is answered is nil and an error of this code.
function tap.fails(code, ...)
   local first, err = ...
   if first ~= nil or err == nil then error(('%s is answered, not %s'):format(show(first), code), 2) end
   if not err:matches(GSock.Error, code) then error(('%s: %s, not %s'):format(tostring(err.code), tostring(err), code), 2) end
   return err
end

-- What is called raises an error that has this in its text.
function tap.raises(part, body, ...)
   local done, err = pcall(body, ...)
   if done then error(('nothing is raised, but %s answered'):format(show(err)), 2) end
   if not tostring(err):find(part, 1, true) then error(('%s does not tell of %s'):format(tostring(err), part), 2) end
   return err
end

function tap.skip(reason)
   error({ skipped = reason }, 0)
end

local function descriptors()
   collectgarbage()
   collectgarbage()
   local found = {}
   local folder = Gio.File.new_for_path('/proc/self/fd'):enumerate_children(
      'standard::name,standard::symlink-target', 'NOFOLLOW_SYMLINKS')
   local info = folder:next_file()
   while info do
      found[#found + 1] = info:get_symlink_target()
      info = folder:next_file()
   end
   folder:close()
   return found
end

-- Runs a function as a coroutine until it has ended, and gives what it gives.
function tap.await(body)
   local results = tap.pack(Gio.Async.call(function() return pcall(body) end)())
   if not results[1] then error(results[2], 0) end
   return tap.unpack(results, 2, results.n)
end

function tap.pack(...)
   return { n = select('#', ...), ... }
end

function tap.close(...)
   for _, socket in ipairs { ... } do socket:close(false) end
end

-- What a thread or GLib opens once and keeps is not to count as left open.
local function warm_up()
   local loop = GLib.MainLoop()
   Gio.Async.start(function()
      Gio.DBusConnection.async_new_for_address('nonsense:', 0)
      loop:quit()
   end)()
   loop:run()
   local left, right = GSock.make_socket_pair(nil, nil)
   left:receive_bytes(1, 0, true, 0.001)
   tap.close(left, right)
end

-- What went wrong, and why it was not tried.
local function run_case(body)
   local done, err = xpcall(body, function(err)
      return type(err) == 'table' and err or debug.traceback(tostring(err), 2)
   end)
   if done then return nil end
   if type(err) == 'table' then return nil, ' # SKIP ' .. err.skipped end
   return err
end

-- What a test would be the first to do, whose thread keeps something, may be given to be done before.
function tap.run(before_all)
   warm_up()
   if before_all then before_all() end
   print('TAP version 13')
   print(('1..%d'):format(#cases))
   for i, case in ipairs(cases) do
      local before = descriptors()
      local problem, skipped = run_case(case.body)
      local after = descriptors()
      if not problem and #after > #before then
         problem = 'descriptors are left open: ' .. table.concat(after, ' ')
      end
      for line in (problem or ''):gmatch('[^\n]+') do print('# ' .. line) end
      print(('%s %d %s%s'):format(problem and 'not ok' or 'ok', i, case.name, skipped or ''))
   end
end

return tap
