# SPDX-License-Identifier: LGPL-2.1-or-later
# Every operator with every hostile value for every argument, keyword and block; see abuse.py, which runs it.
# An answer or an ordinary exception is right, whatever is given. What is tried is printed before it is.

require 'fiddle'
require_relative 'abuse_values'

$stdout.sync = true

ORDINARY = [GLib::ErrorInfo, TypeError, ArgumentError, RangeError, EncodingError, NotImplementedError, NoMemoryError, Thrown].freeze

# What a block raises is written there, as it is documented; all else is for the parent to find.
class Told
  def write(*parts)
    STDERR.write(*parts) unless parts.first.start_with?('a block that GLib called back terminated')
  end

  def respond_to_missing?(...) = STDERR.respond_to?(...)

  def method_missing(...) = STDERR.public_send(...)
end

# Arguments

HERE = -> { STAGE[:udp].local_address }
FD = -> { STAGE[:udp].fileno }

# What is given for an argument when it is not its turn, by its name.
BASELINES = {
  address: HERE, batch: -> { make_batch }, channel: -> { STAGE[:left] }, callback: -> { NOTHING }, destination: HERE,
  fd: FD, fds: -> { [FD.call] }, gsocket: -> { STAGE[:udp].to_gsocket },
  listener: -> { STAGE[:listener] }, message: -> { make_message }, network: -> { Gio::InetAddressMask.new('10.0.0.0/8') },
  other: HERE, socket: -> { STAGE[:udp] }, sockets: -> { [STAGE[:udp]] },
  type: -> { GSock::DatagramSocket }
}.merge(
  { abort: false, backlog: 5, buffer: 'hello', bytes: 'hello', code: 1, condition: :in, conditions: [:in], data: 'hello',
    datagram: 'hello', error_number: 5, family: :ipv4, filename: '@gsock-abuse', flags: 0, flow_info: 0, gid: 0, group: '239.1.2.3', groups: 0,
    host: HOST, i: 0, index: 0, interface: 'lo', interface_index: 1, ipv6: :yes, lengths: "\5\0\0\0", level: 1, limit: 4,
    maximum: 4, max_connections: 4, mode: :yes, most: 4, n_characters: 4, name: 'broadcast', name_or_index: 'lo', number: 0,
    option: 2, payload: 'hello', pid: 0, poll: true, port: 80, priority: 0, protocol: 'tcp', scope_id: 0, seconds: 1,
    segment_size: 100, service: 'http', size: 100, socket_names: ['a'], source: HOST, start: 0, state: 'READY=1', stop: 1, text: "#{HOST}:80",
    timeout: 0, traffic_class: 0, ttl: 5, uid: 0, unset_environment: true, value: true, wait: false, want_pidfd: false }
  .transform_values { |value| -> { value } }
).freeze
USUAL = { wait: false, timeout: 0 }.freeze
HALVES = {
  remote_host: [:remote_port, 9], remote_port: [:remote_host, HOST], host: [:port, 9], port: [:host, HOST]
}.freeze

# Where something is looked up, which is nobody's business here, and what would wait for ever.
PATIENT = /\A(wait|timeout|address|name|.*(host|port|connectable|service))\z/
KEYWORDS = ENV.fetch('GSOCK_TEST_KEYWORDS', '').split.map(&:to_sym).freeze

RECEIVERS = {
  Socket: -> { STAGE[:udp] },
  ActiveSocket: -> { STAGE[:left] },
  PassiveSocket: -> { STAGE[:listener] },
  DatagramSocket: -> { STAGE[:udp] },
  RawSocket: -> { STAGE[:raw] },
  Address: HERE,
  Batch: -> { make_batch },
  Message: -> { make_message },
  Interface: -> { GSock.list_network_interfaces.first },
  Options: -> { STAGE[:udp].options },
  Received: -> { GSock::Received.new('abc', HERE.call, GSock::MessageFlags.new(0), 3) },
  Server: -> { GSock::Server.new(STAGE[:listener]) },
  Watch: -> { STAGE[:udp].watch(:in, &NOTHING) }
}.freeze
ANOTHER = [nil, nil, :left, :left, :right, :listener, :fresh, :raw, :closed].freeze

# What was given is closed.
def finish(name, result)
  case result
  when GSock::Socket then result.close(true) unless result.equal?(STAGE.receiver)
  when GSock::Watch then result.cancel
  when Array then result.each { |item| finish(name, item) }
  end
  descriptors_of(name, result).each { |fd| IO.for_fd(fd).close if fd&.positive? }
