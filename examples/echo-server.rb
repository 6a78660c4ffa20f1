#!/usr/bin/ruby
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sends back what it gets, to many at a time: echo-server.rb [PORT]. It prints the port, and serves until
# it is interrupted.

require 'gsock'

# In a fiber: what ends in _async is waited for, while the main loop goes on.
def echo(connection)
  until (data = connection.receive_from_async(65_536).data).empty?
    connection.send_to_async(data)
  end
rescue GSock::Error => e
  warn "#{connection}: #{e.message}"
ensure
  connection.close
end

listener = GSock.make_socket(connect: :passive, local_host: '127.0.0.1', local_port: Integer(ARGV.fetch(0, 0)), nodelay: true)
server = GSock::Server.new(listener)
main = GLib::MainLoop.new

server.signal_connect('connection') { |_, connection| GSock.fiber { echo(connection) } }
server.start
%w[INT TERM].each { |signal| trap(signal) { main.quit } }
puts "127.0.0.1:#{listener.local_port}"
$stdout.flush
main.run
listener.close
