-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Messages and batches as Lua has them: native values in, native values out.

local lgi = require 'lgi'
local GSock = lgi.require('GSock', '1')
local values = require 'lgi.override.GSock-Values'

local messages = {}
local to_integer, name_sender = values.to_integer, values.name_sender

-- Messages

local function below_zero_is_nil(value)
   return value >= 0 and to_integer(value) or nil
end

local function number_part(name)
   return {
      get = function(message) return below_zero_is_nil(message['get_' .. name](message)) end,
      set = function(message, value) message['set_' .. name](message, value == nil and -1 or value) end,
   }
end

local function reader(name)
   return { get = function(message) return message[name](message) end }
end

local function check_parts(value, what, names)
   local count = select(2, names:gsub('%w+', ''))
   if not values.is_plain(value) or #value ~= count then
      values.refuse(what, ('{%s} is'):format(names), value)
   end
   return (table.unpack or unpack)(value)
end

local function known_or_nil(first, ...)
   return first and { first, ... } or nil
end

-- The parts of a message as attributes.
local PARTS = {
   address = {
      get = function(message) return message:get_address() end,
      set = function(message, value)
         message:set_address(value ~= nil and values.to_address(value, 'address') or nil)
      end,
   },
   control_truncated = reader 'is_control_truncated',
   controls = { get = function(message)
      local controls = {}
      for i = 1, message:get_n_controls() do
         local content, level, kind = message:get_control(i - 1)
         controls[i] = { level, kind, values.from_gbytes(content) }
      end
      return controls
   end },
   credentials = {
      get = function(message) return known_or_nil(message:get_credentials()) end,
      set = function(message, value) message:set_credentials(check_parts(value, 'credentials', 'pid, uid, gid')) end,
   },
   data = { get = function(message) return values.from_gbytes(message:get_bytes()) end },
   extended_error = { get = function(message)
      local errno, origin, kind, code, info, offender = message:get_extended_error()
      return errno and {
         errno = errno, origin = origin, type = kind, code = code, info = info, offender = offender:get_host(),
      }
   end },
   filename = { get = function(message)
      local address = message:get_address()
      return address and address:get_filename()
   end },
   flags = reader 'get_flags',
   full_length = reader 'get_full_length',
   host = { get = function(message)
      local address = message:get_address()
      return address and address:get_host()
   end },
   overflow_count = { get = number_part 'overflow_count'.get },
   packet_info = {
      get = function(message)
         local address, interface = message:get_packet_info()
         return address and { address:get_host(), interface }
      end,
      set = function(message, value)
         local address, interface = check_parts(value, 'packet_info', 'address, interface')
         message:set_packet_info(values.to_address(address, 'packet_info'), interface)
      end,
   },
   port = { get = function(message) return (select(2, name_sender(message:get_address()))) end },
   segment_size = number_part 'segment_size',
   timestamp = { get = function(message)
      local seconds, nanoseconds = message:get_receive_time()
      return seconds and { seconds, nanoseconds }
   end },
   traffic_class = number_part 'traffic_class',
   truncated = reader 'is_truncated',
   ttl = number_part 'ttl',
}

local function checked(done, err)
   if not done then error(err, 0) end
end

local function set_part(name)
   return function(message, value) message[name] = value end
end

-- What send_message takes by name that is a part of the message.
local PARTS_TO_SEND = {
   controls = function(message, controls)
      for _, control in ipairs(controls) do
         checked(message:add_control(check_parts(control, 'a control', 'level, type, bytes')))
      end
   end,
   credentials = set_part 'credentials',
   file_descriptors = function(message, fds)
      for _, fd in ipairs(fds) do checked(message:add_file_descriptor(fd)) end
   end,
   packet_info = set_part 'packet_info',
   segment_size = set_part 'segment_size',
   traffic_class = set_part 'traffic_class',
   ttl = set_part 'ttl',
}

-- A message of a string, or of a list of them, and of its parts, which are taken out of the keywords.
function messages.to_message(value, what, keywords)
   local whole = values.type_of(value) == GSock.Message
   local message = whole and value or GSock.Message.new()
   if not whole then
      for _, data in ipairs(values.is_plain(value) and value or { value }) do
         message:add_data(values.to_bytes(data, what))
      end
   end
   for name, set in pairs(PARTS_TO_SEND) do
      local part = keywords[name]
      if part ~= nil then
         if whole then error(('%s has its parts in it: set its %s before'):format(what, name), 0) end
         set(message, part)
         keywords[name] = nil
      end
   end
   return message
end

-- Batches

-- Bytes and an address of bytes alone, of {bytes, address} and of {bytes, host, port}.
local function take_datagram(datagram, what)
   if not values.is_plain(datagram) then return values.to_bytes(datagram, what), nil end
   local data, where, port = datagram[1], datagram[2], datagram[3]
   if #datagram > 3 then values.refuse(what, 'bytes, {bytes, address} or {bytes, host, port} is', datagram) end
   if where == nil then return values.to_bytes(data, what), nil end
   if port == nil then return values.to_bytes(data, what), values.to_address(where, what) end
   local address, err = GSock.Address.new_from_host(where, port)
   checked(address, err)
   return values.to_bytes(data, what), address
end

function messages.to_batch(value, what)
   if values.type_of(value) == GSock.Batch then return value end
   if not values.is_plain(value) then values.refuse(what, 'a list of datagrams is', value) end
   local batch = GSock.Batch.new()
   for _, datagram in ipairs(value) do checked(batch:add(take_datagram(datagram, what))) end
   return batch
end

-- What is in a batch: a list of datagrams, which have data, host and port in order, and more by name.
function messages.from_batch(batch)
   local datagrams = {}
   for i = 1, batch:get_count() do
      local data, address = batch:get_data(i - 1) or '', batch:get_address(i - 1)
      local host, port = name_sender(address)
      local flags, full_length = batch:get_flags(i - 1), batch:get_full_length(i - 1)
      datagrams[i] = {
         data, port and host or address, port,
         data = data, host = port and host, port = port, address = address,
         filename = address and address:get_filename(), flags = flags, full_length = full_length,
         truncated = full_length > #data or flags.TRUNCATE == true,
      }
   end
   return datagrams
end

-- A batch is made where none is given.
local function receive_many(operator)
   return function(self, ...)
      local given, count = { ... }, select('#', ...)
      local last = given[count]
      local batch = values.is_plain(last) and last.batch or GSock.Batch.new()
      if values.is_plain(last) then
         local keywords = {}
         for name, value in pairs(last) do keywords[name] = value end
         keywords.batch = nil
         given[count] = keywords
      end
      local received, err = operator(self, batch, (table.unpack or unpack)(given, 1, count))
      if not received then return nil, err end
      return messages.from_batch(batch)
   end
end

function messages.install()
   GSock.Message._attribute = PARTS
   for _, name in ipairs { 'receive_many', 'async_receive_many' } do
      GSock.Socket[name] = receive_many(GSock.Socket[name])
   end
end

return messages
