# SPDX-License-Identifier: LGPL-2.1-or-later
# Descriptors and sockets between processes, credentials, handover.

require 'gsock'
require 'tap'

HOST = '127.0.0.1'

def close(fds)
  fds.each { |fd| IO.for_fd(fd).close }
end

test 'numbers' do
  GSock.make_socket_pair do |left, right|
    equal left.send_file_descriptors([0, 1, 2]), 1
    fds, payload = right.receive_file_descriptors(16, timeout: 5)
    equal [fds.size, payload], [3, "\0"]
    close(fds)
  end
end

test 'one' do
  GSock.make_socket_pair do |left, right|
    reader, writer = IO.pipe
    ok left.send_file_descriptor(writer)
    writer.close
    IO.open(right.receive_file_descriptor(timeout: 5), 'w') { |file| file.write('hello') }
    equal reader.read, 'hello'
    reader.close
  end
end

test 'files, sockets and a payload' do
  GSock.make_socket_pair do |left, right|
    GSock.make_socket(type: :datagram) do |udp|
      File.open('/dev/null') { |file| left.send_file_descriptors([file, udp, 0], "a\0b") }
      left.send_file_descriptor(udp)
    end
    fds, payload = right.receive_file_descriptors(16, size: 3, timeout: 5)
    equal [fds.size, payload], [3, "a\0b"]
    close(fds << right.receive_file_descriptor)
  end
end

test 'a destination' do
  name = "@gsock-ruby-descriptors-#{Process.pid}"
  GSock.make_socket(type: :datagram, local_filename: name) do |inbox|
    GSock.make_socket(address_family: :local, type: :datagram) do |outbox|
      fails(GSock::NotConnected) { outbox.send_file_descriptors([0]) }
      outbox.send_file_descriptors([0, 1], 'to you', remote_filename: name)
      fds, payload = inbox.receive_file_descriptors(16, size: 100)
      equal [fds.size, payload], [2, 'to you']
      close(fds)
    end
  end
end

test 'sockets' do
  GSock.make_socket_pair do |left, right|
    server = GSock.make_socket(connect: :passive, local_host: HOST, timeout: 5, external_format: 'latin-1/crlf')
    port = server.local_port
    ok left.send_socket(server)
    server.close
    received = right.receive_socket(timeout: 5)
    equal [received.class, received.local_port, received.external_format, received.timeout],
          [GSock::PassiveSocket, port, 'latin-1/crlf', 5.0]
    GSock.make_socket(remote_host: HOST, remote_port: port) { received.accept_connection.close }
    received.close
    fails(GSock::Closed) { left.send_socket(server) }
    fails(GSock::WouldBlock) { right.receive_socket(wait: false) }
    [0, 'x', Object.new].each { |wrong| fails(StandardError) { left.send_socket(wrong) } }
    left.send_file_descriptors([0])
    fails(GSock::Error) { right.receive_socket }
  end
end

test 'credentials' do
  GSock.make_socket_pair do |left, right|
    own = [Process.pid, Process.euid, Process.egid]
    equal left.peer_credentials, own
    equal left.peer_groups.sort, Process.groups.sort
    ok left.send_credentials
    equal right.receive_credentials(timeout: 5), own + [nil]
    fails(GSock::Error) { left.send_credentials(user: 0) }
  end
  GSock.make_socket(type: :datagram) { |udp| fails(GSock::OperationNotSupported) { udp.peer_credentials } }
end

test 'pidfds' do
  GSock.make_socket_pair do |left,|
    close([left.peer_pidfd])
  rescue GSock::OptionNotSupported
    skip 'this kernel gives no pidfds'
  end
end

test 'handover' do
  GSock.make_socket_pair(type: :seqpacket) do |left, right|
    GSock.make_socket(connect: :passive, local_host: HOST) do |server|
      successor = Thread.new do
        taken = GSock.handover_take(right, timeout: 5)
        GSock.handover_complete(right, taken, timeout: 5)
        taken
      end
      ok GSock.handover_give(left, { 'http' => server }, timeout: 5)
      (name, socket), = successor.value
      equal [name, socket.class, socket.local_port], ['http', GSock::PassiveSocket, server.local_port]
      socket.close
      fails(StandardError) { GSock.handover_give(left, {}, timeout: 0.01) }
      fails(GSock::TimedOut) { GSock.handover_take(right, timeout: 0.01) }
    end
  end
end

test 'IO.select and what asks for a descriptor' do
  GSock.make_socket_pair do |left, right|
    equal IO.select([left, right], nil, nil, 0), nil
    left.send_to('x')
    equal IO.select([left, right], nil, nil, 5), [[right], [], []]
    equal IO.select(nil, [left], nil, 0), [[], [left], []]
    equal [left.to_io.fileno, left.fileno], [left.file_descriptor] * 2
    ok left.to_io.equal?(left.to_io)
    left.close
    fails(GSock::Closed) { left.to_io }
  end
end

test 'from a descriptor' do
  reader, writer = IO.pipe
  fails(GSock::Error) { GSock.make_socket_from_fd(reader) }
  [reader, writer].each(&:close)
  GSock.make_socket(type: :datagram, local_host: HOST) do |udp|
    GSock.make_socket_from_fd(udp) { |same| equal same.local_port, udp.local_port }
    GSock.make_socket_from_fd(udp.fileno) { |same| ok same.fileno != udp.fileno }
  end
end

test 'keywords' do
  GSock.make_socket_pair do |left, right|
    fails(GSock::WouldBlock) { right.receive_file_descriptors(16, wait: false) }
    fails(GSock::TimedOut) { right.receive_file_descriptor(timeout: 0.001) }
    fails(GSock::UnknownKeyword) { right.receive_file_descriptors(16, siez: 3) }
    fails(GSock::OutOfRange) { left.send_file_descriptors([]) }
    [0, 254].each { |maximum| fails(GSock::OutOfRange) { right.receive_file_descriptors(maximum) } }
    [5, 'x', ['x'], [0, nil], [1.5], [Object.new]].each { |fds| fails(TypeError) { left.send_file_descriptors(fds) } }
    [2**31, 2**70].each { |fd| fails(RangeError) { left.send_file_descriptors([fd]) } }
    fails(GSock::InvalidArgument) { left.send_file_descriptors([99_999]) }
    left.send_file_descriptors([0, 1, 2])
    fails(GSock::Truncated) { right.receive_file_descriptors(2) }
  end
end

run(method(:warm_up))
