# SPDX-License-Identifier: LGPL-2.1-or-later
# From values of Ruby to those of C, and back.

require 'strscan'

module GSock
  module Values
    module_function

    # Numbers beyond these are out of any range, and C says so.
    INT = (-2**31...2**31).freeze
    INT64 = (-2**62...2**62).freeze

    def refuse(what, value)
      raise TypeError, "#{what}: nothing takes #{value.inspect}"
    end

    # C would not see what follows a null character.
    def text(value)
      raise ArgumentError, "#{value.inspect} has a null character in it" if value.to_s.include?("\0")

      value.to_s
    end

    # An option that has several values takes them as text.
    def tuple(values)
      parts = values.map { |value| value.is_a?(Numeric) || value == true || value == false ? value.to_s : quote(value) }
      "(#{parts.join(', ')}#{',' if parts.size == 1})"
    end

    def quote(value)
      value = value.host || value.to_text if value.is_a?(Address)
      refuse('an option', value) unless value.is_a?(String) || value.is_a?(Symbol)
      "'#{text(value).gsub(/['\\]/) { |character| "\\#{character}" }}'"
    end

    def integer(value)
      return GLib::Value.new(GLib::Type['gint'], value) if INT.cover?(value)

      INT64.cover?(value) ? GLib::Value.new(GLib::Type['gint64'], value) : GLib::Value.new(GLib::Type['gdouble'], value.to_f)
    end

    # What C converts on.
    def pack(what, value)
      case value
      when true, false then GLib::Value.new(GLib::Type['gboolean'], value)
      when Integer then integer(value)
      when Float then GLib::Value.new(GLib::Type['gdouble'], value)
      when String, Symbol then GLib::Value.new(GLib::Type['gchararray'], text(value))
      when Array then GLib::Value.new(GLib::Type['gchararray'], tuple(value))
      when GLib::Enum, GLib::Flags then integer(value.to_i)
      when GLib::Boxed, GLib::Object then GLib::Value.new(value.gtype, value)
      when Class then GLib::Value.new(GLib::Type['gchararray'], value.gtype.name)
      else refuse(what, value)
      end
    end

    def text?(value)
      !value.include?("\0") && value.dup.force_encoding('UTF-8').valid_encoding?
    end

    # What is no text is bytes.
    def octet_text(value)
      "@ay [#{value.bytes.map { |byte| format('0x%02x', byte) }.join(', ')}]"
    end

    def variant(value)
      case value
      when true, false then GLib::Variant.new(value)
      when Integer then GLib::Variant.new(value, INT64.cover?(value) ? 'x' : refuse('an option', value))
      when Float then GLib::Variant.new(value, 'd')
      when nil then GLib::Variant.new('')
      when String then GLib::Variant.new(text?(value) ? value : octet_text(value))
      when Symbol then GLib::Variant.new(value.to_s)
      when Array then GLib::Variant.new(tuple(value))
      when GLib::Variant then value
      else refuse('an option', value)
      end
    end

    def condition(value)
      case value
      when Integer, GLib::IOCondition then GLib::IOCondition.new(value.to_i)
      when Array then GLib::IOCondition.new(value.map { |nick| condition(nick).to_i }.reduce(0, :|))
      else condition(value.to_s.split('|').map { |nick| GLib::IOCondition.const_get(nick.strip.upcase).to_i }.reduce(0, :|))
      end
    rescue NameError
      raise ArgumentError, "#{value.inspect} is no condition: give :in, :out, :pri, :err or :hup"
    end

    def bytes(what, value)
      value = value.to_s if value.is_a?(GLib::Bytes)
      value.is_a?(String) ? value : raise(TypeError, "#{what}: a string is wanted, not #{value.inspect}")
    end

    def address(value)
      return Address.new_from_text(value) if value.is_a?(String)

      value.is_a?(Gio::SocketAddress) ? Address.new_from_gsocket_address(value) : value
    end

    def whole(what, value)
      value.is_a?(Integer) ? value : raise(TypeError, "#{what}: a whole number is wanted, not #{value.inspect}")
    end

    WHOLE = %i[fd maximum most size ttl].freeze
    MAKE = {
      address: ->(_, value) { value && address(value) },
      batch: ->(what, value) { Batches.pack(what, value) },
      buffer: ->(what, value) { bytes(what, value) },
      bytes: ->(what, value) { bytes(what, value) },
      condition: ->(_, value) { condition(value) },
      conditions: ->(_, value) { value.map { |one| condition(one).to_i } },
      data: ->(what, value) { bytes(what, value) },
      payload: ->(what, value) { value && GLib::Bytes.new(bytes(what, value)) },
      timeout: ->(_, value) { value.is_a?(Integer) ? value.to_f : value },
      type: ->(_, value) { value.is_a?(Class) ? value.gtype : value },
      value: ->(_, value) { variant(value) }
    }.freeze

    # The finish functions and those that are awaited take bytes of GLib.
    def convert(operator, name, value)
      what = "#{operator}: #{name}"
      return GLib::Bytes.new(bytes(what, value)) if name == :data && operator.match?(/\Asend_(to_async|bytes)/)
      return value if name == :value && operator == 'set_option_int'

      return whole(what, value) if WHOLE.include?(name)

      MAKE.key?(name) ? MAKE[name].call(what, value) : value
    end

    # The text of a GVariant, as get_option_text gives it.
    class Parser
      ENDS = { '(' => ')', '[' => ']', '{' => '}' }.freeze

      def initialize(text)
        @scanner = StringScanner.new(text)
      end

      def value
        @scanner.skip(/\s*<?\s*(@\S+ |u?int(16|32|64) |byte |handle )?/)
        found = one
        @scanner.skip(/\s*>?\s*/)
        found
      end

      private

      def one
        if @scanner.scan(/true|false/) then @scanner.matched == 'true'
        elsif @scanner.scan(/b?'((?:[^'\\]|\\.)*)'|b?"((?:[^"\\]|\\.)*)"/) then unquote(@scanner[1] || @scanner[2])
        elsif @scanner.scan(/0x\h+/) then @scanner.matched.hex
        elsif @scanner.scan(/-?\d+\.\d*(e[-+]?\d+)?|-?\d+e[-+]?\d+/) then @scanner.matched.to_f
        elsif @scanner.scan(/-?\d+/) then @scanner.matched.to_i
        elsif @scanner.scan(/[(\[{]/) then several(ENDS[@scanner.matched], @scanner.matched == '{')
        else raise ArgumentError, "#{@scanner.rest} is no value"
        end
      end

      def unquote(text)
        text.gsub(/\\(\d{3}|.)/) { $1.size == 3 ? $1.oct.chr : $1 }
      end

      def several(ending, is_hash)
        found = []
        is_bytes = ending == ']' && @scanner.check(/\s*(byte )?(0x|\])/)
        until @scanner.skip(/\s*#{Regexp.escape(ending)}/)
          item = value
          @scanner.skip(/\s*:\s*/)
          found << (is_hash ? [item, value] : item)
          @scanner.skip(/\s*,\s*/)
        end
        is_hash ? found.to_h : (is_bytes ? found.pack('C*') : found)
      end
    end

    def parse(text)
      Parser.new(text).value
    end

    def octets(data)
      data.is_a?(Array) ? data.pack('C*') : data.to_s.b
    end

    # Without the boolean that says that there are others.
    def without_success(result)
      return result unless result.is_a?(Array) && [true, false].include?(result.first)
      return nil unless result.first

      result.size == 2 ? result.last : result.drop(1)
    end

    RECEIVED = ->(result) { Received.new(octets(result[0]), *result.drop(1)) }

    # Of the operators that give something else than C.
    RESULTS = {
      'get_control' => ->(result) { [result[1], result[2], octets(result[0])] },
      'get_data' => ->(result) { octets(result) },
      'get_option_bytes' => ->(result) { octets(result) },
      'receive_credentials' => ->(result) { result[1..3] + [result[4].negative? ? nil : result[4]] },
      'receive_file_descriptors' => ->(result) { [result[0], octets(result[1])] },
      'receive_from' => RECEIVED,
      'receive_from_finish' => RECEIVED
    }.freeze

    def result(operator, result)
      RESULTS.fetch(operator, method(:without_success)).call(result)
    end

    # Calls the block back with what came of it, or with nil and the error.
    def finisher(finish, block)
      raise ArgumentError, "#{finish.delete_suffix('_finish')}_async calls a block back" unless block

      lambda do |source, answer, *|
        found = error = nil
        begin
          found = (source || GSock).public_send(finish, answer)
        rescue StandardError => e
          error = e
        end
        block.call(found, error)
      end
    end
  end
  private_constant :Values
end
