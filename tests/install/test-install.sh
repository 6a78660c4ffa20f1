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

run_typelib ()
{
  LD_LIBRARY_PATH=$library GI_TYPELIB_PATH=$(dirname "$typelib") /usr/bin/python3 -c '
import gi
gi.require_version("GSock", "1")
from gi.repository import GSock
assert GSock.SocketType.STREAM == 1'
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
  check 'the typelib loads' run_typelib
fi
check 'a program compiles against the uninstalled tree' compile_uninstalled
check 'it runs from there' run_uninstalled
check 'the source is a subproject' build_subproject
check 'the program of that runs' run_subproject
echo "1..$number"
exit $failed
