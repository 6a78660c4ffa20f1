#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# In a shell of meson devenv every language finds the library, the typelib and what it has beside them.
#
#   test-devenv.sh BUILD-FOLDER PYTHON GJS LUA RUBY VALAC
#
# An interpreter or compiler that is not there is given as "-".
set -u
build=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
number=0
failed=0
# Nothing of the outer shell helps.
unset GI_TYPELIB_PATH LD_LIBRARY_PATH PYTHONPATH GJS_PATH LUA_PATH RUBYLIB XDG_DATA_DIRS PKG_CONFIG_PATH

# tell NAME PROGRAM COMMAND...: what it prints is a socket.
tell ()
{
  number=$((number + 1))
  name=$1
  if [ "$2" = - ]; then
    echo "ok $number - $name # SKIP nothing here runs it"
    return
  fi
  shift 2
  if G_DEBUG=fatal-criticals meson devenv -C "$build" "$@" >"$work/log" 2>&1 && grep -q '^IPv4 datagram socket bound to 127.0.0.1:' "$work/log"; then
    echo "ok $number - $name"
  else
    sed 's/^/# /' "$work/log"
    echo "not ok $number - $name"
    failed=1
  fi
}

cat >"$work/bound.c" <<'C'
#include <gsock/gsock.h>

int
main (void)
{
  g_autoptr (GSockSocket) udp = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
  g_autofree char *text = gsock_socket_to_string (udp);

  g_print ("%s\n", text);
  return 0;
}
C
cat >"$work/bound.py" <<'PYTHON'
import gi
gi.require_version('GSock', '1')
from gi.repository import GSock
with GSock.make_socket(type='datagram', local_host='127.0.0.1') as udp:
    print(repr(udp))
PYTHON
cat >"$work/bound.js" <<'JS'
import GSock from 'gi://GSock?version=1';
const udp = GSock.make_socket({type: 'datagram', localHost: '127.0.0.1'});
print(udp.to_string());
udp.close();
JS
cat >"$work/bound.lua" <<'LUA'
local GSock = require('lgi').require('GSock', '1')
print(GSock.make_socket{type = 'datagram', local_host = '127.0.0.1'})
LUA
cat >"$work/bound.rb" <<'RUBY'
require 'gsock'
GSock.make_socket(type: :datagram, local_host: '127.0.0.1') { |udp| puts udp }
RUBY
cat >"$work/bound.vala" <<'VALA'
int main () {
	try {
		var udp = GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", "127.0.0.1");
		print ("%s\n", udp.to_string ());
	} catch (GLib.Error error) {
		printerr ("%s\n", error.message);
	}
	return 0;
}
VALA

tell C cc sh -c "cc -o '$work/bound' '$work/bound.c' \$(pkg-config --cflags --libs gsock-1) && '$work/bound'"
tell Python "$2" "$2" -B "$work/bound.py"
tell JavaScript "$3" "$3" -m "$work/bound.js"
tell Lua "$4" "$4" "$work/bound.lua"
tell Ruby "$5" "$5" "$work/bound.rb"
tell Vala "$6" sh -c "'$6' --quiet --pkg gsock-1 -X -w -d '$work' -o bound-vala '$work/bound.vala' && '$work/bound-vala'"
echo "1..$number"
exit $failed
