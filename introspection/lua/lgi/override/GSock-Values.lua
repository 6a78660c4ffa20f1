-- SPDX-License-Identifier: LGPL-2.1-or-later
-- From values of Lua to those of C, and back.

local lgi = require 'lgi'
local GLib, GObject, Gio = lgi.GLib, lgi.GObject, lgi.Gio
local GSock = lgi.require('GSock', '1')

local values = {}

-- Lua 5.1 and LuaJIT have one kind of number.
values.to_integer = math.tointeger or function(value) return value end

-- Whether it is a table of the caller's, and no class.
function values.is_plain(value)
   return type(value) == 'table' and getmetatable(value) == nil
end

-- What lgi knows of an object or a record; nil for anything else.
function values.type_of(value)
   if type(value) ~= 'userdata' then return nil end
   local known, found = pcall(function() return value._type end)
   return known and found or nil
end

function values.is_error(value)
   return values.type_of(value) == GLib.Error
end

local function describe(value)
   return type(value) == 'string' and ('%q'):format(value) or tostring(value)
end

function values.refuse(what, wanted, value)
   error(('%s: %s wanted, not %s'):format(what, wanted, describe(value)), 0)
end

local function is_whole(value)
   return type(value) == 'number' and value - value == 0 and value == math.floor(value)
end

function values.to_whole(value, what)
   if not is_whole(value) then values.refuse(what, 'a whole number is', value) end
   return value
end

function values.to_number(value, what)
   if type(value) ~= 'number' then values.refuse(what, 'a number is', value) end
   return value
end

function values.to_boolean(value, what)
   if type(value) ~= 'boolean' then values.refuse(what, 'true or false is', value) end
   return value
end

-- lgi would take a number for a pointer.
function values.to_type(value, what)
   if type(value) == 'number' then values.refuse(what, 'a class is', value) end
   return value
end

-- C would not see what follows a null character.
function values.to_text(value, what)
   if type(value) ~= 'string' then values.refuse(what, 'a string is', value) end
   if value:find('%z') then error(('%s: %q has a null character in it'):format(what, value), 0) end
   return value
end

function values.to_bytes(value, what)
   if values.type_of(value) == GLib.Bytes then return value:get_data() or '' end
   if type(value) ~= 'string' then values.refuse(what, 'a string is', value) end
   return value
end

function values.to_gbytes(value, what)
   return values.type_of(value) == GLib.Bytes and value or GLib.Bytes.new(values.to_bytes(value, what))
end

function values.from_gbytes(bytes)
   return bytes and bytes:get_data() or ''
end

function values.to_list(convert)
   return function(list, what)
      if not values.is_plain(list) then values.refuse(what, 'a list is', list) end
      local converted = {}
      for i = 1, #list do converted[i] = convert(list[i], what) end
      return converted
   end
end

