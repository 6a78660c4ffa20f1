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
      value = value.to_s
      value = value.encode(Encoding::UTF_8) unless value.encoding.ascii_compatible?
      raise ArgumentError, "#{value.inspect} has a null character in it" if value.b.include?("\0")

      value
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
      when Float, Rational then GLib::Value.new(GLib::Type['gdouble'], value.to_f)
      when String, Symbol then GLib::Value.new(GLib::Type['gchararray'], text(value))
      when Array then GLib::Value.new(GLib::Type['gchararray'], tuple(value))
      when GLib::Enum, GLib::Flags then integer(value.to_i)
      when GLib::Boxed, GLib::Object then GLib::Value.new(value.gtype, value)
      when GLib::Type then GLib::Value.new(GLib::Type['gchararray'], value.name)
      when Class then value.respond_to?(:gtype) ? pack(what, value.gtype) : refuse(what, value)
      else value.respond_to?(:to_path) ? pack(what, value.to_path) : refuse(what, value)
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
      when Float, Rational then GLib::Variant.new(value.to_f, 'd')
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

    # Another thread may change a string while it is sent; what is given to C is not that string.
    def bytes(what, value)
      value = value.to_s if value.is_a?(GLib::Bytes)
      raise TypeError, "#{what}: a string is wanted, not #{value.inspect}" unless value.is_a?(String)

      value.frozen? ? value : value.dup
    end

    def address(value)
      return Address.new_from_text(value) if value.is_a?(String)

      value.is_a?(Gio::SocketAddress) ? Address.new_from_gsocket_address(value) : value
    end

    def type(what, value)
      return value if value.is_a?(GLib::Type)

      value.respond_to?(:gtype) ? value.gtype : raise(TypeError, "#{what}: a class is wanted, not #{value.inspect}")
    end

    def whole(what, value)
      value.is_a?(Integer) ? value : raise(TypeError, "#{what}: a whole number is wanted, not #{value.inspect}")
    end

    # A number, or what has one, as files and sockets do.
    def descriptor(what, value)
      value = value.fileno if value.respond_to?(:fileno)
      value.is_a?(Integer) ? value : raise(TypeError, "#{what}: a descriptor is a number, or what has a fileno, not #{value.inspect}")
    end

    # Of what an argument has to be, and whether there is a list of them; nil where Ruby-GNOME itself converts
    # or refuses.
    def class_of(type)
      is_list = type.tag == GObjectIntrospection::TypeTag::ARRAY
      type = type.get_param_type(0) if is_list
      return unless type.tag == GObjectIntrospection::TypeTag::INTERFACE && !type.interface.is_a?(GObjectIntrospection::EnumInfo)

      kind = type.interface.gtype.to_class
      kind == GLib::Bytes ? nil : [kind, is_list]
    end

    def object(what, value, type)
      value.is_a?(type) ? value : raise(TypeError, "#{what}: a #{type} is wanted, not #{value.inspect}")
    end

    def list(what, value)
      value.is_a?(Array) ? value : raise(TypeError, "#{what}: a list is wanted, not #{value.inspect}")
    end

    def seconds(what, value)
      unless value.is_a?(Numeric) && value.real? && (value >= 0 || [-1, -2].include?(value))
        raise TypeError, "#{what}: a number of seconds is wanted, not #{value.inspect}"
      end
      value.to_f
    end

    WHOLE = %i[limit maximum most size ttl].freeze
    MAKE = {
      address: ->(_, value) { value && address(value) },
      batch: ->(what, value) { Batches.pack(what, value) },
      buffer: ->(what, value) { bytes(what, value) },
      bytes: ->(what, value) { bytes(what, value) },
      condition: ->(_, value) { condition(value) },
      conditions: ->(what, value) { list(what, value).map { |one| condition(one).to_i } },
      data: ->(what, value) { bytes(what, value) },
      fd: ->(what, value) { descriptor(what, value) },
      fds: ->(what, value) { list(what, value).map { |one| descriptor(what, one) } },
      name: ->(_, value) { value && text(value) },
      payload: ->(what, value) { value && GLib::Bytes.new(bytes(what, value)) },
      timeout: ->(what, value) { seconds(what, value) },
      type: ->(what, value) { type(what, value) },
      value: ->(_, value) { variant(value) }
    }.freeze

    # The finish functions and those that are awaited take bytes of GLib.
    def convert(operator, name, value)
      what = "#{operator}: #{name}"
      return GLib::Bytes.new(bytes(what, value)) if name == :data && operator.match?(/\A(send_(to_async|bytes)|write_bytes_async)/)
      return value if (name == :value && operator == 'set_option_int') || (name == :type && operator == 'add_control')

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
      'get_bytes' => ->(result) { octets(result) },
      'get_data' => ->(result) { octets(result) },
      'get_hardware_address' => ->(result) { result && octets(result) },
      'get_option_bytes' => ->(result) { octets(result) },
      'receive_credentials' => ->(result) { result[1..3] + [result[4].negative? ? nil : result[4]] },
      'read_bytes' => ->(result) { octets(result) },
      'read_bytes_finish' => ->(result) { octets(result) },
      'receive_credentials_finish' => ->(result) { result[1..3] + [result[4].negative? ? nil : result[4]] },
      'receive_file_descriptors_finish' => ->(result) { [result[0], octets(result[1])] },
      'receive_file_descriptors' => ->(result) { [result[0], octets(result[1])] },
      'receive_from' => RECEIVED,
      'receive_from_finish' => RECEIVED
    }.freeze

    def result(operator, result)
      RESULTS.fetch(operator, method(:without_success)).call(result)
    end
  end
  private_constant :Values
end
