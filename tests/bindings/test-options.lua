-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Socket options with native values.

local lgi = require 'lgi'
local GLib = lgi.GLib
local GSock = lgi.require('GSock', '1')
local tap = require 'tap'
local test, equal, ok, fails, raises = tap.test, tap.equal, tap.ok, tap.fails, tap.raises

local function with_socket(body)
   return function() GSock.with_open_socket({address_family = 'ipv4'}, body) end
end

test('native values', with_socket(function(stream)
   for _, option in ipairs {{'keep-alive', true}, {'keep_alive', false}, {'tcp_keepidle', 77}, {'linger', {true, 5}},
      {'SO_SNDTIMEO', 2.0}, {'tcp-congestion', 'reno'}, {'tcp-user-timeout', 1.5}} do
      ok(stream:set_option(option[1], option[2]))
      equal(stream:get_option(option[1]), option[2])
   end
end))

test('what only reads', with_socket(function(stream)
   equal(stream:get_option 'accept-connections', false)
   equal(stream:get_option 'type', GSock.SocketType.STREAM)
   equal(math.type and math.type(stream:get_option 'cookie') or 'integer', 'integer')
   ok(#stream:get_option 'memory-info' > 4)
   ok(stream:get_option 'tcp-info'.state)
end))

test('a variant', with_socket(function(stream)
   ok(stream:set_option('linger', GLib.Variant('(bi)', {true, 3})))
   equal(stream:get_option 'linger', {true, 3})
end))

test('by number', with_socket(function(stream)
   ok(stream:set_option_int(1, 9, 1))
   equal(stream:get_option_int(1, 9), 1)
   ok(stream:set_option_bytes(1, 13, '\1\0\0\0\9\0\0\0'))
   equal(stream:get_option_bytes(1, 13, 8), '\1\0\0\0\9\0\0\0')
end))

test('three kinds of failure', with_socket(function(stream)
   fails('UNKNOWN_KEYWORD', stream:get_option 'no-such-option')
   fails('OPTION_NOT_SUPPORTED', stream:get_option 'no-sigpipe')
   fails('OPERATION_NOT_SUPPORTED', stream:set_option('type', 'datagram'))
end))

test('wrong values', with_socket(function(stream)
   for _, option in ipairs {{'linger', 5}, {'linger', {true, 5, 6}}, {'linger', {true, 'x'}}, {'linger', {}}, {'keep-alive', 'yes'},
      {'keep-alive', 2}, {'tcp-keepidle', 1.5}, {'tcp-keepidle', 2 ^ 40}, {'tcp-keepidle', 2 ^ 63}, {'tcp-keepidle', -2 ^ 63},
      {'receive-timeout', 'x'}, {'receive-timeout', 0 / 0}, {'tcp-congestion', 'reno\0x'}, {'tcp-congestion', '\255'}} do
      local done, err = stream:set_option(option[1], option[2])
      equal(done, nil)
      ok(tostring(err):find(option[1], 1, true), err)
   end
end))

test('values of no option', with_socket(function(stream)
   for _, value in ipairs {print, GSock.ActiveSocket, stream, io.stdout, coroutine.create(print), {true, print}} do
      raises('set_option: value', stream.set_option, stream, 'linger', value)
   end
   raises('value is missing', stream.set_option, stream, 'linger')
end))

test('options are keywords', function()
   local made = ok(GSock.make_socket{tcp_nodelay = true, linger = {true, 5}, receive_buffer = 65536})
   equal(made:get_option 'tcp-nodelay', true)
   equal(made:get_option 'linger', {true, 5})
   equal(made:get_option 'receive-buffer', 131072)
   made:close()
end)

tap.run()