end

def descriptors_of(name, result)
  case name
  when /\A(receive|take)_file_descriptors?(_direct|_async)?\z/ then [result].flatten.grep(Integer)
  when /\A(peer|take)_pidfd\z/ then [result].grep(Integer)
  when /\Areceive_credentials/ then result.is_a?(Array) ? [result[3]] : []
  else []
  end
end

# One function or method, and what it takes.
class Operator
  attr_reader :name, :owner, :parameters, :keywords

  # The function takes the receiver, or nil, the arguments, the keywords and the block.
  def initialize(name, owner, method, info, &call)
    @name = name.to_s
    @owner = owner
    @call = call
    @usual = {}
    settle(method.parameters, info ? info.in_args.map { |argument| argument.name.to_sym } : [])
    @parameters << :callback if @name.match?(/_async\z|\A(watch|set_handler)\z/)
  end

  def block?
    @parameters.include?(:callback)
  end

  def cancellable?
    (@parameters + @keywords).include?(:cancellable)
  end

  # Which keywords it knows.
  def learn
    return if @learnt

    @learnt = true
    @usual = USUAL.select { |name, value| @keywords.include?(name) && knows?(name, value) }
    @keywords = @keywords.select { |name| knows?(name, 1i) }
  end

  # Hostile arguments are functions, keywords are values.
  def run(hostile, keywords)
    STAGE.receiver = RECEIVERS.fetch(@owner).call if @owner
    STAGE.receiver = STAGE[STAGE.another] if @owner == :Socket && STAGE.another
    given = (@parameters - [:callback]).map { |name| (hostile[name] || baseline(name)).call }
    halves = keywords.keys.filter_map { |name| HALVES[name] }.to_h
    block = (hostile[:callback] || BASELINES[:callback]).call if block?
    self_given = hostile.key?(:self) ? hostile[:self].call : STAGE.receiver
    @call.call(self_given, given, { **@usual, **halves, **keywords }.slice(*@keywords), block)
  end

  def rows(values)
    values.flat_map do |value, make|
      (@parameters + (@owner ? [:self] : [])).map { |name| [name, value, { name => make }, {}] } +
        @keywords.map { |name| ["#{name}=", value, {}, { name => make }] }
    end
  end

  private

  # By Ruby, or by the typelib where Ruby takes anything.
  def settle(taken, listed)
    kinds = taken.map(&:first)
    keyworded = listed.include?(:names)
    @parameters = taken.filter_map { |kind, name| name if %i[req opt].include?(kind) }
    if kinds.include?(:rest)
      leading = keyworded ? listed.take_while { |name| name != :names } : listed
      @parameters |= leading
    end
    @keywords = taken.filter_map { |kind, name| name if %i[key keyreq].include?(kind) }
    return unless kinds.include?(:keyrest)

    @keywords |= listed - @parameters - %i[names values]
    @keywords |= KEYWORDS + USUAL.keys if keyworded
  end

  def knows?(name, value)
    return false if name == :dup

    cancelled = cancellable? && name != :cancellable ? { cancellable: STAGE.cancelled } : {}
    finish(@name, run({}, { **cancelled, name => value }))
    true
  rescue GSock::UnknownKeyword
    false
  rescue ArgumentError => e
    !e.message.include?('unknown keyword')
  rescue StandardError
    true
  end

  def baseline(name)
    BASELINES[name == :name && @name.start_with?('lookup') ? :host : name] || -> {}
  end
end

