# SPDX-License-Identifier: LGPL-2.1-or-later
# What abuse_in_ruby calls operators on, and the hostile values that it gives them.

require 'gsock'

HOST = '127.0.0.1'

# What a conversion of the one who calls raises is the one's own.
class Thrown < StandardError
end

# The sockets that operators are called on; those that a call has closed are made again.
class Stage
  MAKERS = {
    udp: -> { GSock.make_socket(type: :datagram, local_host: HOST) },
    listener: -> { GSock.make_socket(connect: :passive, local_host: HOST) },
    fresh: -> { GSock.make_socket(type: :datagram) },
    raw: -> { GSock.make_socket(address_family: :netlink, type: :raw) }
  }.freeze

  # What is called on, and which of the sockets that is where it is not the usual one.
  attr_accessor :receiver, :another
  attr_reader :closed, :cancelled

  def initialize
    @held = {}
    @closed = GSock.make_socket(type: :datagram) { |socket| socket }
    @cancelled = Gio::Cancellable.new.tap(&:cancel)
  end

  def [](name)
    return @closed if name == :closed

    make(name) unless @held[name]&.open?
    @held[name]
  end

  def clear(names = @held.keys)
    names.each { |name| @held.delete(name)&.close(true) }
  end

  private

  # Nothing waits, whatever it is given.
  def make(name)
    if MAKERS.key?(name)
      @held[name] = MAKERS[name].call
    else
      clear(%i[left right])
      @held[:left], @held[:right] = GSock.make_socket_pair
    end
    @held.each_value { |socket| socket.timeout = 0 if socket.open? }
  end
end

STAGE = Stage.new

# What no conversion may give.
class Lie < BasicObject
  def method_missing(...) = ::Kernel.raise(::Thrown, 'by a lie')

  def respond_to_missing?(...) = false
end

# Has every conversion, and each does what it is told.
def converter(&body)
  Class.new do
    %i[to_s to_str to_sym to_ary to_a to_i to_int to_f to_r to_h to_hash to_path to_proc fileno inspect].each do |name|
      define_method(name) { |*| body.call }
    end
  end.new
end

def make_batch
  GSock::Batch.new << ['abc', GSock::Address.new(HOST, 9)] << ['', nil]
end

def make_message
  GSock::Message.new.tap { |message| message.add_data('abc') }
end

# What is of another's operation.
def make_answer
  found = nil
  Gio::File.new_for_path('/').query_info_async('standard::name', :none, 0) { |_, answer| found = answer }
  GLib::MainContext.default.iteration(true) until found
  found
end

# Made once: Ruby-GNOME never gives back what it has for one that is not initialized, nor for a block.
ALLOCATED = GSock::DatagramSocket.allocate
ANSWER = make_answer

NOTHING = ->(*) { false }

SPECIAL = {
  'empty-list' => -> { [] },
  'list-of-numbers' => -> { [1, 2, 3] },
  'list-of-text' => -> { %w[a b] },
  'mixed-list' => -> { ['a', nil, 2**70, Object.new, :b] },
  'list-of-nothing' => -> { [nil, nil] },
  'nested-list' => -> { [[1, [2]], ['a', HOST, 9]] },
  'empty-mapping' => -> { {} },
  'mapping' => -> { { 'a' => 1, 5 => nil } },
  'object' => -> { Object.new },
  'function' => -> { ->(*) {} },
  'class' => -> { String },
  'type' => -> { GLib::Type['gchararray'] },
  'socket-class' => -> { GSock::ActiveSocket },
  'cancellable' => -> { Gio::Cancellable.new },
  'cancelled' => -> { STAGE.cancelled },
  'glib-bytes' => -> { GLib::Bytes.new('abc') },
  'variant' => -> { GLib::Variant.new('abc') },
  'address' => -> { GSock::Address.new("#{HOST}:9") },
  'empty-address' => -> { GSock::Address.allocate },
  'message' => -> { make_message },
  'batch' => -> { make_batch },
  'condition' => -> { GLib::IOCondition::IN },
  'socket' => -> { STAGE[:left] },
  'closed-socket' => -> { STAGE.closed },
  'socket-without-init' => -> { GSock::DatagramSocket.allocate.tap { |socket| GLib::Object.instance_method(:initialize).bind_call(socket) } },
  'listener' => -> { STAGE[:listener] },
  'the-receiver' => -> { STAGE.receiver },
  'an-error' => -> { GSock::Error.new('broken') }
}.freeze

# What only Ruby has.
OWN = {
  'allocated-socket' => -> { ALLOCATED },
  'answer' => -> { ANSWER },
  'complex' => -> { 1i },
  'constants' => -> { GSock },
  'file' => -> { $stdin },
  'frozen-text' => -> { 'abc'.freeze },
  'iterator' => -> { [1, 2].each },
  'liar' => -> { converter { Lie.new } },
  'range' => -> { 1.. },
  'ratio' => -> { 1r / 3 },
  'symbol' => -> { :strem },
  'thread' => -> { Thread.current },
  'throws' => -> { converter { raise Thrown, 'by a conversion' } },
  'throwing-block' => -> { ->(*) { raise Thrown, 'by a block' } },
  'utf-16' => -> { 'abc'.encode(Encoding::UTF_16LE) }
}.freeze

def read_text(text)
  once, count = text.match(/\A(.*?)(?:\*(\d+))?\z/m).captures
  once.gsub('\0', "\0").b.gsub('\xff'.b, "\xff".b).force_encoding(Encoding::UTF_8) * (count || 1).to_i
end

KINDS = {
  'none' => ->(_) {},
  'boolean' => ->(text) { text == 'true' },
  'integer' => ->(text) { text.to_i },
  'number' => ->(text) { { 'nan' => Float::NAN, 'inf' => Float::INFINITY, '-inf' => -Float::INFINITY }.fetch(text) { text.to_f } },
  'text' => ->(text) { read_text(text) },
  'bytes' => ->(text) { 'x'.b * text.to_i }
}.freeze

def read_values
  rows = File.readlines("#{ENV.fetch('GSOCK_TEST_DATA')}/hostile-values.tsv", chomp: true, encoding: 'UTF-8')
  listed = rows.grep_v(/\A#/).to_h do |row|
    name, kind, text = row.split("\t", -1)
    [name, kind == 'special' ? SPECIAL.fetch(name) : -> { KINDS.fetch(kind).call(text.to_s) }]
  end
  listed.merge(OWN)
end
