# SPDX-License-Identifier: LGPL-2.1-or-later
# Classes of Ruby. Their methods are called from Ruby alone: Ruby-GNOME 3.4 puts no method of Ruby in the
# place of a virtual function, so C goes on with its own.

require 'gsock'
require 'tap'

HOST = '127.0.0.1'

class Shouting < GSock::DatagramSocket
  attr_reader :log

  def initialize(**keywords)
    super
    @log = []
  end

  def send_to(data, **keywords)
    @log << data
    super(data.upcase, **keywords)
  end
end

class Louder < Shouting
  def send_to(data, **keywords)
    super("#{data}!", **keywords)
  end
end

class Peer < GSock::ActiveSocket
  def greet
    send_to('hello')
  end
end

test 'made in every way' do
  [-> { Shouting.new(local_host: HOST) }, -> { GSock.make_instance(Shouting, local_host: HOST) }].each do |make|
    made = make.call
    equal [made.class, made.bound?, made.log], [Shouting, true, []]
    made.close
  end
  kept = Shouting.new(local_host: HOST) { |made| made }
  ok kept.closed?
end

test 'methods go on with super' do
  [[Shouting, 'HI'], [Louder, 'HI!']].each do |kind, wire|
    kind.new(local_host: HOST) do |made|
      made.send_to('hi', remote_address: made.local_address)
      equal made.receive_from(timeout: 5).to_a, [wire, HOST, made.local_port]
      equal made.log.size, 1
    end
  end
end

test 'a constructor of its own' do
  fixed = Class.new(GSock::DatagramSocket) do
    def initialize
      super(local_host: HOST)
    end
  end
  fixed.new { |made| ok made.bound? }
  fails(ArgumentError) { fixed.new(local_host: HOST) }
  broken = Class.new(fixed) do
    def initialize
      super
      raise KeyError, 'mine'
    end
  end
  fails(KeyError, 'mine') { broken.new }
  forgets = Class.new(GSock::DatagramSocket) { define_method(:initialize) {} }
  fails(TypeError) { forgets.new.receive_from }
end

test 'many without a name' do
  20.times { Class.new(Class.new(GSock::ActiveSocket)).new(&:close) }
end

class Limited < GSock::DatagramSocket
  type_register 'GSockTestLimited'
  install_property(GLib::Param::Int.new('limit', 'limit', 'limit', 0, 10, 5, GLib::Param::READWRITE))
  attr_accessor :limit
end

test 'properties of its own are keywords' do
  Limited.new(local_host: HOST, limit: 3) { |made| equal made.limit, 3 }
  fails(GSock::OutOfRange) { Limited.new(limit: 11) }
  fails(GSock::InvalidKeyword) { Limited.new(limit: 'many') }
  fails(GSock::UnknownKeyword) { Limited.new(limits: 1) }
end

test 'accepting into a class of Ruby' do
  [Peer, Peer.gtype].each do |type|
    GSock.make_socket(connect: :passive, local_host: HOST, active_type: type) do |server|
      GSock.make_socket(remote_address: server.local_address) do |client|
        waiting = Thread.new { server.accept_connection(timeout: 5) }
        peer = waiting.value
        equal [peer.class, peer.greet, client.receive_from(timeout: 5).data], [Peer, 5, 'hello']
        peer.close
      end
    end
  end
  GSock::PassiveSocket.new(local_host: HOST) do |server|
    server.active_type = Peer
    GSock.make_socket(remote_address: server.local_address) do |client|
      server.accept_many(timeout: 5).each do |peer|
        equal peer.class, Peer
        peer.close
      end
      client.close
    end
  end
end

test 'other types are refused' do
  [GSock::Socket, GSock::DatagramSocket, GLib::Object].each do |type|
    fails(GSock::InvalidKeyword) { GSock::PassiveSocket.new(active_type: type) }
  end
  [GSock::Socket, 5, nil, 'x', String].each do |type|
    GSock::PassiveSocket.new(local_host: HOST) { |server| fails(GSock::InvalidKeyword) { server.active_type = type } }
  end
  fails(TypeError) { GSock::PassiveSocket.new(active_type: String) }
end

# What GObject calls do_send_to is no method of Ruby.
class Hoping < GSock::DatagramSocket
  def do_send_to(*)
    raise 'it is not called'
  end
  alias virtual_do_send_to do_send_to
end

test 'no virtual function is replaced' do
  Hoping.new(local_host: HOST) do |made|
    made.send_to('x', remote_address: made.local_address)
    equal made.receive_from(timeout: 5).data, 'x'
  end
  Shouting.new(local_host: HOST) do |made|
    made.send_message('quiet', remote_address: made.local_address)
    equal [made.receive_from(timeout: 5).data, made.log], ['quiet', []]
  end
end

run(method(:warm_up))
