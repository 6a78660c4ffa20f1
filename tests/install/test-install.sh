#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Installs the build into an empty folder and uses it from there, by pkg-config and, where there is
# one, through the typelib; uses the uninstalled tree; and uses the source as a subproject.
#
#   test-install.sh SOURCE-FOLDER BUILD-FOLDER PREFIX
set -u
source=$1
build=$2
prefix=$3
here=$source/tests/install
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
log=$work/log
number=0
failed=0

# check NAME COMMAND...
check ()
{
  number=$((number + 1))
  name=$1
  shift
  if "$@" >"$log" 2>&1; then
    echo "ok $number - $name"
  else
    sed 's/^/# /' "$log"
    echo "not ok $number - $name"
    failed=1
  fi
}

compile ()
{
  export PKG_CONFIG_PATH
  flags=$(pkg-config --cflags --libs gsock-1) && cc -Wall -Wextra -Werror -o "$work/$1" "$here/program.c" $flags
}

compile_installed ()
{
  mkdir "$work/pc" && sed "s|^prefix=.*|prefix=$work/root$prefix|" "$(find "$work/root" -name gsock-1.pc)" >"$work/pc/gsock-1.pc" &&
    PKG_CONFIG_PATH=$work/pc compile installed
}

run_installed ()
{
  LD_LIBRARY_PATH=$library "$work/installed" | grep -q '^IPv4 datagram socket bound to 127.0.0.1:'
}

# What is installed is used with nothing of the source or of the build in reach; $root is where it is.

# Where FILE is, below $root.
folder_of ()
{
  found=$(find "$root" -name "$1" | head -n 1)
  [ -n "$found" ] && dirname "$found"
}

# Of the overrides in the source none is left out.
all_overrides_installed ()
{
  for file in $(cd "$source/introspection" && find . -path '*override*' -type f ! -name meson.build ! -name '*.pyc' -o -name '*.pyi' -o -path './ruby/*.rb'); do
    found=$(find "$root" -path "*/${file#./*/}")
    [ -n "$found" ] && cmp "$source/introspection/$file" "$found" || { echo "not installed: $file"; return 1; }
  done
}

