# SPDX-License-Identifier: LGPL-2.1-or-later
# The ways to a socket, options, bytes, and what a program can get wrong.

require 'gsock'
require 'tap'

HOST = '127.0.0.1'

test 'the keywords choose the class' do
  [[{}, GSock::ActiveSocket], [{ connect: :passive }, GSock::PassiveSocket], [{ 'type': 'datagram' }, GSock::DatagramSocket],
   [{ type: GSock::SocketType::DATAGRAM }, GSock::DatagramSocket], [{ address_family: :netlink }, GSock::RawSocket],
   [{ address_family: 'local', type: 2 }, GSock::DatagramSocket]].each do |keywords, type|
    GSock.make_socket(**keywords) { |made| equal made.class, type }
  end
end

test 'nil leaves a keyword out' do
  GSock.make_socket(type: :datagram, local_host: HOST, timeout: nil, cancellable: nil) { |made| ok made.bound? }
end

test 'constructors, instances and descriptors' do
  made = GSock::DatagramSocket.new(local_host: HOST)
  ok made.bound?
  again = GSock.make_instance(GSock::DatagramSocket, local_host: HOST)
  ok again.bound?
  GSock.make_socket_from_fd(made.file_descriptor, timeout: 1) { |ours| equal ours.local_port, made.local_port }
  ok made.open?
  [made, again].each(&:close)
  equal made.to_s, 'IPv4 datagram socket, closed'
end

test 'blocks close, whatever happens' do
  kept = nil
  equal GSock.make_socket(type: :datagram) { |made| (kept = made).open? }, true
  ok !kept.open?
  fails(RuntimeError, 'mine') { GSock.make_socket(type: :datagram) { |made| (kept = made) && raise('mine') } }
  ok !kept.open?
end

test 'options' do
  GSock.make_socket(address_family: :ipv4, tcp_nodelay: true, linger: [true, 7]) do |stream|
    equal [stream.get_option('tcp-nodelay'), stream.options[:linger]], [true, [true, 7]]
    { 'keep-alive' => true, 'tcp_keepidle' => 77, 'linger' => [true, 5], 'tcp-congestion' => 'reno', 'SO_SNDTIMEO' => 2.0 }
      .each do |name, value|
      stream.options[name] = value
      equal stream.options[name], value
    end
    ok stream.get_option('tcp-info').key?('state')
    ok stream.get_option('memory-info').is_a?(String)
    stream.set_option_bytes(1, 13, "\1\0\0\0\x09\0\0\0")
    equal stream.get_option_bytes(1, 13, 8), "\1\0\0\0\x09\0\0\0"
    fails(GSock::Error::UnknownKeyword) { stream.get_option('no-such-option') }
    [5, [true, 5, 6], [true, 'x'], 'x'].each { |value| fails(GSock::Error, 'linger') { stream.set_option('linger', value) } }
    [Object.new, { a: 1 }, [Object.new]].each { |value| fails(TypeError) { stream.set_option('linger', value) } }
  end
  GSock.make_socket_pair do |left,|
    equal left.get_option('peer-credentials'), [Process.pid, Process.uid, Process.gid]
  end
end

test 'bytes' do
  every = (0..255).to_a.pack('C*')
  [every, '', "a\0b", every * 256, 'hé'].each do |data|
    GSock.make_socket_pair(type: :datagram) do |left, right|
      equal left.send_to(data), data.bytesize
      received = right.receive_from(size: 100_000, timeout: 5).data
      equal [received, received.encoding], [data.b, Encoding::BINARY]
    end
  end
end

test 'wrong keywords' do
  { { lokal_host: 'x' } => GSock::Error::UnknownKeyword, { local_port: 'eighty' } => GSock::Error::InvalidKeyword,
    { local_port: 1.5 } => GSock::Error::InvalidKeyword, { type: :strem } => GSock::Error::InvalidKeyword,
    { local_host: 5 } => GSock::Error::InvalidKeyword, { timeout: Float::NAN } => GSock::Error::InvalidKeyword,
    { remote_host: HOST } => GSock::Error::InvalidKeyword, { local_host: "127.0.0.1\0x" } => ArgumentError,
    { local_port: Object.new } => TypeError, { remote_address: '127.0.0.1:' } => GSock::Error::InvalidAddress }
    .each { |keywords, error| fails(error) { GSock.make_socket(**keywords) } }
  [-1, 65_536, 2**31, -2**31, 2**40, 2**63, 2**70, -2**70].each do |port|
    fails(GSock::Error::OutOfRange, 'port') { GSock.make_socket(local_host: HOST, local_port: port) }
  end
end

test 'wrong arguments' do
  GSock.make_socket(type: :datagram, local_host: HOST) do |udp|
    [nil, 5, true, Object.new, ['x']].each { |data| fails(StandardError) { udp.send_to(data, remote_host: HOST, remote_port: 9) } }
    fails(ArgumentError, 'buffer is missing') { udp.send_to }
    fails(ArgumentError, 'takes 1 arguments') { udp.send_to('x', 'y') }
    [1.5, 'x', Float::NAN].each { |size| fails(TypeError, 'size') { udp.receive_from(size, wait: false) } }
    fails(ArgumentError, 'no condition') { udp.wait_for('inn') }
    fails(ArgumentError, 'force') { udp.close(force: true) }
    fails(ArgumentError, 'calls a block back') { udp.receive_from_async }
    fails(GSock::Error::UnknownKeyword) { udp.receive_from(sise: 1) }
    fails(TypeError, 'a list') { udp.send_many('ab') }
  end
end

test 'a closed socket' do
  udp = GSock.make_socket(type: :datagram, local_host: HOST)
  udp.close
  udp.close
  [-> { udp.send_to('x') }, -> { udp.receive_from }, -> { udp.wait_for }, -> { udp.get_option('linger') },
   -> { udp.file_descriptor }].each { |call| fails(GSock::Error::Closed, &call) }
end

run
