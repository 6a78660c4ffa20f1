# SPDX-License-Identifier: LGPL-2.1-or-later
# Errors as exceptions of Ruby.

require 'gsock'
require 'tap'

HOST = '127.0.0.1'
CODES = GSock::Error.constants.grep(/\A[A-Z_]+\z/).select { |name| GSock::Error.const_get(name).is_a?(Integer) }

def class_of(code)
  GSock::Error.const_get(code.to_s.split('_').map(&:capitalize).join)
end

test 'every code has a class' do
  ok CODES.size > 40
  CODES.each do |code|
    error = class_of(code).new('what happened')
    ok error.is_a?(GSock::Error) && error.is_a?(StandardError)
    equal error.message, 'what happened'
    ok GSock.const_get(error.class.name.split('::').last).equal?(error.class)
  end
end

test 'numbers of the kernel' do
  CODES.each do |code|
    number = GSock.error_to_errno(GSock::Error.const_get(code))
    equal class_of(code).new.errno, number if number.positive? && code != :ENDPOINT_SHUTDOWN
  end
  equal [GSock::UnknownKeyword.new.errno, GSock::Error.new.errno], [nil, nil]
end

test 'relatives in Ruby' do
  { ConnectionRefused: Errno::ECONNREFUSED, ConnectionReset: Errno::ECONNRESET, ConnectionAborted: Errno::ECONNABORTED,
    EndpointShutdown: Errno::EPIPE, TimedOut: Errno::ETIMEDOUT, ConnectionTimeout: Errno::ETIMEDOUT,
    WouldBlock: Errno::EAGAIN, ConnectionInProgress: Errno::EINPROGRESS, NotFound: Errno::ENOENT,
    AccessDenied: Errno::EACCES, AddressInUse: Errno::EADDRINUSE, Closed: Errno::EBADF, InvalidArgument: Errno::EINVAL,
    NotConnected: Errno::ENOTCONN, TooManyFiles: Errno::EMFILE, HostUnreachable: Errno::EHOSTUNREACH }.each do |name, relative|
    error = GSock.const_get(name).new('mine')
    equal [name, relative === error], [name, true]
    equal begin
      raise error
    rescue relative => e
      e
    end, error
  end
  ok !(Errno::EPERM === GSock::TimedOut.new)
  ok GSock::WouldBlock.new.is_a?(IO::WaitReadable)
end

test 'refused' do
  GSock.make_socket(type: :stream, local_host: HOST) do |bound|
    there = "#{HOST}:#{bound.local_port}"
    error = begin
      GSock.make_socket(remote_address: there)
    rescue Errno::ECONNREFUSED => e
      e
    end
    equal [error.class, error.errno, error.cause], [GSock::ConnectionRefused, Errno::ECONNREFUSED::Errno, nil]
    ok error.message.include?(there)
    equal error.code, GSock::Error::CONNECTION_REFUSED
  end
end

test 'in use' do
  GSock::DatagramSocket.new(local_host: HOST) do |made|
    fails(GSock::AddressInUse) { GSock::DatagramSocket.new(local_host: HOST, local_port: made.local_port) }
  end
end

test 'nobody came' do
  GSock.make_socket(connect: :passive, local_host: HOST) do |server|
    [Errno::ETIMEDOUT, GSock::TimedOut, GSock::Error].each do |kind|
      server.accept_connection(timeout: 0)
    rescue kind => e
      ok e.is_a?(GSock::TimedOut)
    end
    [Errno::EWOULDBLOCK, IO::WaitReadable].each do |kind|
      server.accept_connection(wait: false)
    rescue kind => e
      ok e.is_a?(GSock::WouldBlock)
    end
  end
end

test 'what is of GIO stays of GIO' do
  cancellable = Gio::Cancellable.new
  cancellable.cancel
  GSock.make_socket_pair { |left,| fails(Gio::IOError::Cancelled) { left.receive_from(cancellable: cancellable) } }
end

run(method(:warm_up))
