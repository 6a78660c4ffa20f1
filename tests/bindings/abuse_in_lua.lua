-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Every operator with every hostile value for every argument and keyword; see abuse.py, which runs it.
-- An answer, nil with an error, or an error that is raised is right, whatever is given. What is tried is
-- printed before it is.

local lgi = require 'lgi'
local Gio, GLib, GObject = lgi.Gio, lgi.GLib, lgi.GObject
local GSock = lgi.require('GSock', '1')
local unpack = table.unpack or unpack

io.stdout:setvbuf('no')

local local_host = '127.0.0.1'
local mode = table.remove(arg, 1)

-- Values

local is_cancelled = Gio.Cancellable()
is_cancelled:cancel()

local function make_batch()
   local batch = GSock.Batch.new()
   batch:add('abc', GSock.Address.new_from_text('127.0.0.1:9'))
   return batch
end

local function make_message()
   local message = GSock.Message.new()
   message:add_data('abc')
   return message
end

local MAKERS = {
   udp = function() return GSock.make_socket{type = 'datagram', local_host = local_host} end,
   listener = function() return GSock.make_socket{connect = 'passive', local_host = local_host} end,
   fresh = function() return GSock.make_socket{type = 'datagram'} end,
   raw = function() return GSock.make_socket{address_family = 'netlink', type = 'raw'} end,
}

-- The sockets that operators are called on; those that a call has closed are made again.
local held = {}
local closed = GSock.make_socket{type = 'datagram'}
closed:close()
local receiver, another

local function drop(...)
   for _, name in ipairs {...} do
      if held[name] then held[name]:close(true) end
      held[name] = nil
   end
end

local function stage(name)
   if name == 'closed' then return closed end
   if not held[name] or not held[name]:is_open() then
      if MAKERS[name] then
         held[name] = assert(MAKERS[name]())
      else
         drop('left', 'right')
         held.left, held.right = assert(GSock.make_socket_pair())
         held.right:set_timeout(0)
         held.left:set_timeout(0)
      end
      -- Nothing waits, whatever it is given.
      held[name]:set_timeout(0)
   end
   return held[name]
end

local function nothing() return false end

local SPECIAL = {
   ['empty-list'] = function() return {} end,
   ['list-of-numbers'] = function() return {1, 2, 3} end,
   ['list-of-text'] = function() return {'a', 'b'} end,
   ['mixed-list'] = function() return {'a', false, 2 ^ 70, {}, print} end,
   ['list-of-nothing'] = function() return {nil, nil} end,
   ['nested-list'] = function() return {{1, {2}}, {'a', local_host, 9}} end,
   ['empty-mapping'] = function() return setmetatable({}, {}) end,
   ['mapping'] = function() return {a = 1, [5] = false} end,
   ['object'] = function() return io.stdout end,
   ['function'] = function() return function() end end,
   ['class'] = function() return string end,
   ['type'] = function() return GObject.Type.STRING end,
   ['socket-class'] = function() return GSock.ActiveSocket end,
   ['cancellable'] = function() return Gio.Cancellable() end,
   ['cancelled'] = function() return is_cancelled end,
   ['glib-bytes'] = function() return GLib.Bytes.new('abc') end,
   ['variant'] = function() return GLib.Variant('(sa{sv})', {'a', {b = GLib.Variant('i', 5)}}) end,
   ['address'] = function() return GSock.Address.new_from_text('127.0.0.1:9') end,
   ['empty-address'] = function() return GSock.Address() end,
   ['message'] = make_message,
   ['batch'] = make_batch,
   ['condition'] = function() return GLib.IOCondition.IN end,
   ['socket'] = function() return stage('left') end,
   ['closed-socket'] = function() return closed end,
   ['socket-without-init'] = function() return GObject.Object.new and GObject.Object.new(GSock.DatagramSocket._gtype, {}) or closed end,
   ['listener'] = function() return stage('listener') end,
   ['the-receiver'] = function() return receiver end,
   ['an-error'] = function() return GLib.Error(Gio.IOErrorEnum, 'FAILED', 'broken') end,
}

local function to_text(text)
   local once, count = text:match('^(.-)%*(%d+)$')
   once = (once or text):gsub('\\0', '\0'):gsub('\\xff', '\255')
   return once:rep(tonumber(count) or 1)
end

local NUMBERS = {nan = 0 / 0, inf = math.huge, ['-inf'] = -math.huge}
local KINDS = {
   none = function() return nil end,
   boolean = function(text) return text == 'true' end,
   integer = function(text) return tonumber(text) end,
   number = function(text) return NUMBERS[text] or tonumber(text) end,
   text = to_text,
   bytes = function(text) return ('x'):rep(tonumber(text)) end,
}

