/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* For the class of datagram sockets. */
void gsock_datagram_based_iface_init (GDatagramBasedInterface *iface);

G_END_DECLS
