#!/usr/bin/ruby
# SPDX-License-Identifier: LGPL-2.1-or-later
# A server that can be replaced while it runs, without a visitor noticing. It answers each visitor what he
# says. Started a second time with the same path, the new process takes the sockets of the one that runs,
# which ends once the new one serves. So do the others of this name: each can follow on each.
#
#   handover.rb PATH [PORT]   serves until it is interrupted, or replaced
#   handover.rb               starts itself twice, and visits

require 'gsock'
require 'rbconfig'
require 'tmpdir'

SECONDS = 30
LOOP = GLib::MainLoop.new

$stdout.sync = true

# Only this user may ask for them.
def make_sockets(path, port)
  {
    'server' => GSock.make_socket(connect: :passive, local_host: '127.0.0.1', local_port: port),
    'control' => GSock.make_socket(connect: :passive, type: :seqpacket, local_filename: path,
                                   file_mode: 0o600, replace_stale: true)
  }
end

# Where nobody runs, or has died and left its file behind, this is the first.
def get_sockets(path, port)
  GSock.make_socket(type: :seqpacket, remote_filename: path) do |channel|
    sockets = GSock.handover_take(channel, timeout: SECONDS).to_h
    # Whatever a visitor may need is made ready before this.
    GSock.handover_complete(channel, sockets, timeout: SECONDS)
    sockets
  end
rescue GSock::Error::NotFound, GSock::Error::ConnectionRefused
  make_sockets(path, port)
end

def answer(visitor)
  data, = visitor.receive_from_async(1000, timeout: SECONDS)
  visitor.send_to_async(data, timeout: SECONDS)
rescue GSock::Error
  # The visitor has gone.
ensure
  visitor.close
end

# Whatever goes wrong with one, this process goes on. Meanwhile it serves.
def hand_over?(channel, sockets)
  GSock.handover_give_async(channel, sockets.values, sockets.keys, timeout: SECONDS)
  true
rescue GSock::Error => e
  warn e.message
  false
ensure
  channel.close
end

# In a fiber what ends in _async is waited for, while the main loop goes on.
def start_server(listener, **properties)
  server = GSock::Server.new(listener)
  properties.each { |name, value| server.set_property(name.to_s, value) }
  server.signal_connect('connection') { |_, connection| GSock.fiber { yield connection } }
  server.tap(&:start)
end

def serve(path, port = 0)
  sockets = get_sockets(path, Integer(port))
  puts "process #{Process.pid} serves port #{sockets['server'].local_port}"
  visitors = start_server(sockets['server']) { |visitor| answer(visitor) }
  # One successor at a time.
  successors = start_server(sockets['control'], max_connections: 1) do |channel|
    if hand_over?(channel, sockets)
      visitors.stop
      successors.stop
      begin
        visitors.drain_async(timeout: SECONDS)
      ensure
        LOOP.quit
      end
    end
  end
  %w[INT TERM].each { |signal| trap(signal) { LOOP.quit } }
  LOOP.run
  sockets.each_value(&:close)
end

# The show

def start(path)
  io = IO.popen([RbConfig.ruby, __FILE__, path])
  line = io.gets or abort 'it did not start'
  puts line
  [io, line.split.last.to_i]
end

def visit(port)
  GSock.make_socket(remote_host: '127.0.0.1', remote_port: port, timeout: 5) do |visitor|
    visitor.send_to('hello')
    puts "  it answers: #{visitor.receive_from(1000).data}"
  end
end

def show
  Dir.mktmpdir('gsock-handover-') do |folder|
    path = File.join(folder, 'control')
    processes = []
    begin
      2.times do
        io, port = start(path)
        processes << io
        visit(port)
      end
      processes.shift.close # which waits
      puts 'the first has ended'
    ensure
      processes.each do |io|
        Process.kill('TERM', io.pid)
        io.close
      end
    end
    abort 'the file is still there' unless Dir.empty?(folder)
  end
end

begin
  ARGV.empty? ? show : serve(*ARGV)
rescue GSock::Error, ArgumentError => e
  abort "#{$PROGRAM_NAME}: #{e.message}"
end
