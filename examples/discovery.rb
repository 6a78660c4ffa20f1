#!/usr/bin/ruby
# SPDX-License-Identifier: LGPL-2.1-or-later
# Discovery by multicast: one asks a group who is there, and whoever is answers the one who asked.
#
#   discovery.rb ask [INTERFACE [PORT]]           prints the answers of half a second
#   discovery.rb answer NAME [INTERFACE [PORT]]   answers until it is interrupted
#   discovery.rb                                  two who answer and one who asks, on this machine
#
# An interface is given by its name, its index or an address; otherwise the kernel takes one.

require 'gsock'

GROUP = '239.255.42.99'
PORT = 42424
QUESTION = 'who is there?'
SECONDS = 0.5

$stdout.sync = true

# Several may be at one port: each gets what is sent to the group.
def open_member(interface = nil, port = PORT)
  GSock.make_socket(type: :datagram, local_host: '0.0.0.0', local_port: Integer(port), reuse_address: true) do |member|
    member.join_group(GROUP, interface)
    yield member
  end
end

def answer_one(member, name, timeout: -1)
  question, host, port = member.receive_from(512, timeout: timeout)
  return unless question == QUESTION

  puts "#{name}: asked by #{host}:#{port}"
  member.send_to(name, remote_host: host, remote_port: port)
end

def answer(name, *where)
  # A call that waits in C is not left for Ruby's handler.
  trap('INT', 'SYSTEM_DEFAULT')
  open_member(*where) do |member|
    puts "#{name}: port #{member.local_port}"
    loop do
      answer_one(member, name)
    rescue GSock::Error => e
      warn e.message
    end
  end
end

def open_asker(interface = nil, port = PORT)
  GSock.make_socket(type: :datagram, local_host: '0.0.0.0') do |asker|
    asker.set_multicast_interface(interface) if interface
    asker.send_to(QUESTION, remote_host: GROUP, remote_port: Integer(port))
    yield asker
  end
end

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

# Until the time is up; however many answer, it is not prolonged.
def collect(asker)
  ending = now + SECONDS
  loop do
    name, host, port = asker.receive_from(512, timeout: [ending - now, 0.0].max)
    puts "#{name} at #{host}:#{port}"
  end
rescue GSock::Error::TimedOut
  # That was all.
end

def ask(*where)
  open_asker(*where) { |asker| collect(asker) }
end

def show
  open_member('lo', 0) do |printer|
    open_member('lo', printer.local_port) do |lamp|
      open_asker('lo', printer.local_port) do |asker|
        answer_one(printer, 'a printer', timeout: 5)
        answer_one(lamp, 'a lamp', timeout: 5)
        collect(asker)
      end
    end
  end
end

begin
  case ARGV.shift
  when 'ask' then ask(*ARGV)
  when 'answer' then answer(*ARGV)
  else show
  end
rescue GSock::Error, ArgumentError => e
  abort "#{$PROGRAM_NAME}: #{e.message}"
end