# The typelib says what there is, and what it takes; the classes say what Ruby has besides.
class Finder
  # How the reference is kept is the language's own affair, and not called by anybody.
  LEFT = %w[init_with_keywords ref unref].freeze

  def initialize
    @loader = GSock::Loader.new(GSock)
    @found = {}
  end

  def find
    GObjectIntrospection::Repository.default.each('GSock') do |info|
      case info
      when GObjectIntrospection::FunctionInfo then add_function(nil, GSock, info)
      when GObjectIntrospection::ObjectInfo then add_class(info)
      when GObjectIntrospection::StructInfo then add_class(info) unless info.gtype_struct?
      end
    end
    %i[Options Received].each { |name| add_own(GSock.const_get(name)) }
    @found
  end

  private

  def name_of(info)
    @loader.send(:rubyish_method_name, info)
  end

  def owner_of(kind)
    kind.name.delete_prefix('GSock::')
  end

  def add_class(info)
    return unless GSock.const_defined?(info.name)

    kind = GSock.const_get(info.name)
    info.methods.each do |method|
      next if LEFT.include?(method.name)

      if method.instance_of?(GObjectIntrospection::MethodInfo)
        add_method(kind, name_of(method), method)
      else
        add_function(info.name, kind, method)
      end
    end
    add_own(kind)
    add_new(kind) if kind <= GSock::Socket
  end

  def add_function(owner, holder, info)
    name = name_of(info)
    return unless holder.respond_to?(name)

    method = name == 'new' ? holder.instance_method(:initialize) : holder.method(name)
    add([owner, name], Operator.new(name, nil, method, info) do |_, given, keywords, block|
      holder.public_send(name, *given, **keywords, &block)
    end)
  end

  def add_method(kind, name, info)
    return unless kind.method_defined?(name)

    method = kind.instance_method(name)
    owner = owner_of(kind)
    add([owner, name], Operator.new(name, owner.to_sym, method, info) do |receiver, given, keywords, block|
      method.bind_call(receiver, *given, **keywords, &block)
    end)
  end

  def add_own(kind)
    kind.instance_methods(false).sort.each do |name|
      add_method(kind, name.to_s, nil) unless @found.key?("#{owner_of(kind)}.#{name}")
    end
  end

  # The keywords are those of make_socket.
  def add_new(kind)
    info = GObjectIntrospection::Repository.default.find('GSock', 'make_socket')
    add([owner_of(kind), 'new'], Operator.new('new', nil, GSock.method(:make_socket), info) do |_, given, keywords|
      kind.new(*given, **keywords)
    end)
  end

  def add(path, operator)
    @found[path.compact.join('.')] = operator
  end
end

# Runs

# Calls, and counts what came of them.
class Runner
  # How many descriptors stay open.
  attr_accessor :kept

  def initialize(operators, values)
    @operators = operators
    @values = values
    @kept = 0
    @answers = @errors = 0
  end

  def matrix(rounds, times, share, names)
    names.each { |name| Round.new(self, name, @operators.fetch(name), @values, times, share).run(rounds) }
  end

  # With another timeout than that of the stage, something would wait.
  def random(chance, count)
    names = @operators.keys - %w[Socket.set_timeout Socket.timeout=]
    names.each { |name| @operators[name].learn }
    count.times do |number|
      call_one(chance, number, names.sample(random: chance))
      next unless chance.rand(50).zero?

      clear
      GC.start
    end
    clear
  end

  # Whether it got as far as to the library.
  def attempt(operator, hostile, makers)
    keywords = makers.transform_values(&:call)
    if (hostile.keys + keywords.keys).any?(PATIENT) && operator.cancellable?
      if operator.parameters.include?(:cancellable)
        hostile = { cancellable: -> { STAGE.cancelled }, **hostile }
      else
        keywords[:cancellable] ||= STAGE.cancelled
      end
    end
    finish(operator.name, operator.run(hostile, keywords))
    @answers += 1
  rescue *ORDINARY => e
    count_error(operator, e)
    e.is_a?(GLib::ErrorInfo)
  rescue StandardError, ScriptError => e
    puts "odd #{operator.name} #{hostile.keys} #{makers.keys} #{e.class}: #{e.message.lines.first&.chomp} #{e.backtrace.first}"
  ensure
    iterate if operator.block?
  end

  # A message that was called on has descriptors, too.
  def clear
    STAGE.receiver = nil
    STAGE.clear
    iterate
  end

  def done
    puts "done #{@answers} #{@errors}"
  end

  private

  def count_error(operator, error)
    @errors += 1
    puts "odd #{operator.name}: an error without a word, #{error.class}" if error.message.empty?
  end

  def iterate
    3.times { GLib::MainContext.default.iteration(false) }
  end

  def call_one(chance, number, name)
    operator = @operators[name]
    hostile = operator.parameters.select { chance.rand < 0.4 }.to_h { |part| [part, @values.keys.sample(random: chance)] }
    hostile[:self] = @values.keys.sample(random: chance) if operator.owner && chance.rand < 0.1
    keywords = operator.keywords.sample(chance.rand(4), random: chance).to_h { |part| [part, @values.keys.sample(random: chance)] }
    STAGE.another = ANOTHER.sample(random: chance)
    puts "try #{number} #{name} #{STAGE.another} #{hostile} #{keywords}"
    attempt(operator, hostile.transform_values { |value| @values[value] }, keywords.transform_values { |value| @values[value] })
  end
end

