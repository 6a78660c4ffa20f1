// SPDX-License-Identifier: LGPL-2.1-or-later
// What a case gives to an operator, and what it is answered: read, compared and shown.

namespace Conform {
	public GLib.Bytes bytes_of_hex (string text) {
		var data = new uint8[text.length / 2];
		for (var i = 0; i < data.length; i++)
			data[i] = (uint8) (text[2 * i].xdigit_value () << 4 | text[2 * i + 1].xdigit_value ());
		return new GLib.Bytes (data);
	}

	public string text_of_hex (string text) {
		var told = new StringBuilder ();
		told.append_len ((string) bytes_of_hex (text + "00").get_data (), text.length / 2);
		return told.str;
	}

	public class Item {
		public enum Kind {
			NOTHING,
			ANYTHING,
			BOOLEAN,
			INTEGER,
			REAL,
			TEXT,
			BYTES,
			OBJECT,
			ADDRESS,
			MESSAGE,
			INTERFACE,
			TYPE,
			LIST
		}

		public Kind kind = Kind.NOTHING;
		public int64 integer;
		public double real;
		public string? text;
		public GLib.Bytes? bytes;
		public GLib.Object? object;
		public GSock.Address? address;
		public GSock.Message? message;
		public GSock.Interface? network_interface;
		public GLib.Type gtype;
		public GenericArray<Item> items = new GenericArray<Item> ();
		public HashTable<string, Item> named = new HashTable<string, Item> (str_hash, str_equal);

		public Item () {
		}

		public Item.anything () {
			kind = Kind.ANYTHING;
		}

		public Item.list () {
			kind = Kind.LIST;
		}

		public Item.of_boolean (bool truth) {
			kind = Kind.BOOLEAN;
			integer = truth ? 1 : 0;
		}

		public Item.of_integer (int64 integer) {
			kind = Kind.INTEGER;
			this.integer = integer;
		}

		// Nothing where the library says with a number below zero that there is none.
		public Item.of_known (int64 integer) {
			kind = integer < 0 ? Kind.NOTHING : Kind.INTEGER;
			this.integer = integer;
		}

		public Item.of_real (double real) {
			kind = Kind.REAL;
			this.real = real;
		}

		public Item.of_text (string? text) {
			kind = text == null ? Kind.NOTHING : Kind.TEXT;
			this.text = text;
		}

		public Item.of_bytes (GLib.Bytes? bytes) {
			kind = bytes == null ? Kind.NOTHING : Kind.BYTES;
			this.bytes = bytes;
		}

		public Item.of_object (GLib.Object? object) {
			kind = object == null ? Kind.NOTHING : Kind.OBJECT;
			this.object = object;
		}

		public Item.of_address (GSock.Address? address) {
			kind = address == null ? Kind.NOTHING : Kind.ADDRESS;
			this.address = address;
		}

		public Item.of_message (GSock.Message message) {
			kind = Kind.MESSAGE;
			this.message = message;
		}

		public Item.of_interface (GSock.Interface network_interface) {
			kind = Kind.INTERFACE;
			this.network_interface = network_interface;
		}

		public Item.of_type (GLib.Type gtype) {
			kind = Kind.TYPE;
			this.gtype = gtype;
		}

		public static Item of_enum (string text) {
			var parts = text.split (".");
			var type = GLib.Type.from_name ((parts[0] == "IOCondition" ? "G" : "GSock") + parts[0]);
			if (type.is_enum ()) {
				var values = (EnumClass) type.class_ref ();
				return new Item.of_integer (values.get_value_by_nick (parts[1]).value);
			}
			var values = (FlagsClass) type.class_ref ();
			return new Item.of_integer (values.get_value_by_nick (parts[1]).value);
		}

		static Item of_connectable (string text) {
			try {
				return new Item.of_object ((GLib.Object) GLib.NetworkAddress.parse (text, 1));
			} catch (GLib.Error error) {
				GLib.error ("%s", error.message);
			}
		}

		public static Item of_word (string word) {
			var rest = word.substring (1);
			switch (word[0]) {
			case 't':
			case 'f':
				return new Item.of_boolean (word[0] == 't');
			case 'i':
				return new Item.of_integer (int64.parse (rest));
			case 'd':
				return new Item.of_real (rest == "nan" ? double.NAN : double.parse (rest));
			case 's':
				return new Item.of_text (text_of_hex (rest));
			case 'x':
				return new Item.of_bytes (bytes_of_hex (rest));
			case '[':
				return new Item.of_type (GLib.Type.from_name (rest));
			case '%':
				return of_enum (rest);
			case '<':
				return of_connectable (rest);
			case '*':
				return new Item.anything ();
			default:
				return new Item ();
			}
		}

