# SPDX-License-Identifier: LGPL-2.1-or-later
# What the service manager passes, is told and keeps; the manager is a socket of the test's.

require 'gsock'
require 'tap'

VARIABLES = %w[LISTEN_FDS LISTEN_PID LISTEN_FDNAMES NOTIFY_SOCKET].freeze

def with_manager
  name = "@gsock-ruby-manager-#{Process.pid}"
  GSock.make_socket(type: :datagram, local_filename: name, timeout: 30) do |manager|
    ENV['NOTIFY_SOCKET'] = name
    yield(lambda do
      message = manager.receive_message(size: 4096)
      [message.data, message.n_file_descriptors]
    end)
  end
ensure
  VARIABLES.each { |variable| ENV.delete(variable) }
end

test 'nothing is passed' do
  equal GSock.make_sockets_from_activation, []
  equal GSock.file_descriptors_from_activation, []
  equal GSock.make_sockets_from_activation(unset_environment: false, timeout: 2), []
  fails(GSock::UnknownKeyword) { GSock.make_sockets_from_activation(unset: true) }
end

PASSED = <<~'RUBY'
  require 'gsock'
  ENV['LISTEN_PID'] = Process.pid.to_s
  %i[file_descriptors_from_activation make_sockets_from_activation].each do |name|
    passed = GSock.public_send(name, unset_environment: name == :make_sockets_from_activation)
    puts passed.map { |label, one| "#{label}=#{one.is_a?(Integer) ? 'number' : one.class}" }.join(' ')
  end
  puts ENV.key?('LISTEN_FDS')
RUBY

test 'what is passed' do
  GSock.make_socket(connect: :passive, local_host: '127.0.0.1') do |server|
    GSock.make_socket(type: :datagram, local_host: '127.0.0.1') do |udp|
      told = IO.popen([{ 'LISTEN_FDS' => '2', 'LISTEN_FDNAMES' => 'web:log' }, RbConfig.ruby, '-e', PASSED,
                       { 3 => server.fileno, 4 => udp.fileno }], &:read)
      equal told, "web=number log=number\nweb=GSock::PassiveSocket log=GSock::DatagramSocket\nfalse\n"
    end
  end
end

test 'nonsense is refused and removed' do
  %i[make_sockets_from_activation file_descriptors_from_activation].each do |name|
    ENV.update('LISTEN_FDS' => '-1', 'LISTEN_PID' => Process.pid.to_s)
    fails(GSock::InvalidArgument, 'LISTEN_FDS is "-1"') { GSock.public_send(name) }
    equal ENV['LISTEN_FDS'], nil
  end
end

test 'descriptors are stored and removed' do
  with_manager do |receive|
    GSock.make_socket(type: :datagram) do |udp|
      ok GSock.store_file_descriptors([0, udp], 'two')
    end
    equal receive.call, ["FDSTORE=1\nFDNAME=two", 2]
    ok GSock.store_file_descriptors([$stdout], poll: false, timeout: 5)
    equal receive.call, ["FDSTORE=1\nFDPOLL=0", 1]
    ok GSock.remove_stored_file_descriptors('two')
    equal receive.call, ["FDSTOREREMOVE=1\nFDNAME=two", 0]
    fails(GSock::InvalidArgument) { GSock.store_file_descriptors([0], 'a:b') }
    fails(GSock::OutOfRange) { GSock.store_file_descriptors([]) }
    fails(TypeError) { GSock.store_file_descriptors(['zero']) }
  end
end

test 'the manager is told and waited for' do
  with_manager do |receive|
    ok GSock.notify_service_manager('READY=1')
    equal receive.call, ['READY=1', 0]
    fails(GSock::InvalidArgument) { GSock.notify_service_manager('ready') }
    fails(GSock::TimedOut) { GSock.wait_for_service_manager(0.01) }
    equal receive.call, ['BARRIER=1', 1]
  end
end

test 'no manager' do
  fails(GSock::NotFound) { GSock.notify_service_manager('READY=1') }
end

run(method(:warm_up))
