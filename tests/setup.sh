# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Finds, and on Debian installs, what building and testing gsock needs. To be sourced:
#
#   . tests/setup.sh
#   gsock_setup build introspection || exit 1
#
# One line per need: the group, how it is recognised, and the Debian package it comes in. A need is
# recognised by a command, by a pkg-config module (pc:), by a file (file:, patterns allowed) or by a
# module of the Python that PyGObject is built for (python:), or of the Lua that lgi is built for (lua:).
gsock_needs='
build          meson                           meson
build          ninja                           ninja-build
build          gcc                             gcc
build          file:/usr/include/stdio.h       libc6-dev
build          pkg-config                      pkg-config
build          pc:gio-2.0                      libglib2.0-dev
introspection  g-ir-scanner                    gobject-introspection
introspection  pc:gobject-introspection-1.0    libgirepository1.0-dev
introspection  python:gi                       python3-gi
introspection  gjs                             gjs
introspection  mypy                            mypy
languages      file:/usr/include/python3.*/Python.h  python3-dev
languages      pc:pygobject-3.0                python-gi-dev
languages      lua5.3                          lua5.3
languages      lua:lgi                         lua-lgi
languages      ruby                            ruby
languages      file:/usr/lib/ruby/vendor_ruby/gio2.rb  ruby-gio2
languages      guile                           guile-3.0
languages      sbcl                            sbcl
languages      file:/usr/share/common-lisp/source/cl-cffi/cffi.asd  cl-cffi
vala           valac                           valac
docs           gi-docgen                       gi-docgen
benchmarks     valgrind                        valgrind
benchmarks     pc:libuv                        libuv1-dev
clang          clang                           clang
clang          file:/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a  libclang-rt-14-dev
peers          socat                           socat
peers          strace                          strace
peers          ip                              iproute2
peers          file:/etc/services              netbase
peers          curl                            curl
peers          nc                              netcat-openbsd
peers          wrk                             wrk
peers          dig                             bind9-dnsutils
peers          dnsmasq                         dnsmasq-base
peers          openssl                         openssl
peers          systemd-socket-activate         systemd
peers          pc:libsoup-3.0                  libsoup-3.0-dev
peers          file:/usr/lib/*/gio/modules/libgiognutls.so  glib-networking
'

# The interpreter that the distribution's PyGObject belongs to: another may come first on PATH.
gsock_find_python ()
{
  gsock_python=/usr/bin/python3
  [ -x "$gsock_python" ] || gsock_python=python3
}
gsock_find_python

gsock_is_there ()
{
  case $1 in
    pc:*) command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "${1#pc:}" ;;
    python:*) "$gsock_python" -c "import ${1#python:}" >/dev/null 2>&1 ;;
    lua:*) lua5.3 -e "require '${1#lua:}'" >/dev/null 2>&1 ;;
    file:*) ls ${1#file:} >/dev/null 2>&1 ;;
    # An ordinary user's PATH often leaves the system commands out.
    *) (PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1) ;;
  esac
}

# gsock_missing COLUMN GROUP...: what is not there, as it is recognised (2) or as packages (3).
gsock_missing ()
{
  gsock_column=$1
  shift
  for gsock_group in "$@"; do
    printf '%s\n' "$gsock_needs" | while read -r group probe package; do
      [ "$group" = "$gsock_group" ] || continue
      gsock_is_there "$probe" && continue
      [ "$gsock_column" = 2 ] && printf ' %s' "${probe#*:}" || printf ' %s' "$package"
    done
  done
}

# Which command makes the rest of the line run as root: nothing, sudo, or no way at all.
gsock_root_prefix ()
{
  if [ "$(id -u)" -eq 0 ]; then
    echo env
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    echo 'sudo -n env'
  else
    return 1
  fi
}

# gsock_apt PREFIX PACKAGE...: quiet unless it fails.
gsock_apt ()
{
  gsock_prefix=$1
  shift
  gsock_log=$(mktemp) || return 1
  echo "installing: $*"
  $gsock_prefix apt-get update -qq >"$gsock_log" 2>&1 </dev/null
  if $gsock_prefix DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
       -o DPkg::Lock::Timeout=300 "$@" >>"$gsock_log" 2>&1 </dev/null; then
    rm -f "$gsock_log"
  else
    cat "$gsock_log" >&2
    rm -f "$gsock_log"
    echo "apt-get could not install: $*" >&2
    return 1
  fi
}

# gsock_setup GROUP...: 0 when everything of the groups is there in the end.
gsock_setup ()
{
  gsock_packages=$(gsock_missing 3 "$@")
  [ -z "$gsock_packages" ] && return 0
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "missing:$(gsock_missing 2 "$@")" >&2
    echo "Please install them; their Debian packages are:$gsock_packages" >&2
    return 1
  fi
  if ! gsock_root=$(gsock_root_prefix); then
    echo "Some packages are missing, and only root can install them. Please run:" >&2
    echo "  sudo apt-get install --no-install-recommends$gsock_packages" >&2
    return 1
  fi
  gsock_apt "$gsock_root" $gsock_packages || return 1
  gsock_find_python
  gsock_left=$(gsock_missing 2 "$@")
  [ -z "$gsock_left" ] && return 0
  echo "installed, and still not found:$gsock_left" >&2
  return 1
}
