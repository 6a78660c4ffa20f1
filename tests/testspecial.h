/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock.h>

#define TEST_TYPE_SPECIAL (test_special_get_type ())
G_DECLARE_FINAL_TYPE (TestSpecial, test_special, TEST, SPECIAL, GSockDatagramSocket)

/* A datagram socket that counts how often each of its methods runs, and then calls the next one. Its
 * properties: `label` and `full-name`, texts; `loss`, 0 to 10: of so many datagrams all but the first
 * are lost; `serial`, which only the constructor takes. */
struct _TestSpecial
{
  GSockDatagramSocket parent_instance;

  guint n_sent, n_received, n_bound, n_connected, n_disconnected, n_shut_down, n_closed;
  gboolean fails; /* sending and receiving, without a word */
  char *label, *full_name;
  int loss, serial;
};
