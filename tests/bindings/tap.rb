# SPDX-License-Identifier: LGPL-2.1-or-later
# A small TAP printer; a descriptor that a case leaves open fails it.

require 'gobject-introspection'

module Tap
  CASES = []

  class Failure < StandardError
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

  def descriptors
    GC.start
    Dir.children('/proc/self/fd').filter_map do |fd|
      File.readlink("/proc/self/fd/#{fd}")
    rescue SystemCallError
      nil
    end
  end

  def run_case(body)
    body.call
    nil
  rescue StandardError, NotImplementedError => e
    "#{e.class}: #{e.message}\n#{e.backtrace.join("\n")}"
  end

  def run(warm_up = nil)
    warm_up&.call
    puts "TAP version 13\n1..#{CASES.size}"
    CASES.each_with_index do |(name, body), i|
      before = descriptors
      problem = run_case(body)
      after = descriptors
      problem ||= "descriptors are left open: #{after.join(' ')}" if after.size > before.size
      problem&.each_line { |line| puts "# #{line}" }
      puts "#{problem ? 'not ok' : 'ok'} #{i + 1} #{name}"
    end
  end
end

include Tap
