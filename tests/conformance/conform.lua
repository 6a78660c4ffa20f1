-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Runs the cases of a manifest, one line of TAP for each; see run.py for what is in one.

local lgi = require 'lgi'
local Gio, GLib, GObject = lgi.Gio, lgi.GLib, lgi.GObject
local GSock = lgi.require('GSock', '1')

local unpack = table.unpack or unpack
local DOMAIN = GSock.Error(0, '').domain

-- Stand for what is expected and may be whatever it is, and for a value that is none.
local ANYTHING, NONE = {}, {}

-- Values

local function from_hex(text)
   return (text:gsub('..', function(byte) return string.char(tonumber(byte, 16)) end))
end

-- lgi has the names of enumerations as strings, and flags as tables of them.
local function find_enum(text)
   return (text:match('[^.]+$'):upper():gsub('-', '_'))
end

local SCALARS = {
   t = function() return true end,
   f = function() return false end,
   n = function() return NONE end,
   i = function(text) return math.tointeger and math.tointeger(tonumber(text)) or tonumber(text) end,
   d = function(text) return text == 'nan' and 0 / 0 or tonumber(text) end,
   s = from_hex,
   x = from_hex,
   ['['] = function(name) return name == 'GObject' and GObject.Object or GSock[name:gsub('GSock', '')] end,
   ['%'] = find_enum,
   ['<'] = function(text) return Gio.NetworkAddress.parse(text, 1) end,
   ['*'] = function() return ANYTHING end,
}

local function plain(value)
   return type(value) == 'table' and getmetatable(value) == nil
end

local function known(body)
   local done, found = pcall(body)
   if done then return found end
end

local function read_part(value, name)
   local method = name:gsub('-', '_')
   if plain(value) then
      if name == 'length' then return #value end
      return value[tonumber(name) and tonumber(name) + 1 or method]
   end
   local done, part = pcall(function() return value[method] end)
   if not done then return value['get_' .. method](value) end
   if type(part) == 'function' then return part(value) end
   return part
end

