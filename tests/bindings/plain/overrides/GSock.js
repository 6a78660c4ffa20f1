// SPDX-License-Identifier: LGPL-2.1-or-later
// Stands before an override that is installed, and leaves the typelib as it is.

/* exported _init */

function _init() {
}
