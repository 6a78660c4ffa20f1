# SPDX-License-Identifier: LGPL-2.1-or-later
# Socket options with native values.

require 'gsock'
require 'tap'

def with_socket(&body)
  GSock.make_socket(address_family: :ipv4, &body)
end

test 'native values' do
  with_socket do |stream|
    { 'keep-alive' => true, 'keep_alive' => false, tcp_keepidle: 77, 'linger' => [true, 5], 'SO_SNDTIMEO' => 2.0,
      'tcp-congestion' => 'reno', 'tcp-user-timeout' => 1.5 }.each do |name, value|
      ok stream.set_option(name, value)
      equal stream.get_option(name), value
      stream.options[name] = value
      equal stream.options[name], value
    end
    stream.options[:tcp_user_timeout] = 5/2r
    equal stream.options[:tcp_user_timeout], 2.5
  end
end

test 'what only reads' do
  with_socket do |stream|
    equal stream.get_option('accept-connections'), false
    ok stream.get_option('cookie').is_a?(Integer)
    ok stream.get_option('memory-info').bytesize > 4
    info = stream.get_option('tcp-info')
    ok info.is_a?(Hash) && info.key?('state')
  end
end

test 'a variant' do
  with_socket do |stream|
    ok stream.set_option('linger', GLib::Variant.new('(true, 3)'))
    equal stream.get_option('linger'), [true, 3]
  end
end

test 'by number' do
  with_socket do |stream|
    ok stream.set_option_int(1, 9, 1)
    equal stream.get_option_int(1, 9), 1
    ok stream.set_option_bytes(1, 13, "\1\0\0\0\x09\0\0\0")
    equal stream.get_option_bytes(1, 13, 8), "\1\0\0\0\x09\0\0\0"
  end
end

test 'three kinds of failure' do
  with_socket do |stream|
    fails(GSock::UnknownKeyword) { stream.get_option('no-such-option') }
    fails(GSock::OptionNotSupported) { stream.get_option('no-sigpipe') }
    fails(GSock::OperationNotSupported) { stream.set_option('type', 'datagram') }
  end
end

test 'wrong values' do
  with_socket do |stream|
    [['linger', 5], ['linger', [true, 5, 6]], ['linger', [true, 'x']], ['linger', []], ['keep-alive', 'yes'], ['keep-alive', 2],
     ['tcp-keepidle', 1.5], ['tcp-keepidle', 2**40], ['tcp-keepidle', -2**40], ['receive-timeout', 'x'],
     ['receive-timeout', Float::NAN], ['receive-timeout', Float::INFINITY], ['tcp-congestion', "reno\0x"],
     ['tcp-congestion', "\xff"]].each { |name, value| fails(GSock::Error, name) { stream.set_option(name, value) } }
  end
end

test 'values of no option' do
  with_socket do |stream|
    [Object.new, GSock::ActiveSocket, stream, $stdout, { a: 1 }, [Object.new], -> {}, 2**70].each do |value|
      fails(TypeError) { stream.set_option('linger', value) }
    end
    fails(ArgumentError, 'value is missing') { stream.set_option('linger') }
    fails(ArgumentError) { stream.set_option("lin\0ger", 5) }
    [nil, 5, Object.new].each { |name| fails(StandardError) { stream.get_option(name) } }
  end
end

test 'options are keywords' do
  GSock.make_socket(tcp_nodelay: true, linger: [true, 5], receive_buffer: 65_536) do |made|
    equal %i[tcp-nodelay linger receive-buffer].map { |name| made.get_option(name) }, [true, [true, 5], 131_072]
  end
end

test 'attributes that live' do
  with_socket do |stream|
    stream.nodelay = stream.keepalive = true
    equal [stream.nodelay?, stream.keepalive?, stream.get_option('tcp-nodelay')], [true, true, true]
    stream.timeout = 2
    equal stream.timeout, 2.0
    [Float::NAN, -5, 'x', nil, 1i].each { |value| fails(TypeError, 'timeout') { stream.timeout = value } }
    ['x', 5].each { |value| fails(GSock::Error) { stream.nodelay = value } }
  end
  GSock.make_socket_pair { |left,| fails(GSock::OptionNotSupported) { left.nodelay = true } }
end

run