		public static Item of_value (GLib.Value value) {
			if (value.holds (typeof (bool)))
				return new Item.of_boolean (value.get_boolean ());
			if (value.holds (typeof (double)))
				return new Item.of_real (value.get_double ());
			if (value.holds (typeof (string)))
				return new Item.of_text (value.get_string ());
			if (value.holds (typeof (GSock.Address)))
				return new Item.of_address ((GSock.Address?) value.get_boxed ());
			var integer = GLib.Value (typeof (int64));
			return value.transform (ref integer) ? new Item.of_integer (integer.get_int64 ()) : new Item ();
		}

		public static Item of_variant (GLib.Variant variant) {
			if (variant.is_of_type (GLib.VariantType.VARIANT))
				return of_variant (variant.get_variant ());
			if (variant.is_of_type (GLib.VariantType.BYTESTRING))
				return new Item.of_bytes (variant.get_data_as_bytes ());
			if (!variant.is_container ())
				return of_value (GLib.DBus.gvariant_to_gvalue (variant));
			var list = new Item.list ();
			for (size_t i = 0; i < variant.n_children (); i++) {
				var child = variant.get_child_value (i);
				if (variant.is_of_type (GLib.VariantType.DICTIONARY))
					list.named[child.get_child_value (0).get_string ()] = of_variant (child.get_child_value (1));
				else
					list.items.add (of_variant (child));
			}
			return list;
		}

		public GLib.Variant to_variant () {
			switch (kind) {
			case Kind.BOOLEAN:
				return new GLib.Variant.boolean (integer != 0);
			case Kind.INTEGER:
				return new GLib.Variant.int64 (integer);
			case Kind.REAL:
				return new GLib.Variant.double (real);
			case Kind.TEXT:
				return new GLib.Variant.string (text);
			case Kind.BYTES:
				return new GLib.Variant.from_bytes (GLib.VariantType.BYTESTRING, bytes, true);
			case Kind.LIST:
				GLib.Variant[] children = {};
				for (var i = 0; i < items.length; i++)
					children += items[i].to_variant ();
				return new GLib.Variant.tuple (children);
			default:
				return new GLib.Variant.maybe (GLib.VariantType.STRING, null);
			}
		}

		public GLib.Value to_value () {
			switch (kind) {
			case Kind.BOOLEAN:
				return integer != 0;
			case Kind.INTEGER:
				if (integer == (int) integer)
					return (int) integer;
				return integer;
			case Kind.REAL:
				return real;
			case Kind.OBJECT:
				return object;
			case Kind.ADDRESS:
				var value = GLib.Value (typeof (GSock.Address));
				value.set_boxed ((void*) address);
				return value;
			case Kind.TYPE:
				return gtype;
			case Kind.BYTES:
			case Kind.LIST:
				return to_variant ();
			default:
				var none = GLib.Value (typeof (string));
				none.set_string (text);
				return none;
			}
		}

		public Item part (string name) throws GLib.Error {
			if (named.contains (name))
				return named[name];
			if (kind == Kind.LIST && name == "length")
				return new Item.of_integer (items.length);
			if (kind == Kind.LIST)
				return items[int.parse (name)];
			if (kind == Kind.OBJECT) {
				unowned var spec = object.get_class ().find_property (name);
				var value = GLib.Value (spec.value_type);
				object.get_property (name, ref value);
				return of_value (value);
			}
			var call = new Call ();
			call.self = this;
			call.operator = "get-" + name;
			return operate (call);
		}

		private double number {
			get { return kind == Kind.REAL ? real : (double) integer; }
		}

		public bool matches (Item actual) {
			if (kind == Kind.ANYTHING)
				return true;
			if ((kind == Kind.INTEGER || kind == Kind.REAL) && (actual.kind == Kind.INTEGER || actual.kind == Kind.REAL))
				return (number - actual.number).abs () < 1e-9;
			if (kind != actual.kind)
				return false;
			if (kind == Kind.TEXT)
				return text == actual.text;
			if (kind == Kind.BYTES)
				return bytes.compare (actual.bytes) == 0;
			if (kind == Kind.BOOLEAN)
				return integer == actual.integer;
			if (kind != Kind.LIST || items.length != actual.items.length)
				return kind == Kind.NOTHING;
			for (var i = 0; i < items.length; i++)
				if (!items[i].matches (actual.items[i]))
					return false;
			return true;
		}

		public string show () {
			return kind >= Kind.BOOLEAN && kind <= Kind.BYTES ? to_variant ().print (false) : kind.to_string ();
		}
	}
}
