-- SPDX-License-Identifier: LGPL-2.1-or-later
-- gsock as Lua has it: keywords in a table, native values, results as several values; what fails gives
-- nil and the error. Every function is wrapped by its arguments in the typelib, so an operator that is
-- added to the library needs nothing here. Only what has another shape in Lua is written out.

local lgi = require 'lgi'
local gi = require('lgi.core').gi
local GLib, GObject = lgi.GLib, lgi.GObject
local GSock = lgi.require('GSock', '1')
local values = require 'lgi.override.GSock-Values'
local messages = require 'lgi.override.GSock-Messages'

local unpack = table.unpack or unpack
local to_integer = values.to_integer

local DEFAULTS = {
   abort = false,
   condition = 'in',
   flags = 0,
   ipv6 = 'YES',
   limit = 0,
   n_characters = -1,
   numeric = false,
   poll = true,
   priority = GLib.PRIORITY_DEFAULT,
   read = false,
   size = 65536,
   timeout = GSock.TIMEOUT_DEFAULT,
   unset_environment = true,
   wait = true,
   write = false,
}

-- These have no socket whose timeout they could take.
local WITHOUT_SOCKET = { wait_for_any = true, drain = true }

local number = values.to_whole

-- By the type of an argument: how to convert it.
local CONVERSIONS = {
   Address = values.to_address,
   Batch = messages.to_batch,
   Bytes = values.to_gbytes,
   GType = values.to_type,
   IOCondition = values.to_condition,
   Message = messages.to_message,
   Variant = values.to_variant,
   gboolean = values.to_boolean,
   gdouble = values.to_number,
   gint32 = number, guint32 = number, gint64 = number, guint64 = number,
   ['gint32[]'] = values.to_list(number),
   ['guint32[]'] = values.to_list(values.to_condition),
   ['guint8[]'] = values.to_bytes,
   ['Socket[]'] = values.to_list(function(socket) return socket end),
   utf8 = values.to_text,
}

-- Where a table is a value, and not the keywords.
local TAKES_LIST = {
   Batch = true, Message = true, Variant = true, ['gint32[]'] = true, ['guint32[]'] = true, ['Socket[]'] = true,
}

local function fail(code, message)
   return nil, GSock.Error(code, message)
end

-- Results

local function receive(data, address, flags, full_length)
   local host, port = values.name_sender(address)
   local length = to_integer(full_length)
   return data, host, port, {
      address = address, flags = flags, full_length = length,
      truncated = length > #data or flags.TRUNCATE == true,
   }
end

local function known_or_nil(fd)
   return fd >= 0 and to_integer(fd) or nil
end

-- A character of one or several bytes, of its number.
local function to_character(code)
   if code == nil then return nil end
   if code < 0x80 then return string.char(code) end
   local rest, room = '', 0x40
   repeat
      rest = string.char(0x80 + code % 0x40) .. rest
      code, room = math.floor(code / 0x40), room / 2
   until code < room
   return string.char(0x100 - 2 * room + code) .. rest
end

-- What belongs to what it was got from.
local function own(address)
   return address and address:copy()
end

local function own_all(addresses)
   for i, address in ipairs(addresses) do addresses[i] = address:copy() end
   return addresses
end

local RESULTS = {
   get_addresses = own_all,
   get_option = values.from_variant,
   get_option_bytes = values.from_gbytes,
   read_char = to_character,
   receive_credentials = function(pid, uid, gid, pidfd)
      return to_integer(pid), to_integer(uid), to_integer(gid), known_or_nil(pidfd)
   end,
   receive_file_descriptors = function(fds, payload)
      for i = 1, #fds do fds[i] = to_integer(fds[i]) end
      return fds, values.from_gbytes(payload)
   end,
   receive_from = function(data, ...) return receive(data or '', ...) end,
}

-- What the finish functions give otherwise than the operator.
local FINISHED = {
   read_bytes = values.from_gbytes,
   receive_from = function(bytes, ...) return receive(values.from_gbytes(bytes), ...) end,
}

-- Numbers of lgi are doubles, and what counts something is none.
local function whole(value, ...)
   if type(value) == 'number' then value = to_integer(value) or value end
   if select('#', ...) == 0 then return value end
   return value, whole(...)
