#!/usr/bin/ruby
# SPDX-License-Identifier: LGPL-2.1-or-later
# A chat for many, line by line, with nc and the like. Whoever comes gives a name; then each line goes to
# all the others. Who does not read, or writes more than the others could read, is put out.
#
#   chat-server.rb PORT [HOST]   serves until it is interrupted
#   chat-server.rb               two visitors meet, and what they hear is told

require 'gsock'

MOST_LINES = 50 # of one member within a second
LONGEST_LINE = 1000 # bytes
LONGEST_NAME = 20 # characters
TIME_FOR_A_NAME = 60 # seconds
BACKLOG = 65536 # bytes that wait for a member who does not read, and as many in the kernel
MOST_MEMBERS = 500

$stdout.sync = true

# Somebody who has a name.
class Member
  attr_reader :connection, :name
  attr_accessor :reason

  def initialize(connection, name)
    @connection = connection
    @name = name
    @reason = 'gone'
    @second = @lines = 0
  end

  # Nobody waits for a slow reader: the line is in his buffer, until that is full.
  def tell(line)
    @connection.write_line(line, wait: false)
    @more = true
    send_lines unless @sending
  rescue GSock::Error::WouldBlock
    @reason = 'put out: he does not read'
    @connection.close(abort: true)
  rescue GSock::Error
    # Whoever reads from it meets that too.
  end

  def writes_too_much?
    second = Process.clock_gettime(Process::CLOCK_MONOTONIC, :second)
    @lines = second == @second ? @lines + 1 : 1
    @second = second
    @lines > MOST_LINES
  end

  private

  # One sends for all lines; those that come while it ends are more.
  def send_lines
    @sending = true
    @more = false
    @connection.finish_output_async do
      @sending = false
      send_lines if @more && @connection.open?
    end
  end
end

# Those who talk with one another.
class Chat
  def initialize
    @members = {}
  end

  def serve(connection)
    name = ask_name(connection)
    stay(Member.new(connection, name)) if name
    # Nobody waits for what does not go at once.
    connection.finish_output(wait: false)
    connection.close
  rescue GSock::Error
    connection.close(abort: true)
  end

  private

  def tell_all(line, speaker = nil)
    @members.each_value { |member| member.tell(line) unless member.equal?(speaker) }
  end

  def announce(line)
    puts line
    tell_all(line)
  end

  # One that nobody else has; nil where the visitor leaves.
  def ask_name(connection)
    question = '* who are you?'
    loop do
      connection.write_line(question, wait: false)
      connection.finish_output_async(timeout: TIME_FOR_A_NAME)
      line = connection.read_line_async(maximum_length: LONGEST_LINE, timeout: TIME_FOR_A_NAME) or return
      name = line.strip
      return name if name.size.between?(1, LONGEST_NAME) && name.match?(/\A[[:print:]]+\z/) && !@members.key?(name)

      question = '* that is no name, or somebody has it; who are you?'
    end
  end

  def stay(member)
    @members[member.name] = member
    announce("* #{member.name} has come")
    listen_to(member)
    announce("* #{member.name} is #{member.reason}")
    @members.delete(member.name)
  end

  def listen_to(member)
    while (line = member.connection.read_line_async(maximum_length: LONGEST_LINE))
      return member.reason = 'put out: he writes too much' if member.writes_too_much?

      tell_all("#{member.name}: #{line}", member)
    end
  rescue GSock::Error::MessageTooLong
    member.reason = 'put out: his line has no end'
  rescue GSock::Error::InvalidText
    member.reason = 'put out: that is no text'
  rescue GSock::Error::Closed
    # By tell, who knows why.
  rescue GSock::Error
    member.reason = 'lost'
  end
end

def open_chat(host, port)
  # What is set here holds for the connections too: with keepalive the kernel notices after a few minutes
  # that somebody who says nothing is not there any more.
  listener = GSock.make_socket(connect: :passive, local_host: host, local_port: port, reuse_address: true, backlog: 512,
                               keepalive: true, tcp_keepidle: 60, nodelay: true,
                               send_buffer: BACKLOG, output_buffer_size: BACKLOG)
  chat = Chat.new
  server = GSock::Server.new(listener)
  server.max_connections = MOST_MEMBERS
  # In a fiber what ends in _async is waited for, while the main loop goes on.
  server.signal_connect('connection') { |_, connection| GSock.fiber { chat.serve(connection) } }
  server.start
  [server, listener]
end

LOOP = GLib::MainLoop.new

def serve(port, host = '127.0.0.1')
  server, listener = open_chat(host, Integer(port))
  %w[INT TERM].each { |signal| trap(signal) { LOOP.quit } }
  puts listener
  LOOP.run
  server.stop
  listener.close
end

# Two visitors

def say(visitor, line)
  visitor.write_line(line)
  visitor.finish_output_async(timeout: 5)
end

def hear(name, visitor)
  puts "  #{name} hears: #{visitor.read_line_async(timeout: 5)}"
end

def come(port, name)
  visitor = GSock.make_socket_async(remote_host: '127.0.0.1', remote_port: port)
  hear(name, visitor)
  say(visitor, name)
  hear(name, visitor)
  visitor
end

def meet
  server, listener = open_chat('127.0.0.1', 0)
  ann = come(listener.local_port, 'Ann')
  bob = come(listener.local_port, 'Bob')
  hear('Ann', ann)
  say(ann, 'hello')
  hear('Bob', bob)
  say(bob, 'hi, Ann')
  hear('Ann', ann)
  bob.close(abort: true)
  hear('Ann', ann)
  ann.close
  server.drain_async(timeout: 5)
  listener.close
end

begin
  if ARGV.empty?
    failure = nil
    GSock.fiber do
      meet
    rescue StandardError => e
      failure = e
    ensure
      LOOP.quit
    end
    LOOP.run
    raise failure if failure
  else
    serve(*ARGV)
  end
rescue GSock::Error, ArgumentError => e
  abort "#{$PROGRAM_NAME}: #{e.message}"
end