local function take_value(words, variables)
   local word = words[words.at]
   words.at = words.at + 1
   if word == '(' then
      local items = {}
      while words[words.at] ~= ')' do items[#items + 1] = take_value(words, variables) end
      words.at = words.at + 1
      return items
   elseif word:sub(1, 1) == '$' then
      local value
      for part in word:sub(2):gmatch('[^.]+') do
         if value == nil then value = variables[part] else value = read_part(value, part) end
      end
      if value == nil then return NONE end
      return value
   end
   return SCALARS[word:sub(1, 1)](word:sub(2))
end

local function show(value)
   if value == nil or value == NONE then return 'nil' end
   if type(value) == 'string' then return ('%q'):format(value) end
   if type(value) == 'number' then return ('%g'):format(value) end
   if not plain(value) then return tostring(value) end
   local items = {}
   for i = 1, value.n or #value do items[i] = show(value[i]) end
   if #items == 0 then
      for key, item in pairs(value) do items[#items + 1] = ('%s=%s'):format(key, show(item)) end
      table.sort(items)
   end
   return '(' .. table.concat(items, ' ') .. ')'
end

local function matches(expected, actual)
   if expected == ANYTHING then return true end
   if plain(actual) and actual[expected] == true then return true end
   if plain(expected) and plain(actual) and expected ~= NONE and expected[1] ~= nil then
      if #expected ~= (actual.n or #actual) then return false end
      for i = 1, #expected do
         if not matches(expected[i], actual[i]) then return false end
      end
      return true
   end
   return show(expected) == show(actual)
end

-- What a case does besides calling the library

local HELPERS = {
   cancelled = function()
      local cancellable = Gio.Cancellable()
      cancellable:cancel()
      return cancellable
   end,
   construct = function(class) return GObject.Object.new(class._gtype, {}) end,
   value = function(value) return value end,
   ['process-id'] = function() return Gio.Credentials():get_unix_pid() end,
   ['gsocket-address'] = function(host, port) return Gio.InetSocketAddress.new_from_string(host, port) end,
   network = function(text) return Gio.InetAddressMask.new_from_string(text) end,
}

-- What is called back is told the condition, once, in the main loop.
local function call_back(begin)
   local loop, told = GLib.MainLoop(), nil
   local kept = begin(function(_, condition)
      told = condition
      loop:quit()
      return false
   end)
   loop:run()
   return told, kept and nil
end

-- Those that call back, until they have.
local CALLING_BACK = {
   ['create-source'] = function(socket, condition)
      return (call_back(function(once)
         local source = socket:create_source(condition, once)
         source:attach()
         return source
      end))
   end,
   watch = function(socket, condition)
      return (call_back(function(once) return socket:watch(condition, once) end))
   end,
}

-- Those that give several things of which each case wants one by name.
local NAMED = {
   ['receive-from'] = function(data, host, port, more)
      if data == nil then return nil, host end
      local filename = not port and host or nil
      return {
         data = data, host = port and host, port = port, filename = filename, address = more.address,
         flags = more.flags, full_length = more.full_length, truncated = more.truncated,
      }
   end,
   ['receive-file-descriptors'] = function(fds, payload)
      if fds then fds.payload = payload end
      return fds, payload
   end,
}

local find_operator

-- The operators whose names end with async are those that coroutines call.
local function await(operator, receiver)
   return function(...)
      local given = table.pack(...)
      return Gio.Async.call(function()
         return find_operator('async-' .. operator, receiver)(unpack(given, 1, given.n))
      end)()
   end
end

function find_operator(operator, receiver)
   if operator:match('%-async$') then return await(operator:gsub('%-async$', ''), receiver) end
   local method = operator:gsub('-', '_')
   if CALLING_BACK[operator] then return function(...) return CALLING_BACK[operator](receiver, ...) end end
   if receiver then return function(...) return receiver[method](receiver, ...) end end
   if HELPERS[operator] then return HELPERS[operator] end
   if operator:match('^address%-') then return GSock.Address[method:gsub('^address', 'new')] end
   return GSock[method]
end

local function is_error(value)
   return type(value) == 'userdata' and known(function() return value._type end) == GLib.Error
end

local function code_of(err)
   if err:matches(Gio.IOErrorEnum, 'CANCELLED') then return 'cancelled' end
   if err.domain ~= DOMAIN then return 'own' end
   return (tostring(err.code):lower():gsub('_', '-'))
end

local function fail(format, ...)
   error({ problem = format:format(...) }, 0)
end

local function tells(message, part)
   return message:gsub('_', '-'):find(part:gsub('_', '-'), 1, true) ~= nil
end

-- Sockets are closed when the case ends.
local function keep(made, value)
   if type(value) == 'userdata' and known(function() return GSock.Socket:is_type_of(value) end) then
      made[#made + 1] = value
   elseif plain(value) and value ~= NONE then
      for _, item in ipairs(value) do keep(made, item) end
   end
end

local function read_arguments(words, variables)
   local positional, keywords, expected = { n = 0 }, {}, ANYTHING
   while words.at <= #words do
      local word = words[words.at]
      if word == '->' then
         words.at = words.at + 1
         expected = take_value(words, variables)
      elseif word:sub(1, 1) == '=' then
         words.at = words.at + 1
         local value = take_value(words, variables)
         if value ~= NONE then keywords[word:sub(2):gsub('-', '_')] = value end
      else
         local value = take_value(words, variables)
         positional.n = positional.n + 1
         if value ~= NONE then positional[positional.n] = value end
      end
   end
   if next(keywords) ~= nil then
      positional.n = positional.n + 1
      positional[positional.n] = keywords
   end
   return positional, expected
end

local function check_error(step, err)
   local code, message = 'own', tostring(err)
   if is_error(err) then code, message = code_of(err), err.message end
   if step.outcome ~= 'any' and (code ~= step.outcome or not tells(message, step.part)) then
      fail('%s fails with %s (%s), not %s %s', step.operator, code, message, step.outcome, step.part)
   end
end

local function run_step(step, variables, made)
   local words = step.words
   words.at = 1
   local receiver
   if step.receiver ~= '-' then receiver = take_value({ '$' .. step.receiver, at = 1 }, variables) end
   local positional, expected = read_arguments(words, variables)
   local operator = find_operator(step.operator, receiver)
   local results = table.pack(pcall(function()
      local called = table.pack(operator(unpack(positional, 1, positional.n)))
      local named = NAMED[(step.operator:gsub('%-async$', ''))]
      if named and called[1] ~= nil then return named(unpack(called, 1, called.n)) end
      return unpack(called, 1, called.n)
   end))
   if not results[1] then return check_error(step, results[2]) end
   if not results[2] and is_error(results[3]) then return check_error(step, results[3]) end

   local result = results[2]
   if results.n > 2 and not NAMED[(step.operator:gsub('%-async$', ''))] then result = table.pack(unpack(results, 2, results.n)) end
   keep(made, result)
   if step.outcome ~= 'ok' and step.outcome ~= 'any' then
      fail('%s answers %s, not %s', step.operator, show(result), step.outcome)
   end
   if not matches(expected, result) then
      fail('%s answers %s, not %s', step.operator, show(result), show(expected))
   end
   if result == nil then result = NONE end
   variables[step.variable] = result
end

local function try_case(case)
   local variables, made = {}, {}
   local done, err = xpcall(function()
      for _, step in ipairs(case.steps) do run_step(step, variables, made) end
   end, function(err) return type(err) == 'table' and err.problem or debug.traceback(tostring(err)) end)
   for _, socket in ipairs(made) do socket:close() end
   return not done and err or nil
end

-- Fields may be empty.
local function split(line)
   local fields = {}
   for field in (line .. '\t'):gmatch('([^\t]*)\t') do fields[#fields + 1] = field end
   return fields
end

local cases = {}
for line in io.lines(arg[1]) do
   local fields = split(line)
   if fields[1] == 'case' then
      cases[#cases + 1] = { name = fields[2], skipped = fields[3], steps = {} }
   else
      local steps = cases[#cases].steps
      steps[#steps + 1] = {
         variable = fields[2], operator = fields[3], receiver = fields[4], outcome = fields[5],
         part = from_hex(fields[6]), words = { unpack(fields, 7) },
      }
   end
end
print(('1..%d'):format(#cases))
for i, case in ipairs(cases) do
   local problem = case.skipped == '' and try_case(case) or nil
   if problem then print('# ' .. problem:gsub('\n', ' ')) end
   local skipped = case.skipped ~= '' and ' # SKIP ' .. case.skipped or ''
   print(('%s %d %s%s'):format(problem and 'not ok' or 'ok', i, case.name, skipped))
   io.stdout:flush()
end