# extension_installed BUILD-FOLDER: where one was built.
extension_installed ()
{
  for file in $(cd "$1/introspection/python" && find . -name '_GSock_native.*.so'); do
    [ "$(folder_of "${file##*/}")" = "$(folder_of _GSock_async.py)" ] || { echo "not beside the overrides: $file"; return 1; }
  done
}

# run_installed_script COMMAND...: with the library and the typelib of $root.
run_installed_script ()
{
  (cd "$work" && LD_LIBRARY_PATH=$(folder_of libgsock-1.so.0) GI_TYPELIB_PATH=$(folder_of GSock-1.typelib) G_DEBUG=fatal-criticals "$@")
}

run_python ()
{
  site=$(dirname "$(dirname "$(folder_of _GSock_async.py)")")
  run_installed_script env PYTHONPATH="$site" PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -c '
import sys
import gi
gi.require_version("GSock", "1")
from gi.repository import GSock
import gi.overrides.GSock
with GSock.make_socket(type="datagram", local_host="127.0.0.1") as udp:
    udp.send_to(b"hi", remote_address=udp.get_local_address())
    data, host, port = udp.receive_from(timeout=30.0)
assert (data, host) == (b"hi", "127.0.0.1")
for name, module in sys.modules.items():
    if "overrides" in name and "GSock" in name:
        print(module.__file__)
        assert module.__file__.startswith(sys.argv[1]), name
assert not [path for path in sys.path if path.startswith(sys.argv[2])]
assert ("gi.overrides._GSock_native" in sys.modules) == bool(sys.argv[3])' "$root" "$source" "$(folder_of '_GSock_native.*.so')"
}

run_gjs ()
{
  cat >"$work/installed.js" <<'SCRIPT'
imports.gi.versions.GSock = '1';
const {GSock} = imports.gi;
const udp = GSock.make_socket({type: 'datagram', localHost: '127.0.0.1'});
udp.send_to('hi', {remoteAddress: udp.get_local_address()});
const [data, host] = udp.receive_from({timeout: 30});
if (data.length !== 2 || host !== '127.0.0.1')
    throw new Error('another datagram');
udp.close();
for (const name of ['GSock', '_GSockAsync', '_GSockDatagrams']) {
    const file = imports.overrides[name].__file__;
    print(file);
    if (!file.startsWith(ARGV[0]))
        throw new Error('not from the install');
}
SCRIPT
  run_installed_script env GJS_PATH="$(dirname "$(folder_of GSock.js)")" gjs "$work/installed.js" "$root"
}

run_lua ()
{
  cat >"$work/installed.lua" <<'SCRIPT'
local lgi = require 'lgi'
local GSock = lgi.require('GSock', '1')
local udp = assert(GSock.make_socket{type = 'datagram', local_host = '127.0.0.1'})
assert(udp:send_to('hi', {remote_host = '127.0.0.1', remote_port = udp.local_port}) == 2)
local data, host = udp:receive_from{timeout = 30}
assert(data == 'hi' and host == '127.0.0.1')
udp:close()
assert(package.searchpath('lgi.override.GSock', package.path):sub(1, #arg[1]) == arg[1])
SCRIPT
  override=$(find "$root" -path '*/lgi/override/GSock.lua')
  run_installed_script env LUA_PATH="${override%/lgi/override/GSock.lua}/?.lua;;" "$lua" "$work/installed.lua" "$root"
}

run_ruby ()
{
  cat >"$work/installed.rb" <<'SCRIPT'
require 'gsock'
GSock.make_socket(type: :datagram, local_host: '127.0.0.1') do |udp|
  udp.send_to('hi', remote_address: udp.local_address)
  data, host = udp.receive_from(timeout: 30)
  raise 'another datagram' unless [data, host] == ['hi', '127.0.0.1']
end
elsewhere = $LOADED_FEATURES.grep(/gsock/).reject { |file| file.start_with?(ARGV.first) }
raise "not from the install: #{elsewhere}" if elsewhere.any?
SCRIPT
  run_installed_script env RUBYLIB="$(folder_of gsock.rb)" ruby "$work/installed.rb" "$root"
}

# valac finds what is installed below the folders of XDG_DATA_DIRS.
run_vala ()
{
  cat >"$work/installed.vala" <<'SCRIPT'
int main () {
	try {
		var udp = GSock.make_socket (null, "type", GSock.SocketType.DATAGRAM, "local-host", "127.0.0.1");
		return udp.local_port != 0 ? 0 : 1;
	} catch (GLib.Error error) {
		printerr ("%s\n", error.message);
		return 1;
	}
}
SCRIPT
  data=$(folder_of gsock-1.vapi)
  XDG_DATA_DIRS=${data%/vala/vapi}:/usr/local/share:/usr/share PKG_CONFIG_PATH=$work/pc \
    valac --quiet --pkg gsock-1 -X -w -d "$work" -o installed-vala "$work/installed.vala" &&
    run_installed_script "$work/installed-vala"
}

# As a type checker looks for them: beside the modules of an interpreter.
check_types ()
{
  stubs=$(find "$root" -type d -name gi-stubs)
  cat >"$work/typed.py" <<'SCRIPT'
from gi.repository import GSock

number: int = GSock.make_socket(type='datagram').receive_from().data  # type: ignore[assignment]
SCRIPT
  /usr/bin/python3 -m venv --without-pip "$work/venv" && cp -r "$stubs" "$work"/venv/lib/python3*/site-packages/ &&
    mypy --python-executable "$work/venv/bin/python" --cache-dir "$work/mypy" --warn-unused-ignores "$work/typed.py"
}

# check_languages WHERE BUILD-FOLDER: those of which there is an interpreter.
check_languages ()
{
  check "$1: no override is left out" all_overrides_installed
  check "$1: nor is what is compiled for Python" extension_installed "$2"
  check "$1: Python has it" run_python
  if command -v gjs >/dev/null 2>&1; then
    check "$1: JavaScript has it" run_gjs
  fi
  for lua in lua5.3 lua luajit lua5.1; do
    if "$lua" -e 'require "lgi"' >/dev/null 2>&1 && [ -n "$("$lua" -e 'io.write(_VERSION:match("%d.%d"))' | xargs -I{} find "$root" -path '*/lua/{}/lgi')" ]; then
      check "$1: Lua has it" run_lua
      break
    fi
  done
  if command -v ruby >/dev/null 2>&1 && ruby -e 'require "gio2"' >/dev/null 2>&1; then
    check "$1: Ruby has it" run_ruby
  fi
  if command -v valac >/dev/null 2>&1 && folder_of gsock-1.vapi >/dev/null; then
    check "$1: Vala has it" run_vala
  fi
  if command -v mypy >/dev/null 2>&1; then
    check "$1: type checkers have it" check_types
  fi
}

# As a distribution does.
install_below_usr ()
{
  meson setup "$work/usr" "$source" --prefix=/usr -Dtests=false -Dexamples=false -Ddocs=disabled -Dvapi=disabled &&
    ninja -C "$work/usr" && DESTDIR=$root meson install -C "$work/usr" --no-rebuild
}

# That there no path has to be set: the folder is one of those that the interpreter has by itself.
found_below_usr ()
{
  /usr/bin/python3 -c 'import sys, gi; print(gi.__path__, sys.argv); sys.exit(sys.argv[1] not in sys.path)' \
    "$(dirname "$(dirname "$(folder_of _GSock_async.py)")" | sed "s|^$root||")" &&
    [ -d "$root/usr/share/gjs-1.0/overrides" ] &&
    if command -v ruby >/dev/null 2>&1; then
      ruby -e 'exit $LOAD_PATH.include?(ARGV.first)' "$(folder_of gsock.rb | sed "s|^$root||")"
    fi
}

compile_uninstalled ()
{
  PKG_CONFIG_PATH=$build/meson-uninstalled compile uninstalled
}

run_uninstalled ()
{
  LD_LIBRARY_PATH=$build/gsock "$work/uninstalled" | grep -q '^IPv4 datagram socket bound to'
}

only_our_symbols ()
{
  nm -D --defined-only "$library/libgsock-1.so.0" | awk '{ print $3 }' | grep -v '^gsock_' >"$work/foreign"
  cat "$work/foreign"
  [ ! -s "$work/foreign" ]
}

build_subproject ()
{
  mkdir -p "$work/outer/subprojects" && cp "$here/program.c" "$work/outer/" && ln -s "$source" "$work/outer/subprojects/gsock" &&
  cat >"$work/outer/meson.build" <<'MESON' &&
project('outer', 'c')
executable('program', 'program.c', dependencies: dependency('gsock-1', fallback: 'gsock',
  default_options: ['introspection=disabled', 'tests=false', 'examples=false']))
MESON
  meson setup --wrap-mode=forcefallback "$work/outer/build" "$work/outer" && ninja -C "$work/outer/build"
}

run_subproject ()
{
  "$work/outer/build/program" | grep -q '^IPv4 datagram socket bound to'
}

check 'installs' env DESTDIR="$work/root" meson install -C "$build" --no-rebuild
library=$(dirname "$(find "$work/root" -name libgsock-1.so.0)")
typelib=$(find "$work/root" -name GSock-1.typelib)
check 'a program compiles against what is installed' compile_installed
check 'it runs' run_installed
check 'the library exports nothing but gsock_ names' only_our_symbols
if [ -n "$typelib" ]; then
  root=$work/root
  check_languages "$prefix" "$build"
  root=$work/usr-root
  check 'it is installed into /usr' install_below_usr
  check '/usr: where Python, JavaScript and Ruby look' found_below_usr
  check_languages /usr "$work/usr"
fi
check 'a program compiles against the uninstalled tree' compile_uninstalled
check 'it runs from there' run_uninstalled
check 'the source is a subproject' build_subproject
check 'the program of that runs' run_subproject
echo "1..$number"
exit $failed
