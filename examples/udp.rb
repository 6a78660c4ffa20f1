#!/usr/bin/ruby
# SPDX-License-Identifier: LGPL-2.1-or-later
# UDP: two sockets, a datagram from one to the other, and the address that it came from.

require 'gsock'

GSock.make_socket(type: :datagram, local_host: '127.0.0.1') do |alice|
  GSock.make_socket(type: :datagram, local_host: '127.0.0.1') do |bob|
    bob.send_to('hi alice', remote_host: '127.0.0.1', remote_port: alice.local_port)
    data, host, port = alice.receive_from(1500, timeout: 5)
    puts "\"#{data}\" from #{host}:#{port}"
  end
end
