-- SPDX-License-Identifier: LGPL-2.1-or-later
-- What the service manager passes, is told and keeps; the manager is a socket of the test's.

local lgi = require 'lgi'
local GLib = lgi.GLib
local GSock = lgi.require('GSock', '1')
local tap = require 'tap'
local test, equal, ok, fails = tap.test, tap.equal, tap.ok, tap.fails

local function with_manager(body)
   return function()
      local name = '@gsock-lua-' .. GLib.uuid_string_random()
      GSock.with_open_socket({type = 'datagram', local_filename = name, timeout = 30}, function(manager)
         GLib.setenv('NOTIFY_SOCKET', name, true)
         body(function()
            local message = ok(manager:receive_message{size = 4096})
            return {message.data, message:get_n_file_descriptors()}
         end)
         GLib.unsetenv('NOTIFY_SOCKET')
      end)
   end
end

test('nothing is passed', function()
   equal((GSock.make_sockets_from_activation()), {})
   equal((GSock.file_descriptors_from_activation()), {})
   equal((GSock.make_sockets_from_activation{unset_environment = false, timeout = 2}), {})
   fails('UNKNOWN_KEYWORD', GSock.make_sockets_from_activation{unset = true})
end)

test('nonsense is refused and removed', function()
   for _, name in ipairs {'make_sockets_from_activation', 'file_descriptors_from_activation'} do
      GLib.setenv('LISTEN_FDS', '-1', true)
      GLib.setenv('LISTEN_PID', '1', true)
      local list, err = GSock[name]()
      ok(err and err:matches(GSock.Error, 'INVALID_ARGUMENT'), list)
      equal(GLib.getenv('LISTEN_FDS'), nil)
   end
end)

test('descriptors are stored and removed', with_manager(function(receive)
   ok(GSock.store_file_descriptors({0, 1}, 'two'))
   equal(receive(), {'FDSTORE=1\nFDNAME=two', 2})
   ok(GSock.store_file_descriptors({0}, {poll = false, timeout = 5}))
   equal(receive(), {'FDSTORE=1\nFDPOLL=0', 1})
   ok(GSock.remove_stored_file_descriptors('two'))
   equal(receive(), {'FDSTOREREMOVE=1\nFDNAME=two', 0})
   fails('INVALID_ARGUMENT', GSock.store_file_descriptors({0}, 'a:b'))
   fails('OUT_OF_RANGE', GSock.store_file_descriptors({}))
end))

test('the manager is told and waited for', with_manager(function(receive)
   ok(GSock.notify_service_manager('READY=1'))
   equal(receive(), {'READY=1', 0})
   fails('INVALID_ARGUMENT', GSock.notify_service_manager('ready'))
   fails('TIMED_OUT', GSock.wait_for_service_manager(0.01))
   equal(receive(), {'BARRIER=1', 1})
end))

test('no manager', function() fails('NOT_FOUND', GSock.notify_service_manager('READY=1')) end)

tap.run()