local function read_values()
   local listed, values = {}, {}
   for row in io.lines(os.getenv('GSOCK_TEST_DATA') .. '/hostile-values.tsv') do
      local name, kind, text = row:match('^([^#\t][^\t]*)\t([^\t]*)\t?(.*)$')
      if name then
         local value = kind ~= 'special' and KINDS[kind](text)
         if kind == 'none' then value = nil end
         listed[#listed + 1] = name
         values[name] = SPECIAL[name] or function() return value end
      end
   end
   values.coroutine = function() return coroutine.create(nothing) end
   values['throws'] = function()
      return setmetatable({}, {__index = function() error('by __index') end, __len = function() error('by __len') end})
   end
   listed[#listed + 1], listed[#listed + 2] = 'coroutine', 'throws'
   return listed, values
end

-- Arguments

local function here() return stage('udp'):get_local_address() end

-- What is given for an argument when it is not its turn, by its name.
local BASELINES = {
   address = here, batch = make_batch, destination = here, message = make_message, other = here,
   buffer = function() return 'hello' end,
   bytes = function() return 'hello' end,
   callback = function() return nothing end,
   channel = function() return stage('left') end,
   condition = function() return 'in' end,
   conditions = function() return {'in'} end,
   data = function() return 'hello' end,
   fd = function() return stage('udp'):get_file_descriptor() end,
   fds = function() return {stage('udp'):get_file_descriptor()} end,
   flags = function() return 0 end,
   group = function() return GSock.Address.new_from_host('239.1.2.3', 0) end,
   host = function() return local_host end,
   interface = function() return 'lo' end,
   lengths = function() return '\5\0\0\0' end,
   level = function() return 1 end,
   listener = function() return stage('listener') end,
   maximum = function() return 4 end,
   most = function() return 4 end,
   n_characters = function() return 4 end,
   name = function() return 'broadcast' end,
   network = function() return Gio.InetAddressMask.new_from_string('10.0.0.0/8') end,
   option = function() return 2 end,
   payload = function() return 'hello' end,
   port = function() return 80 end,
   priority = function() return 0 end,
   read = function() return true end,
   service = function() return 'http' end,
   size = function() return 100 end,
   socket = function() return stage('udp') end,
   socket_names = function() return {'a'} end,
   sockets = function() return {stage('udp')} end,
   source = function() return GSock.Address.new_from_host(local_host, 0) end,
   state = function() return 'READY=1' end,
   text = function() return '127.0.0.1:80' end,
   timeout = function() return 0 end,
   type = function() return GSock.DatagramSocket end,
   value = function() return true end,
   wait = function() return false end,
}
local USUAL = {wait = false, timeout = 0}
local HALVES = {
   remote_host = {'remote_port', 9}, remote_port = {'remote_host', local_host}, host = {'port', 9}, port = {'host', local_host},
}

-- Where something is looked up, which is nobody's business here, and what would wait for ever.
local function is_patient(name)
   return name == 'wait' or name == 'timeout' or name == 'address' or name == 'name' or name:match('host$')
      or name:match('port$') or name:match('connectable$') or name:match('service$')
end

local KEYWORDS = {}
for name in os.getenv('GSOCK_TEST_KEYWORDS'):gmatch('%S+') do KEYWORDS[#KEYWORDS + 1] = name end

local RECEIVERS = {
   Socket = function() return stage('udp') end,
   ActiveSocket = function() return stage('left') end,
   PassiveSocket = function() return stage('listener') end,
   DatagramSocket = function() return stage('udp') end,
   RawSocket = function() return stage('raw') end,
   Address = here,
   Batch = make_batch,
   Message = make_message,
   Interface = function() return GSock.list_network_interfaces()[1] end,
   Lookup = function() return GSock.lookup_hostname(local_host) end,
   Server = function() return GSock.Server{listener = stage('listener')} end,
   Watch = function() return stage('udp'):watch('in', nothing) end,
}
local ANOTHER = {'', '', 'left', 'left', 'right', 'listener', 'fresh', 'raw', 'closed'}
-- What the reference is kept by is the language's own affair.
local LEFT = {ref = true, unref = true, free = true, init_with_keywords = true}

local Operator = {}
Operator.__index = Operator

function Operator:baseline(name)
   if name == 'name' and self.name:match('^lookup') then return local_host end
   return BASELINES[name] and BASELINES[name]()
end

-- What is given, in order, with nils in it.
function Operator:run(hostile, keywords)
   receiver = self.owner and RECEIVERS[self.owner]()
   if another ~= '' and self.owner == 'Socket' then receiver = stage(another) end
   local given, count = {}, 0
   local function give(value)
      count = count + 1
      given[count] = value
   end
   if self.owner then
      if hostile.self then give(hostile.self()) else give(receiver) end
   end
   for _, name in ipairs(self.parameters) do
      if hostile[name] then give(hostile[name]()) else give(self:baseline(name)) end
   end
   if self.keyworded then
      local named = {}
      for name, value in pairs(self.usual) do named[name] = value end
      for name in pairs(keywords) do
         if HALVES[name] then named[HALVES[name][1]] = HALVES[name][2] end
      end
      for name, value in pairs(keywords) do named[name] = value end
      give(named)
   end
   return self.call(unpack(given, 1, count))
end

-- What was given is closed.
local function finish(name, ...)
   for i = 1, select('#', ...) do
      local item = (select(i, ...))
      if (name:match('^receive_file_descriptor') or name == 'peer_pidfd') and not name:match('_async$') then
         for _, fd in ipairs(type(item) == 'table' and item or {item}) do
            if type(fd) == 'number' then GLib.close(fd) end
         end
      end
      if type(item) == 'userdata' and GSock.Socket:is_type_of(item) and item ~= receiver then item:close(true) end
      if type(item) == 'userdata' and GSock.Watch:is_type_of(item) then item:cancel() end
   end
   return ...
end

-- Whether an error says that it knows no such keyword.
local function is_unknown(done, first, err)
   return tostring(done and err or first):find('unknown keyword', 1, true) ~= nil
end

function Operator:knows(name, value)
   local done, first, err = pcall(function()
      return finish(self.name, self:run({}, {[name] = value, cancellable = is_cancelled}))
   end)
   return not is_unknown(done, first, err) and name ~= 'dup'
end

function Operator:learn()
   if not self.keyworded or self.learnt then return end
   self.learnt = true
   for name, value in pairs(USUAL) do
      if self:knows(name, value) then self.usual[name] = value end
   end
   for _, name in ipairs(KEYWORDS) do
      if self:knows(name, is_cancelled) then self.keywords[#self.keywords + 1] = name end
   end
end

function Operator:rows(listed, values)
   local rows = {}
   for _, value in ipairs(listed) do
      for _, name in ipairs(self.parameters) do rows[#rows + 1] = {name, value, {[name] = values[value]}, {}} end
      if self.owner then rows[#rows + 1] = {'self', value, {self = values[value]}, {}} end
      for _, name in ipairs(self.keywords) do rows[#rows + 1] = {name .. '=', value, {}, {[name] = values[value]}} end
   end
   return rows
end

-- The typelib says what there is, and what it takes.
local gi = require 'lgi.core'.gi or require('lgi.core').gi
local function find_operators()
   local listed, operators = {}, {}
   local function add(owner, name, info, call)
      local parameters, keyworded = {}, false
      local lengths = {}
      for i = 1, #info.args do
         local kind = info.args[i].typeinfo
         if kind.tag == 'array' and kind.array_length then lengths[kind.array_length] = true end
      end
      for i = 1, #info.args do
         local argument = info.args[i]
         if argument.direction ~= 'out' and not lengths[i - 1] and argument.name ~= 'user_data' then
            if argument.name == 'names' then keyworded = true end
            if not keyworded or argument.name == 'callback' then parameters[#parameters + 1] = argument.name end
         end
      end
      if keyworded and parameters[#parameters] ~= 'callback' or not keyworded then
         local full = owner and owner .. '.' .. name or name
         listed[#listed + 1] = full
         operators[full] = setmetatable({
            name = name, owner = info.flags.is_method and owner or nil, call = call,
            parameters = parameters, keyworded = keyworded, keywords = {}, usual = {},
         }, Operator)
      end
   end
   local namespace = gi.GSock
   for i = 1, #namespace do
      local info = namespace[i]
      if info.type == 'function' then
         add(nil, info.name, info, GSock[info.name])
      elseif (info.type == 'object' or info.type == 'struct') and not info.is_gtype_struct and GSock[info.name] then
         for n = 1, #info.methods do
            local method = info.methods[n]
            local call = GSock[info.name][method.name]
            if call and not LEFT[method.name] and (not method.flags.is_method or RECEIVERS[info.name]) then
               add(info.name, method.name, method, call)
            end
         end
      end
   end
   return listed, operators
end

-- Runs

local answers, errors = 0, 0

-- Numbers that the parent gives, so that another run does the same.
local state = tonumber(os.getenv('GSOCK_TEST_SEED') or 1)
local function chance(count)
   state = (state * 1103515245 + 12345) % 2 ^ 31
   return math.floor(state / 65536) % count
end

local function pick(all) return all[chance(#all) + 1] end

local context = GLib.MainContext.default()
local function iterate()
   for _ = 1, 3 do context:iteration(false) end
end

local function attempt(operator, hostile, keywords)
   local named, waits = {}, false
   for name, value in pairs(keywords) do
      named[name] = value()
      waits = waits or is_patient(name)
   end
   for name in pairs(hostile) do waits = waits or is_patient(name) end
   if waits then
      if operator.keyworded then named.cancellable = is_cancelled end
      for _, name in ipairs(operator.parameters) do
         if name == 'cancellable' and not hostile.cancellable then hostile.cancellable = function() return is_cancelled end end
      end
   end
   local done, first, err = pcall(function() return finish(operator.name, operator:run(hostile, named)) end)
   if done and not (first == nil and err ~= nil) then
      answers = answers + 1
   else
      errors = errors + 1
      if tostring(done and err or first) == '' then print('odd ' .. operator.name .. ': an error without a word') end
   end
   if operator.name:match('_async$') then iterate() end
end

local function clear()
   local names = {}
   for name in pairs(held) do names[#names + 1] = name end
   drop(unpack(names))
   iterate()
end

-- A thread that has waited keeps one until it ends.
local function open_descriptors()
   collectgarbage()
   collectgarbage()
   local count = 0
   local folder = Gio.File.new_for_path('/proc/self/fd'):enumerate_children('standard::symlink-target', 'NOFOLLOW_SYMLINKS')
   local info = folder:next_file()
   while info do
      if not (info:get_symlink_target() or ''):find('eventfd') then count = count + 1 end
      info = folder:next_file()
   end
   folder:close()
   return count
end

-- What a thread is still busy with is not left.
local function left_open(before)
   for _ = 1, 50 do
      if open_descriptors() <= before then return 0 end
      GLib.usleep(50000)
   end
   return open_descriptors() - before
end

local function choose(rows, share)
   local wanted = math.max(math.floor(#rows / share), math.min(#rows, 5))
   local chosen = {}
   for i = 1, share > 1 and wanted or #rows do chosen[i] = share > 1 and pick(rows) or rows[i] end
   return chosen
end

local function copy(all)
   local copied = {}
   for name, value in pairs(all) do copied[name] = value end
   return copied
end

local function run_matrix(name, operator, listed, values, rounds, times, share)
   operator:learn()
   local descriptors
   local rows = choose(operator:rows(listed, values), share)
   for round = 1, rounds do
      for _, row in ipairs(rows) do
         for _, other in ipairs(operator.owner == 'Socket' and {'', 'left'} or {''}) do
            another = other
            print('try', name, row[1], row[2], other)
            for _ = 1, times do attempt(operator, copy(row[3]), row[4]) end
         end
      end
      clear()
      if round == 1 then descriptors = open_descriptors() end
   end
   local left = left_open(descriptors)
   if left > 0 then print('leak ' .. name, left, 'descriptors') end
end

local function run_random(names, operators, listed, values, seed, count)
   state = seed
   for _, name in ipairs(names) do operators[name]:learn() end
   for i = 1, count do
      local name = pick(names)
      -- With another timeout than that of the stage, something would wait.
      if name == 'Socket.set_timeout' then name = 'Socket.get_timeout' end
      local operator, hostile, keywords, told = operators[name], {}, {}, {}
      local function put(place, key)
         local value = pick(listed)
         place[key] = values[value]
         told[#told + 1] = key .. '=' .. value
      end
      for _, parameter in ipairs(operator.parameters) do
         if chance(10) < 4 then put(hostile, parameter) end
      end
      if operator.owner and chance(10) == 0 then put(hostile, 'self') end
      for _ = 1, #operator.keywords > 0 and chance(4) or 0 do put(keywords, pick(operator.keywords)) end
      another = pick(ANOTHER)
      print('try ' .. i, name, another, table.concat(told, ' '))
      attempt(operator, hostile, keywords)
      if chance(50) == 0 then
         clear()
         collectgarbage()
      end
   end
   clear()
end

local names, operators = find_operators()
another = ''
if mode == 'list' then
   for _, name in ipairs(names) do print(name) end
else
   local listed, values = read_values()
   if mode == 'matrix' then
      local rounds, times, share = tonumber(arg[1]), tonumber(arg[2]), tonumber(arg[3])
      for i = 4, #arg do run_matrix(arg[i], operators[arg[i]], listed, values, rounds, times, share) end
   else
      run_random(names, operators, listed, values, tonumber(arg[1]), tonumber(arg[2]))
   end
   print(('done %d %d'):format(answers, errors))
end
