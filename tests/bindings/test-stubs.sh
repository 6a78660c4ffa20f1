#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Has mypy check, by what it is told of GSock, programs that are right and one that has mistakes in it.
#
#   test-stubs.sh SOURCE-FOLDER GSock.pyi
set -u
source=$1
stubs=$2
here=$source/tests/bindings

if ! command -v mypy >/dev/null 2>&1; then
  echo '1..0 # SKIP there is no mypy'
  exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
number=0
failed=0

# Uninstalled it is found by a package that is not called -stubs.
cp -r "$source/introspection/python/gi-stubs" "$work/gi" && cp "$stubs" "$work/gi/repository/GSock.pyi" || exit 1

# check NAME ARGUMENT...
check ()
{
  number=$((number + 1))
  name=$1
  shift
  if MYPYPATH=$work:$here mypy --cache-dir "$work/cache" --scripts-are-modules "$@" >"$work/log" 2>&1; then
    echo "ok $number - $name"
  else
    sed 's/^/# /' "$work/log"
    echo "not ok $number - $name"
    failed=1
  fi
}

check 'what is said of GSock is sound' "$work/gi/repository/GSock.pyi"
check 'the types are known, and mistakes are found' --warn-unused-ignores "$here/typed.py"
check 'the examples are right' --check-untyped-defs --disable-error-code=var-annotated "$source"/examples/*.py
# The others give wrong types on purpose, or keywords from dictionaries of anything.
check 'so are the tests' --check-untyped-defs --disable-error-code=var-annotated \
  "$here/test_activation.py" "$here/test_options.py" "$here/test_streams.py" "$here/test_subclass.py"
echo "1..$number"
exit $failed
