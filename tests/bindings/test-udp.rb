# SPDX-License-Identifier: LGPL-2.1-or-later
# The ten lines that a program with UDP has.

require 'gsock'
require 'tap'

test 'a program with UDP' do
  alice = GSock.make_socket(type: :datagram, local_host: '127.0.0.1')
  bob = GSock.make_socket(type: :datagram, local_host: '127.0.0.1')
  bob.send_to('hi alice', remote_host: '127.0.0.1', remote_port: alice.local_port)
  data, host, port = alice.receive_from(size: 1500, timeout: 5)
  alice.send_to("hi #{data}", remote_host: host, remote_port: port)
  answer = bob.receive_from(size: 1500, timeout: 5)
  equal [answer.data, answer.port], ['hi hi alice', alice.local_port]
  [alice, bob].each(&:close)
end

run
