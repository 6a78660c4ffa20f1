#!/usr/bin/ruby
# SPDX-License-Identifier: LGPL-2.1-or-later
# A tour of gsock: five small conversations, each told as it happens.

require 'gsock'
require 'tmpdir'

$stdout.sync = true

def hear(name, socket)
  puts "  #{name} hears: #{socket.receive_from(size: 100, timeout: 5).data}"
end

def tcp_echo
  GSock.make_socket(connect: :passive, local_host: '127.0.0.1') do |server|
    GSock.make_socket(remote_host: '127.0.0.1', remote_port: server.local_port) do |client|
      peer = server.accept_connection(timeout: 5)
      puts "  server: #{server}", "  client: #{client}", "  accepted: #{peer}"
      client.send_to('hello, TCP')
      peer.send_to(peer.receive_from(size: 100, timeout: 5).data)
      hear('client', client)
      peer.close
    end
  end
end

def udp_with_sender
  GSock.make_socket(type: :datagram, local_host: '127.0.0.1') do |alice|
    GSock.make_socket(type: :datagram, local_host: '127.0.0.1') do |bob|
      puts "  alice: #{alice}", "  bob: #{bob}"
      bob.send_to('hello, UDP', remote_host: '127.0.0.1', remote_port: alice.local_port)
      data, host, port = alice.receive_from(size: 1500, timeout: 5)
      puts "  alice hears: #{data}, from #{host} port #{port}"
    end
  end
end

def local_stream
  Dir.mktmpdir('gsock-tour-') do |folder|
    file = "#{folder}/socket"
    GSock.make_socket(connect: :passive, local_filename: file, file_mode: 0o600) do |server|
      GSock.make_socket(remote_filename: file) do |client|
        peer = server.accept_connection(timeout: 5)
        puts "  server: #{server}"
        client.send_to('hello, local stream')
        hear('server', peer)
        peer.close
      end
    end
    puts "  after the block the file is #{File.exist?(file) ? 'still there' : 'gone'}"
  end
end

def socket_pair
  GSock.make_socket_pair do |left, right|
    puts "  left: #{left}"
    left.send_to('hello, other half')
    hear('right', right)
  end
end

# Another process: all that it has of the conversation comes out of its inbox.
def worker(inbox_name)
  GSock.make_socket(remote_filename: inbox_name) do |inbox|
    fd = inbox.receive_file_descriptor(timeout: 30)
    GSock.make_socket_from_fd(fd, dup: false) do |client|
      puts "  process #{Process.pid}: #{client}"
      hear("process #{Process.pid}", client)
      client.send_to('read by the worker')
    end
  end
end

# The server accepts and hands the open connection to the worker.
def hand_over(outbox)
  GSock.make_socket(connect: :passive, local_host: '127.0.0.1') do |server|
    GSock.make_socket(remote_host: '127.0.0.1', remote_port: server.local_port) do |client|
      peer = server.accept_connection(timeout: 5)
      outbox.send_file_descriptor(peer)
      peer.close
      client.send_to('hello, worker')
      hear('client', client)
    end
  end
end

def descriptor_to_another_process
  puts "  this is process #{Process.pid}"
  inbox_name = "@gsock-tour-#{Process.pid}"
  GSock.make_socket(connect: :passive, local_filename: inbox_name) do |post|
    child = spawn(RbConfig.ruby, $PROGRAM_NAME, inbox_name)
    outbox = post.accept_connection(timeout: 30)
    hand_over(outbox)
    outbox.close
    Process.wait(child)
    abort 'the worker failed' unless $?.success?
  end
end

if ARGV.any?
  worker(ARGV.first)
else
  { 'A TCP echo' => :tcp_echo, "UDP with the sender's address" => :udp_with_sender, 'A local stream' => :local_stream,
    'A socket pair' => :socket_pair, 'A descriptor passed to another process' => :descriptor_to_another_process }.each do |title, part|
    puts title
    send(part)
  end
end