end

local function give(shape, ...)
   local err = select(2, ...)
   if values.is_error(err) then return nil, err end
   if select('#', ...) == 0 or shape.real then return ... end
   return (shape.result or whole)(...)
end

-- Arguments

local function kind_of(typeinfo)
   if typeinfo.tag == 'array' then
      return kind_of(typeinfo.params[1]) .. '[]'
   end
   return typeinfo.interface and typeinfo.interface.name or typeinfo.tag
end

-- What a function takes: leading arguments in order, keywords, and the rest by name.
local function shape_of(info, callable, operator)
   local shape = {
      operator = operator, is_method = info.flags.is_method,
      leading = {}, order = {}, result = RESULTS[operator],
      real = info.return_type.tag == 'gdouble',
   }
   if kind_of(info.return_type) == 'Address' and info.return_transfer == 'none' then shape.result = own end
   local optional = {}
   for i = 1, #info.args do optional[info.args[i].name] = info.args[i].optional end

   for _, parameter in ipairs(callable.params) do
      local name = parameter.name
      if name and parameter['in'] then
         shape.order[#shape.order + 1] = name
         shape.keyworded = shape.keyworded or name == 'names'
         if not shape.keyworded and name ~= 'callback' then
            local kind = kind_of(parameter.typeinfo)
            shape.leading[#shape.leading + 1] = {
               name = name, kind = kind, convert = CONVERSIONS[kind],
               optional = optional[name] and kind ~= 'guint8[]',
               what = ('%s: %s'):format(operator, name),
            }
         end
      end
   end
   return shape
end

local function default_of(shape, name)
   if name == 'size' and shape.operator == 'read_bytes' then return -1 end
   if name == 'timeout' and WITHOUT_SOCKET[shape.operator] then return GSock.TIMEOUT_NEVER end
   return DEFAULTS[name]
end

local function are_keywords(value, parameter)
   if not values.is_plain(value) or value[1] ~= nil then return false end
   return not (parameter and TAKES_LIST[parameter.kind] and next(value) == nil)
end

local function take(shape, keywords, name)
   local value = keywords[name]
   keywords[name] = nil
   if value == nil then return default_of(shape, name) end
   return value
end

local function take_leading(shape, parameter, value, keywords)
   if value == nil then value = take(shape, keywords, parameter.name) end
   if parameter.kind == 'Message' and value ~= nil then return messages.to_message(value, parameter.what, keywords) end
   if shape.keyworded and parameter.kind == 'Address' and type(value) == 'string' then
      keywords.host = value
      return nil
   end
   if value == nil and not parameter.optional then error(parameter.what .. ' is missing', 0) end
   if value == nil or not parameter.convert then return value end
   return parameter.convert(value, parameter.what)
end

local function refuse_rest(shape, unknown)
   local names = {}
   for i, parameter in ipairs(shape.leading) do names[i] = parameter.name end
   return fail('UNKNOWN_KEYWORD', ('%s: unknown keyword "%s"; it takes %s'):format(
      shape.operator, tostring(unknown), table.concat(names, ', ')))
end

-- All that the function of C takes, in its order; or nil and an error.
local function arrange(shape, callback, ...)
   local given, count, keywords, named = { ... }, select('#', ...), {}, {}
   while count > 0 and given[count] == nil do count = count - 1 end
   if count > 0 and are_keywords(given[count], shape.leading[count]) then
      for name, value in pairs(given[count]) do keywords[name] = value end
      count = count - 1
   end
   if count > #shape.leading then
      error(('%s takes %d arguments and keywords'):format(shape.operator, #shape.leading), 0)
   end

   for i, parameter in ipairs(shape.leading) do
      local value = nil
      if i <= count then value = given[i] end
      named[parameter.name] = take_leading(shape, parameter, value, keywords)
   end
   for _, name in ipairs { 'priority', 'cancellable' } do
      if named[name] == nil then named[name] = take(shape, keywords, name) end
   end
   named.callback = callback
   if shape.keyworded then
      named.names, named.values = values.pack(shape.operator, keywords)
   elseif next(keywords) ~= nil then
      return refuse_rest(shape, (next(keywords)))
   end

   local arguments = {}
   for i, name in ipairs(shape.order) do arguments[i] = named[name] end
   return arguments
end

-- Wrappers

-- lgi copies every GValue of a list, and never frees the copies. Where it cannot copy them it takes those
-- of Lua as they are, which last as long as the call.
local copy_value = rawget(GObject.Value, '_copy')

local function copy_again(done, ...)
   GObject.Value._copy = copy_value
   if not done then error((...), 0) end
   return ...
end

local function call_with_values(callable, ...)
   GObject.Value._copy = nil
   return copy_again(pcall(callable, ...))
end

local function call_native(shape, callable, ...)
   if shape.keyworded then return call_with_values(callable, ...) end
   return callable(...)
end

local function call(shape, callable, callback, self, ...)
   local arguments, err = arrange(shape, callback, ...)
   if not arguments then return nil, err end
   if shape.is_method then return give(shape, call_native(shape, callable, self, unpack(arguments, 1, #shape.order))) end
   return give(shape, call_native(shape, callable, unpack(arguments, 1, #shape.order)))
end

local function wrap(shape, callable)
   if shape.is_method then
      return function(self, ...) return call(shape, callable, nil, self, ...) end
   end
   return function(...) return call(shape, callable, nil, nil, ...) end
end

-- The twin that calls back, its last argument, with the socket and a result for the finish function.
local function wrap_callback(shape, callable)
   local function begin(self, count, ...)
      local callback = select(count, ...)
      if type(callback) ~= 'function' then values.refuse(shape.operator, 'a function as last argument is', callback) end
      local given = { ... }
      return call(shape, callable, callback, self, unpack(given, 1, count - 1))
   end
   if shape.is_method then
      return function(self, ...) return begin(self, math.max(select('#', ...), 1), ...) end
   end
   return function(...) return begin(nil, math.max(select('#', ...), 1), ...) end
end

local function resume_with(shape, finish, source, result)
   if shape.of_source then return give(shape, finish(source, result)) end
   return give(shape, finish(result))
end

-- That of a function may take the object that it was begun with.
local function takes_source(finish)
   local count = 0
   for _, parameter in ipairs(finish.params) do
      if parameter.name and parameter['in'] then count = count + 1 end
   end
   return count > 1
end

-- The twin for coroutines, such as those of Gio.Async.
local function wrap_coroutine(shape, callable, finish)
   local ending = {
      of_source = shape.is_method or takes_source(finish), result = FINISHED[shape.operator] or shape.result,
   }
   local function run(self, ...)
      local running, is_main = coroutine.running()
      if not running or is_main then
         error(('async_%s is called in a coroutine, such as one of Gio.Async'):format(shape.operator), 0)
      end
      local begun, err = call(shape, callable, running, self, ...)
      if err then return nil, err end
      return resume_with(ending, finish, coroutine.yield())
   end
   if shape.is_method then return run end
   return function(...) return run(nil, ...) end
end

-- Makes functions of the callables of a class, or of the namespace.
local function install(target, infos, callable_of)
   local found = {}
   for i = 1, #infos do
      local info = infos[i]
      local callable = info.type == 'function' and callable_of(info.name)
      if type(callable) == 'userdata' then found[info.name] = { info = info, callable = callable } end
   end
   for name, item in pairs(found) do
      local operator = name:match('^(.+)_async$')
      local finish = operator and found[operator .. '_finish']
      local shape = shape_of(item.info, item.callable, finish and operator or name)
      if finish then
         target[name] = wrap_callback(shape, item.callable)
         target['async_' .. operator] = wrap_coroutine(shape, item.callable, finish.callable)
      elseif not name:match('_finish$') then
         target[name] = wrap(shape, item.callable)
      end
   end
   for name, item in pairs(found) do
      local operator = name:match('^(.+)_finish$')
      if operator then
         local ending = {
            is_method = item.info.flags.is_method, result = FINISHED[operator] or RESULTS[operator],
         }
         target[name] = function(...) return give(ending, item.callable(...)) end
      end
   end
end

local WRAPPED = { object = true, struct = true }
local LEFT = { ref = true, unref = true, watch = true, create_source = true }

local namespace = gi.GSock
for i = 1, #namespace do
   local info = namespace[i]
   local class = WRAPPED[info.type] and not info.is_gtype_struct and GSock[info.name]
   local methods = class and rawget(class, '_method')
   if methods then
      install(class, info.methods, function(name) return not LEFT[name] and methods[name] end)
   end
end
install(GSock, namespace, function(name) return GSock[name] end)

-- Written out

local access_property = GObject.Object._access_property

function GSock.Socket:_access_property(object, property, ...)
   if select('#', ...) > 0 or not gi.isinfo(property) then return access_property(self, object, property, ...) end
   local kind = kind_of(property.typeinfo)
   -- What lgi makes of a boxed property does not outlive the value that it was in.
   if kind == 'Address' then return (object['get_' .. property.name:gsub('-', '_')](object)) end
   local value = access_property(self, object, property)
   if type(value) == 'number' and kind ~= 'gdouble' then return to_integer(value) or value end
   return value
end

GSock.Server._access_property = GSock.Socket._access_property

-- Of a class and its keywords, as make_instance does; lgi itself gives a pointer to be wrapped.
function GSock.Socket:_new(keywords, ...)
   if type(keywords) == 'userdata' then return GObject.Object._new(self, keywords, ...) end
   return GSock.make_instance(self._gtype, keywords or {})
end

function GSock.Socket:_tostring()
   return self:to_string()
end

function GSock.Address:_tostring()
   return self:to_text()
end

-- Records have no equality in lgi, and one metatable.
local record_metatable = getmetatable(GSock.Address())
local equal_before = record_metatable.__eq
function record_metatable.__eq(a, b)
   if values.type_of(a) == GSock.Address and values.type_of(b) == GSock.Address then return a:equal(b) end
   return equal_before ~= nil and equal_before(a, b)
end

local function close_after(socket, done, ...)
   socket:close()
   if not done then error((...), 0) end
   return ...
end

-- Calls the function with a new socket, which is closed afterwards, and gives what it gives.
function GSock.with_open_socket(keywords, body)
   if type(keywords) == 'function' then keywords, body = {}, keywords end
   local socket, err = GSock.make_socket(keywords)
   if not socket then return nil, err end
   return close_after(socket, pcall(body, socket))
end

local function each_connection(accept)
   return function(self, keywords)
      return function()
         if not self:is_open() then return nil end
         local connection, err = self[accept](self, keywords)
         if not connection and not err:matches(GSock.Error, 'CLOSED') then error(err, 0) end
         return connection
      end
   end
end

-- For the generic for; ends when the socket is closed. The other one is for coroutines.
GSock.PassiveSocket.connections = each_connection('accept_connection')
GSock.PassiveSocket.async_connections = each_connection('async_accept_connection')

local watch, create_source = GSock.Socket._method.watch, GSock.Socket._method.create_source

-- What gives nothing goes on.
local function goes_on(answer)
   return answer == nil or answer == true
end

-- Calls back, in the main context, whenever the socket is ready, until the callback gives false.
function GSock.Socket:watch(condition, callback, priority)
   local watching = watch(self, values.to_condition(condition, 'watch'), priority or GLib.PRIORITY_DEFAULT,
      function(socket, ready) return goes_on(callback(socket, ready)) end)
   return watching:ref()
end

-- A source that calls back with the socket and what it is ready for.
function GSock.Socket:create_source(condition, callback, cancellable)
   local source = create_source(self, values.to_condition(condition, 'create_source'), cancellable)
   if callback then GObject.source_set_closure(source, GObject.Closure(callback)) end
   return source
end

local wait_for_each = GSock.wait_for_any

-- One condition for all of them, or a list with one for each.
function GSock.wait_for_any(sockets, conditions, ...)
   if values.is_plain(sockets) and not values.is_plain(conditions) then
      local condition, same = conditions or 'in', {}
      for i = 1, #sockets do same[i] = condition end
      conditions = same
   end
   return wait_for_each(sockets, conditions, ...)
end

messages.install()

return GSock
