# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs the cases of a manifest, one line of TAP for each; see run.py for what is in one.

require 'gsock'

# Stands for what is expected and may be whatever it is.
ANYTHING = Object.new

class Mismatch < StandardError
end

# Values

def from_hex(text)
  [text].pack('H*')
end

def find_class(name)
  name == 'GObject' ? GLib::Object : GSock.const_get(name.delete_prefix('GSock'))
end

def find_enum(text)
  name, nick = text.split('.')
  (GSock.const_defined?(name) ? GSock : GLib).const_get(name).const_get(nick.upcase.tr('-', '_'))
end

SCALARS = {
  't' => ->(_) { true },
  'f' => ->(_) { false },
  'n' => ->(_) {},
  'i' => ->(text) { text.to_i },
  'd' => ->(text) { text == 'nan' ? Float::NAN : text.to_f },
  's' => ->(text) { from_hex(text).force_encoding('UTF-8') },
  'x' => ->(text) { from_hex(text) },
  '[' => method(:find_class),
  '%' => method(:find_enum),
  '<' => ->(text) { Gio::NetworkAddress.parse(text, 1) },
  '*' => ->(_) { ANYTHING }
}.freeze

def read_part(value, name)
  return value[name.to_i] if name.match?(/\A\d+\z/)

  method = name.tr('-', '_')
  return value.fetch(method) { value[method.to_sym] } if value.is_a?(Hash)

  value.public_send(spell(value, method))
end

# As Ruby spells it: without get_, with a question mark for is_.
def spell(receiver, method)
  named = { 'equal' => '==', 'to_string' => 'to_s' }[method]
  return named if named

  names = [method, method.delete_prefix('get_'), "#{method.sub(/\A(is|get)_/, '')}?", method.sub(/\Aset_(.*)/, '\\1='), "#{method}?"]
  names.find { |name| receiver.respond_to?(name) } || method
end

def take_value(words, variables)
  word = words.shift
  if word == '('
    items = []
    items << take_value(words, variables) until words.first == ')'
    words.shift
    return items
  end
  if word.start_with?('$')
    name, *parts = word[1..].split('.')
    return parts.reduce(variables.fetch(name)) { |value, part| read_part(value, part) }
  end
  SCALARS.fetch(word[0]).call(word[1..])
end

def show(value)
  case value
  when String then value.b.inspect
  when Symbol then value.to_s.inspect
  when Float then format('%g', value)
  when GLib::Enum, GLib::Flags then value.to_i.to_s
  when Array then "(#{value.map { |item| show(item) }.join(' ')})"
  when GSock::Address then value.to_s
  else value.inspect
  end
end

def matches?(expected, actual)
  return true if expected.equal?(ANYTHING)

  if expected.is_a?(Array)
    actual = actual.to_a if actual.respond_to?(:to_a)
    return actual.is_a?(Array) && expected.size == actual.size &&
           expected.zip(actual).all? { |one, other| matches?(one, other) }
  end
  show(expected) == show(actual)
end

# What a case does besides calling the library

HELPERS = {
  'cancelled' => -> { Gio::Cancellable.new.tap(&:cancel) },
  'construct' => ->(type) { type.allocate.tap { |made| GLib::Object.instance_method(:initialize).bind_call(made) } },
  'value' => ->(value) { value },
  'process-id' => -> { Process.pid },
  'gsocket-address' => ->(host, port) { Gio::InetSocketAddress.new(host, port) },
  'network' => ->(text) { Gio::InetAddressMask.new(text) }
}.freeze

# What has no name in Ruby, by one.
RESULTS = {
  'receive-file-descriptors' => ->((fds, payload)) { fds.tap { fds.define_singleton_method(:payload) { payload } } }
}.freeze

# What is awaited calls a block back in the main loop.
def await(receiver, method, positional, keywords)
  loop = GLib::MainLoop.new
  found = error = nil
  receiver.public_send(method, *positional, **keywords) do |*answer|
    found, error = answer
    loop.quit
  end
  loop.run
  raise error if error

  found
