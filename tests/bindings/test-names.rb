# SPDX-License-Identifier: LGPL-2.1-or-later
# No name of gsock stands before one of Ruby or of GObject.

require 'gsock'
require 'tap'

CLASSES = GSock.constants.map { |name| GSock.const_get(name) }.select { |item| item.is_a?(Class) && item.name.start_with?('GSock::') }
# What a class of Ruby replaces itself.
OWN = %i[== eql? hash initialize inspect to_s to_a to_ary count each].freeze

test 'names of Ruby and of GObject' do
  reserved = GLib::Object.instance_methods + Kernel.private_instance_methods - OWN
  CLASSES.each { |kind| equal kind.instance_methods(false) & reserved, [] }
  equal GSock.singleton_methods & (Kernel.instance_methods + Module.instance_methods), []
end

test 'what would count references or reach into memory is not there' do
  CLASSES.each do |kind|
    gone = %i[create_source parent_instance reserved storage]
    gone << :unref unless kind < GLib::Object
    equal kind.instance_methods & gone, []
  end
end

test 'what cannot be set has no setter' do
  GSock.make_socket(type: :datagram) do |udp|
    %i[local_port= remote_host= local_address= socket_type= address_family= file_mode=].each do |name|
      fails(NoMethodError) { udp.public_send(name, nil) }
    end
  end
end

test 'signals are connected' do
  GSock::DatagramSocket.new do |made|
    told = 0
    made.signal_connect('notify::timeout') { told += 1 }
    made.timeout = 5
    made.timeout = 1/4r
    equal [told, made.timeout], [2, 0.25]
  end
end

test 'constants' do
  equal [GSock::TIMEOUT_DEFAULT, GSock::TIMEOUT_NEVER], [-2, -1]
  equal [GSock::LOCAL_FILENAME_MAX, GSock::FILE_DESCRIPTORS_MAX], [107, 253]
end

test 'how things are shown' do
  GSock.make_socket_pair do |left,|
    equal left.inspect, "#<GSock::ActiveSocket #{left}>"
    left.close
    equal left.inspect, '#<GSock::ActiveSocket active local stream socket, closed>'
  end
  equal GSock::ActiveSocket.allocate.inspect, '#<GSock::ActiveSocket (not made)>'
end

run
