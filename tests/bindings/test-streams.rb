# SPDX-License-Identifier: LGPL-2.1-or-later
# Streams of text and bytes: blocking, called back, and in fibers.

require 'gsock'
require 'tap'

HOST = '127.0.0.1'

def with_stream(**format)
  GSock.make_socket(connect: :passive, local_host: HOST, **format) do |server|
    GSock.make_socket(remote_address: server.local_address, **format) do |client|
      peer = server.accept_connection(timeout: 5)
      yield client, peer
    ensure
      peer&.close
    end
  end
end

test 'blocking' do
  with_stream do |client, peer|
    ok client.write_line('grün')
    client.write_text("ab\ncd")
    client.write_bytes("\0\xff")
    client.finish_output(timeout: 5)
    line = peer.read_line(timeout: 5)
    equal [line, line.encoding], ['grün', Encoding::UTF_8]
    equal [peer.read_char, peer.read_text(4), peer.read_bytes(2)], ['a', "b\ncd", "\0\xff".b]
    fails(GSock::WouldBlock) { peer.read_line(wait: false) }
    client.close
    equal [peer.read_bytes(-1), peer.read_line, peer.read_char, peer.read_text(3)], ['', nil, nil, '']
  end
end

test 'line by line' do
  with_stream do |client, peer|
    client << "one\ntwo\n" << 3
    client.finish_output
    client.shutdown(write: true)
    equal peer.each_line(timeout: 5).to_a, %w[one two 3]
    peer << "four\n"
    peer.finish_output
    peer.close
    lines = []
    client.each_line { |line| lines << line }
    equal lines, ['four']
  end
end

test 'another encoding' do
  with_stream(external_format: 'latin-1/crlf') do |client, peer|
    client.write_line('grün')
    client.finish_output
    equal peer.receive_from(timeout: 5).data, "gr\xfcn\r\n".b
    fails(GSock::InvalidText) { client.write_text('☃') }
  end
end

test 'bytes with nulls, text without' do
  with_stream do |client, peer|
    client.write_bytes("a\0b")
    client.finish_output
    equal peer.read_bytes(3, timeout: 5), "a\0b"
    fails(ArgumentError) { client.write_line("a\0b") }
    fails(GSock::InvalidText) { client.write_text("\xff\xfe") }
  end
end

test 'much' do
  with_stream do |client, peer|
    text = (0..255).to_a.pack('C*') * 8192
    writer = Thread.new do
      client.write_bytes(text)
      client.finish_output
    end
    equal peer.read_bytes(text.bytesize, timeout: 30), text
    ok writer.value
  end
end

test 'called back' do
  with_stream do |client, peer|
    heard = []
    peer.read_line_async { |*outcome| heard << outcome }
    peer.read_char_async { |*outcome| heard << outcome }
    client.write_line_async('half a line') { |*outcome| heard << outcome }
    client.write_bytes_async("x\0") { |*outcome| heard << outcome }
    client.finish_output_async { |*outcome| heard << outcome }
    settle { heard.size == 5 }
    equal heard.sort_by(&:inspect), [['half a line', nil], ['x', nil], [true, nil], [true, nil], [true, nil]]
    peer.read_line_async { |*outcome| heard << outcome }
    peer.close
    settle { heard.size == 6 }
    equal [heard.last.first, heard.last.last.class], [nil, GSock::Closed]
  end
end

test 'in a fiber' do
  with_stream do |client, peer|
    heard = nil
    GSock.fiber { heard = [peer.read_line_async, peer.read_bytes_async(3), peer.read_text_async(2), peer.read_line_async] }
    client.write_text("a line\n")
    client.write_bytes("a\0bcd")
    client.finish_output
    client.close
    settle { heard }
    equal heard, ['a line', "a\0b", 'cd', nil]
  end
end

test 'what had come to one that failed is there for the next' do
  with_stream do |client, peer|
    client.write_text('some')
    client.finish_output
    fails(GSock::TimedOut) { peer.read_line(timeout: 0.02) }
    client.write_line('thing')
    client.finish_output
    equal peer.read_line(timeout: 5), 'something'
    client.write_text('lost')
    client.finish_output
    peer.wait_for(:in, timeout: 5)
    ok peer.clear_input >= 0
  end
end

test 'a stream of GIO' do
  with_stream do |client, peer|
    stream = client.create_io_stream
    stream.output_stream.write('hello')
    equal peer.receive_from(timeout: 5).data, 'hello'
    stream.close
  end
end

test 'wrong input' do
  with_stream do |client, peer|
    [5, nil, Object.new, ['x']].each do |wrong|
      [-> { client.write_line(wrong) }, -> { client.write_text(wrong) }, -> { client.write_bytes(wrong) }].each { |call| fails(StandardError, &call) }
    end
    ['x', 1.5, Object.new].each { |wrong| fails(StandardError) { peer.read_bytes(wrong, wait: false) } }
    [2**63, 2**70, -2**70].each { |wrong| fails(RangeError) { peer.read_bytes(wrong, wait: false) } }
    fails(GSock::Error) { peer.read_bytes(2**62, wait: false) }
    fails(GSock::UnknownKeyword) { peer.read_line(tiemout: 5) }
    fails(ArgumentError) { peer.read_line_async }
  end
end

run(method(:warm_up))
