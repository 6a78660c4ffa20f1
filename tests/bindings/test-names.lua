-- SPDX-License-Identifier: LGPL-2.1-or-later
-- No name of gsock stands before one of GObject.

local lgi = require 'lgi'
local GObject = lgi.GObject
local GSock = lgi.require('GSock', '1')
local tap = require 'tap'
local test, equal, ok = tap.test, tap.equal, tap.ok

test('names of GObject', function()
   GObject.Object:_resolve()
   for _, name in ipairs {'Socket', 'ActiveSocket', 'PassiveSocket', 'DatagramSocket', 'RawSocket', 'Server'} do
      for method in pairs(GObject.Object._method) do
         local found = rawget(GSock[name], method)
         ok(found == nil or found == GObject.Object[method] or method == 'new', name .. '.' .. method)
      end
   end
end)

test('signals are connected', function()
   local made, told = GSock.DatagramSocket(), nil
   made.on_notify['timeout'] = function() told = true end
   made.timeout = 5
   ok(told)
   made:close()
end)

test('constants', function()
   equal({GSock.TIMEOUT_DEFAULT, GSock.TIMEOUT_NEVER}, {-2, -1})
   equal({GSock.LOCAL_FILENAME_MAX, GSock.FILE_DESCRIPTORS_MAX}, {107, 253})
end)

tap.run()