-- A number, or nicks with | between them.
function values.to_condition(value, what)
   if is_whole(value) then return value end
   if type(value) ~= 'string' then values.refuse(what, 'a condition such as "in|out" is', value) end
   local condition = {}
   for nick in value:gmatch('[^|]*') do
      local bit = GLib.IOCondition[nick:upper():match('^%s*(.-)%s*$')]
      if type(bit) == 'number' then
         condition[#condition + 1] = bit
      elseif nick ~= '' or value == '' then
         error(('%s: %q is no condition: give in, out, pri, err or hup'):format(what, value), 0)
      end
   end
   return GLib.IOCondition(condition)
end

-- An address, or its text such as '127.0.0.1:53'.
function values.to_address(value, what)
   if type(value) == 'string' then
      local address, err = GSock.Address.new_from_text(values.to_text(value, what))
      return address or error(err, 0)
   end
   if Gio.SocketAddress:is_type_of(value) then
      return GSock.Address.new_from_gsocket_address(value)
   end
   if values.type_of(value) ~= GSock.Address then values.refuse(what, 'a GSock.Address or text is', value) end
   return value
end

-- Host and port of a sender; filename and nil on local sockets.
function values.name_sender(address)
   if not address then return nil, nil end
   local host = address:get_host()
   if host then return host, address:get_port() end
   return address:get_filename(), nil
end

-- Socket options

-- Numbers of lgi go through a double of C.
local LIMIT = 2 ^ 62

local VARIANTS = {
   boolean = function(value) return GLib.Variant('b', value) end,
   number = function(value)
      return GLib.Variant(is_whole(value) and math.abs(value) < LIMIT and 'x' or 'd', value)
   end,
   string = function(value)
      if value:find('%z') or not GLib.utf8_validate(value, -1) then
         local bytes = GLib.Bytes.new(value)
         return GLib.Variant.new_from_bytes(GLib.VariantType.new('ay'), bytes, true)
      end
      return GLib.Variant('s', value)
   end,
   table = function(value, what)
      if not values.is_plain(value) then return nil end
      local children = {}
      for i = 1, #value do children[i] = values.to_variant(value[i], what) end
      return GLib.Variant.new_tuple(children)
   end,
   userdata = function(value)
      local known = values.type_of(value)
      if known == GSock.Address then return GLib.Variant('s', value:get_host() or value:to_text()) end
      return known == GLib.Variant and value or nil
   end,
}

function values.to_variant(value, what)
   local make = VARIANTS[type(value)]
   local variant = make and make(value, what)
   if not variant then values.refuse(what, 'a value of an option is', value) end
   return variant
end

local function unpack_number(variant)
   -- As text it is exact.
   local number = tonumber((variant:print(false)))
   return number
end

local UNPACK = {
   b = GLib.Variant.get_boolean,
   d = GLib.Variant.get_double,
   s = function(variant) return (variant:get_string()) end,
   v = function(variant) return values.from_variant(variant:get_variant()) end,
}
for _, number in pairs { 'y', 'n', 'q', 'i', 'u', 'x', 't', 'h' } do UNPACK[number] = unpack_number end

-- A table of names where it is a dictionary, else a list.
function values.from_variant(variant)
   local kind = variant:get_type_string()
   if UNPACK[kind] then return UNPACK[kind](variant) end
   if kind == 'ay' then return values.from_gbytes(variant:get_data_as_bytes()) end
   local unpacked = {}
   for i = 1, values.to_integer(variant:n_children()) do
      local child = values.from_variant(variant:get_child_value(i - 1))
      if kind:match('^a{') then
         unpacked[child[1]] = child[2]
      else
         unpacked[i] = child
      end
   end
   if kind:match('^m') then return unpacked[1] end
   return unpacked
end

-- Keywords

local function to_type_value(class)
   local value = GObject.Value('GType')
   value:set_gtype(class._gtype)
   return value
end

-- What C converts on.
local KEYWORDS = {
   boolean = function(value) return GObject.Value('gboolean', value) end,
   number = function(value)
      if not is_whole(value) or math.abs(value) >= LIMIT then return GObject.Value('gdouble', value) end
      return GObject.Value(math.abs(value) < 2 ^ 31 and 'gint' or 'gint64', value)
   end,
   string = function(value, what) return GObject.Value('gchararray', values.to_text(value, what)) end,
   table = function(value, what)
      if values.is_plain(value) then return GObject.Value('GVariant', values.to_variant(value, what)) end
      return rawget(value, '_gtype') and to_type_value(value)
   end,
   userdata = function(value)
      local known = values.type_of(value)
      if known == GObject.Value then return value end
      return known and known._gtype and GObject.Value(known._gtype, value)
   end,
}

-- Names and values of what was given by name.
function values.pack(operator, keywords)
   local names, packed = {}, {}
   for name, value in pairs(keywords) do
      local what = ('%s: %s'):format(operator, tostring(name))
      local make = type(name) == 'string' and KEYWORDS[type(value)]
      local made = make and make(value, what)
      if not made then values.refuse(what, 'a value of a keyword is', value) end
      names[#names + 1] = name
      packed[#packed + 1] = made
   end
   return names, packed
end

return values