end

# What is called back is told the condition, once, in the main loop.
def watch_once(socket, condition)
  loop = GLib::MainLoop.new
  told = nil
  socket.watch(condition) do |_, ready|
    told = ready
    loop.quit
    false
  end
  loop.run
  told
end

def call(operator, receiver, positional, keywords)
  method = operator.tr('-', '_')
  return await(receiver || GSock, method, positional, keywords) if operator.end_with?('-async')
  return watch_once(receiver, *positional) if operator == 'watch'
  return receiver.public_send(spell(receiver, method), *positional, **keywords) if receiver
  return HELPERS[operator].call(*positional) if HELPERS.key?(operator)
  return GSock::Address.public_send(method.sub('address', 'new'), *positional) if operator.start_with?('address-')

  GSock.public_send(spell(GSock, method), *positional, **keywords)
end

def code_of(error)
  return 'cancelled' if error.is_a?(Gio::IOError::Cancelled)
  return 'own' unless error.is_a?(GSock::Error)

  error.class.name.split('::').last.gsub(/(?<=.)([A-Z])/) { "-#{$1}" }.downcase
end

def tells?(message, part)
  message.tr('_', '-').include?(part.tr('_', '-'))
end

class Case
  def initialize
    @variables = { '-' => nil }
    @made = []
  end

  def keep(value)
    @made << value if value.is_a?(GSock::Socket)
    value.each { |item| keep(item) } if value.is_a?(Array)
  end

  def read(words)
    positional = []
    keywords = {}
    expected = ANYTHING
    until words.empty?
      if words.first == '->'
        words.shift
        expected = take_value(words, @variables)
      elsif words.first.start_with?('=')
        name = words.shift[1..]
        keywords[name.tr('-', '_').to_sym] = take_value(words, @variables)
      else
        positional << take_value(words, @variables)
      end
    end
    [positional, keywords, expected]
  end

  def step(variable, operator, receiver, outcome, part, *words)
    part = from_hex(part).force_encoding('UTF-8')
    target = receiver == '-' ? nil : take_value(["$#{receiver}"], @variables)
    positional, keywords, expected = read(words)
    begin
      result = call(operator, target, positional, keywords)
      result = RESULTS.fetch(operator.delete_suffix('-async'), :itself.to_proc).call(result)
    rescue StandardError, NotImplementedError => e
      return check_error(e, operator, outcome, part)
    end
    keep(result)
    raise Mismatch, "#{operator} answers #{show(result)}, not #{outcome}" unless %w[ok any].include?(outcome)
    raise Mismatch, "#{operator} answers #{show(result)}, not #{show(expected)}" unless matches?(expected, result)

    @variables[variable] = result
  end

  def check_error(error, operator, outcome, part)
    code = code_of(error)
    return if outcome == 'any' || (code == outcome && tells?(error.message, part))

    where = code == 'own' ? error.backtrace.first(3).join(' ') : ''
    raise Mismatch, "#{operator} fails with #{code} (#{error.class}: #{error.message} #{where}), not #{outcome} #{part}"
  end

  def close
    @made.each(&:close)
  end
end

def try_case(steps)
  one = Case.new
  steps.each { |step| one.step(*step) }
  nil
rescue StandardError, NotImplementedError => e
  e.is_a?(Mismatch) ? e.message : e.full_message(highlight: false)
ensure
  one.close
end

cases = []
File.foreach(ARGV[0], chomp: true, encoding: 'UTF-8') do |line|
  kind, *words = line.split("\t", -1)
  kind == 'case' ? cases << [*words, []] : cases.last.last << words
end
puts "1..#{cases.size}"
$stdout.sync = true
cases.each.with_index(1) do |(name, skipped, steps), number|
  problem = skipped.empty? ? try_case(steps) : nil
  puts "# #{problem.tr("\n", ' ')}" if problem
  puts "#{problem ? 'not ok' : 'ok'} #{number} #{name}#{" # SKIP #{skipped}" unless skipped.empty?}"
end
