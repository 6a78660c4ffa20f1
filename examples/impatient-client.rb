#!/usr/bin/ruby
# SPDX-License-Identifier: LGPL-2.1-or-later
# A client that waits a quarter of a second for an answer, asks again, and can be interrupted meanwhile. What
# has come of an answer when the time is up, or when it is cancelled, is not lost.
#
#   impatient-client.rb HOST PORT [SECONDS]   asks until there is an answer, or Ctrl-C
#   impatient-client.rb                       asks a server that is in no hurry

require 'gsock'

SECONDS = 0.25
LONGEST_LINE = 1000
LOOP = GLib::MainLoop.new

$stdout.sync = true

# The answer; nil where there is none any more.
def ask(connection, seconds, cancellable: nil)
  connection.write_line('are you there?')
  connection.finish_output_async(timeout: SECONDS, cancellable: cancellable)
  connection.read_line_async(timeout: seconds, maximum_length: LONGEST_LINE, cancellable: cancellable)
rescue GSock::Error::TimedOut
  puts "nothing within #{seconds} seconds"
  retry
end

def visit(host, port, seconds = SECONDS)
  seconds = Float(seconds)
  cancellable = Gio::Cancellable.new
  %w[INT TERM].each { |signal| trap(signal) { cancellable.cancel } }
  connection = GSock.make_socket_async(remote_host: host, remote_port: Integer(port), timeout: seconds, cancellable: cancellable)
  answer = ask(connection, seconds, cancellable: cancellable)
  connection.close
  raise EOFError, 'the server has hung up' unless answer

  puts "the answer: #{answer}"
end

# The show: what the server says to each question, in pieces.
ANSWERS = ['', 'here ', "I am\n", '', "sorry, I was busy\n"].freeze

def dawdle(listener)
  visitor = listener.accept_connection_async(timeout: 5)
  ANSWERS.each do |answer|
    visitor.read_line_async(timeout: 5)
    visitor.write_text_async(answer)
    visitor.finish_output_async(timeout: 5)
  end
  visitor.close
end

def ask_until_cancelled(connection)
  cancellable = Gio::Cancellable.new
  GLib::Timeout.add(100) do
    cancellable.cancel
    false
  end
  ask(connection, -1, cancellable: cancellable)
rescue Gio::IOError::Cancelled
  puts 'cancelled'
end

def show
  GSock.make_socket(connect: :passive, local_host: '127.0.0.1') do |listener|
    GSock.make_socket(remote_host: '127.0.0.1', remote_port: listener.local_port) do |connection|
      GSock.fiber { dawdle(listener) }
      puts "the answer: #{ask(connection, SECONDS)}"
      ask_until_cancelled(connection)
      puts "the answer: #{ask(connection, 5)}"
    end
  end
end

# In a fiber what ends in _async is waited for, while the main loop goes on.
failure = nil
GSock.fiber do
  ARGV.size > 1 ? visit(*ARGV) : show
rescue StandardError => e
  failure = e
ensure
  LOOP.quit
end
LOOP.run unless failure
case failure
when nil then exit
when Gio::IOError::Cancelled then abort 'interrupted'
else abort "#{$PROGRAM_NAME}: #{failure.message}"
end
