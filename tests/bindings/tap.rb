# SPDX-License-Identifier: LGPL-2.1-or-later
# A small TAP printer; a descriptor that a case leaves open fails it.

require 'gobject-introspection'
require 'stringio'

module Tap
  CASES = []

  class Failure < StandardError
  end

  class Skipped < StandardError
  end

  module_function

  def test(name, &body)
    CASES << [name, body]
  end

  def equal(actual, expected)
    raise Failure, "#{actual.inspect} is not #{expected.inspect}" unless actual == expected
  end

  def ok(actual)
    raise Failure, "#{actual.inspect} is not true" unless actual
  end

  # What is expected is a class; part is in the message.
  def fails(expected, part = '')
    found = yield
    raise Failure, "nothing is raised, but #{found.inspect} answered"
  rescue Failure
    raise
  rescue Exception => e
    raise unless e.is_a?(expected) && e.message.include?(part)

    e
  end

  def skip(reason)
    raise Skipped, reason
  end

  # Runs the main context until what is waited for is there.
  def settle(seconds = 30)
    ending = Process.clock_gettime(Process::CLOCK_MONOTONIC) + seconds
    until yield
      raise Failure, 'what is waited for never came' if Process.clock_gettime(Process::CLOCK_MONOTONIC) > ending

      GLib::MainContext.default.iteration(false) || sleep(0.001)
    end
  end

  # What is written to the standard error meanwhile.
  def told
    before = $stderr
    $stderr = StringIO.new
    yield
    $stderr.string
  ensure
    $stderr = before
  end

  # What a thread or GLib opens once and keeps is not to count as left open.
  def warm_up
    found = nil
    GSock.lookup_hostname_async('127.0.0.1') { |result| found = result }
    settle { found }
    wait = -> { GSock.make_socket_pair { |left,| fails(GSock::TimedOut) { left.receive_from(timeout: 0.001) } } }
    wait.call
    Thread.new(&wait).join
  end

  # Each thread that waits has one to be woken by, and Ruby keeps threads of the system for others to come.
  KEPT_BY_THREADS = 'anon_inode:[eventfd]'

  def descriptors
    GC.start
    Dir.children('/proc/self/fd').filter_map do |fd|
      File.readlink("/proc/self/fd/#{fd}")
    rescue SystemCallError
      nil
    end - [KEPT_BY_THREADS]
  end

  def run_case(body)
    body.call
    nil
  rescue Skipped
    raise
  rescue StandardError, NotImplementedError => e
    "#{e.class}: #{e.message}\n#{e.backtrace.join("\n")}"
  end

  def run(warm_up = nil)
    $stdout.sync = true
    warm_up&.call
    puts "TAP version 13\n1..#{CASES.size}"
    CASES.each_with_index do |(name, body), i|
      before = descriptors
      skipped = nil
      begin
        problem = run_case(body)
      rescue Skipped => e
        skipped = e.message
      end
      after = descriptors
      problem ||= "descriptors are left open: #{after.join(' ')}" if after.size > before.size
      problem&.each_line { |line| puts "# #{line}" }
      puts "#{problem ? 'not ok' : 'ok'} #{i + 1} #{name}#{" # SKIP #{skipped}" if skipped}"
    end
  end
end

include Tap