# What malloc has given and not got back.
module Heap
  libc = Fiddle.dlopen(nil)
  pointer = Fiddle::TYPE_VOIDP
  OPEN = Fiddle::Function.new(libc['open_memstream'], [pointer, pointer], pointer)
  TELL = Fiddle::Function.new(libc['malloc_info'], [Fiddle::TYPE_INT, pointer], Fiddle::TYPE_INT)
  CLOSE = Fiddle::Function.new(libc['fclose'], [pointer], Fiddle::TYPE_INT)
  FREE = Fiddle::Function.new(libc['free'], [pointer], Fiddle::TYPE_VOID)

  def self.size
    2.times { GC.start }
    # The sums are told after each heap.
    sums = tell.split('</heap>').last
    count = ->(kind) { sums[/<#{kind}[^>]* size="(\d+)"/, 1].to_i }
    count['system type="current"'] - count['total type="fast"'] - count['total type="rest"'] + count['total type="mmap"']
  end

  def self.tell
    place = Fiddle::Pointer.malloc(2 * Fiddle::SIZEOF_VOIDP, FREE)
    stream = OPEN.call(place, place + Fiddle::SIZEOF_VOIDP)
    TELL.call(0, stream)
    CLOSE.call(stream)
    text = place.ptr.to_s
    FREE.call(place.ptr)
    text
  end
  private_class_method :tell
end

# A share of the calls of one operator, several times: what is left of them must not become more.
class Round
  # A thread that has waited keeps one until it ends.
  KEPT_BY_THREADS = 'anon_inode:[eventfd]'
  # Ruby-GNOME 3.4 never gives back some 390 bytes for each block that is given to be called back, and 580 for
  # that of a watch, whatever library calls it; what is lost beside them is more.
  KEPT_FOR_A_BLOCK = 640
  # Its tables and buffers come and go.
  RUBYS_OWN = 8192

  def initialize(runner, name, operator, values, times, share)
    @runner = runner
    @name = name
    @operator = operator
    @times = times
    # Ruby-GNOME 3.4 never gives back what it has prepared for a call when it refuses an argument, two kilobytes.
    # Where the heap is looked at, what does not get as far as to the library is tried in the first round only.
    @refused = []
    operator.learn
    rows = operator.rows(values)
    @rows = share > 1 ? rows.sample([rows.size / share, [rows.size, 5].min].max, random: CHANCE) : rows
  end

  def run(rounds)
    sizes = Array.new(rounds) do |number|
      call_all
      keep if number.zero?
      Heap.size if @times > 1
    end
    left = left_open
    puts "leak #{@name} #{left} descriptors" if left.positive?
    check_heap(sizes.each_cons(2).map { |before, after| after - before }) if @times > 1
  end

  private

  def call_all
    @calls = 0
    @rows.each do |argument, value, hostile, makers|
      (@operator.owner == :Socket ? [nil, :left] : [nil]).each do |other|
        STAGE.another = other
        next if @refused.include?([argument, value, other])

        puts "try #{@name} #{argument} #{value} #{other}"
        arrived = Array.new(@times) { @runner.attempt(@operator, hostile, makers) }
        @refused << [argument, value, other] if @times > 1 && arrived.none?
        @calls += @times
      end
    end
    @runner.clear
  end

  # What is garbage is collected only where it may be what there is more of.
  def keep
    GC.start if descriptors > @runner.kept
    @runner.kept = descriptors
  end

  def descriptors
    Dir.children('/proc/self/fd').count do |fd|
      File.readlink("/proc/self/fd/#{fd}") != KEPT_BY_THREADS
    rescue SystemCallError
      false
    end
  end

  # What a thread is still busy with is not left.
  def left_open
    50.times do
      break if descriptors <= @runner.kept

      GC.start
      sleep 0.05
    end
    descriptors - @runner.kept
  end

  # What is kept for good, as a table that grows, is kept once.
  def check_heap(growth)
    allowed = RUBYS_OWN + 16 * @times + (@operator.block? ? KEPT_FOR_A_BLOCK * @calls : 0)
    least = growth.drop(1).min
    puts "leak #{@name} #{least} bytes each round, #{growth.join(' ')}" if least > allowed
  end
end

$stderr = Told.new
CHANCE = Random.new(ENV.fetch('GSOCK_TEST_SEED', 1).to_i)
operators = Finder.new.find
mode, *rest = ARGV
if mode == 'list'
  puts operators.keys
else
  runner = Runner.new(operators, read_values)
  if mode == 'matrix'
    runner.matrix(*rest.first(3).map(&:to_i), rest.drop(3))
  else
    runner.random(Random.new(rest[0].to_i), rest[1].to_i)
  end
  runner.done
end
