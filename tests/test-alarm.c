/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A time limit for what can only be cancelled, and for the resolver by it. */

#include "testetc.h"
#include "testhosts.h"
#include "testwire.h"

#include <gsock/gsock-alarm-private.h>

#include <string.h>

static void
test_rings (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (0.02, NULL);
  GSockPatience wait = GSOCK_PATIENCE_INIT (60, NULL);
  GSockAlarm alarm;

  gsock_alarm_start (&alarm, &patience);
  wait.cancellable = alarm.cancellable;
  g_assert_cmpint (gsock_pause (NULL, 60000, &wait), ==, -GSOCK_E_CANCELLED);
  g_assert_true (gsock_alarm_stop (&alarm));
}

static void
test_stopped (void)
{
  g_autoptr (GCancellable) outer = g_cancellable_new ();
  GSockPatience patience = GSOCK_PATIENCE_INIT (60, outer);
  GSockAlarm alarm;

  gsock_alarm_start (&alarm, &patience);
  g_assert_false (g_cancellable_is_cancelled (alarm.cancellable));
  g_assert_false (gsock_alarm_stop (&alarm));
  g_assert_false (g_cancellable_is_cancelled (outer));
}

/* A cancellation goes through, and is not taken for the alarm. */
static void
test_cancelled (void)
{
  g_autoptr (GCancellable) outer = g_cancellable_new ();
  GSockPatience patience = GSOCK_PATIENCE_INIT (60, outer);
  GSockAlarm alarm;

  gsock_alarm_start (&alarm, &patience);
  g_cancellable_cancel (outer);
  g_assert_true (g_cancellable_is_cancelled (alarm.cancellable));
  g_assert_false (gsock_alarm_stop (&alarm));
  gsock_alarm_start (&alarm, &patience);
  g_assert_true (g_cancellable_is_cancelled (alarm.cancellable));
  g_assert_false (gsock_alarm_stop (&alarm));
}

/* Without a time limit there is nothing between the caller and the call. */
static void
test_none (void)
{
  g_autoptr (GCancellable) outer = g_cancellable_new ();
  GSockPatience patience = GSOCK_PATIENCE_INIT (-1, outer), forever = GSOCK_PATIENCE_INIT (-1, NULL);
  GSockAlarm alarm;

  gsock_alarm_start (&alarm, &patience);
  g_assert_true (alarm.cancellable == outer);
  g_assert_false (gsock_alarm_stop (&alarm));
  gsock_alarm_start (&alarm, &forever);
  g_assert_null (alarm.cancellable);
  g_assert_false (gsock_alarm_stop (&alarm));
}

/* The thread that asks the C library keeps its descriptor until that gives up: none is counted here. */
static void
test_resolver (void)
{
  g_autoptr (GSockSocket) stream = NULL, datagram = NULL;
  g_autoptr (GSocketConnectable) connectable = g_network_address_new ("slow.test", 80);
  g_autoptr (GError) error = NULL;
  TestNameServer server;

  if (!test_etc_is_own ())
    return;
  stream = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, NULL);
  datagram = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  test_name_server_start (&server, TEST_ANSWER_NEVER, NULL);
  g_assert_null (gsock_make_socket (NULL, &error, "remote-host", "slow.test", "remote-port", 80, "timeout", 0.05, NULL));
  g_assert_cmpstr (error->message, ==, "look up slow.test: the time given for it ran out");
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_null (gsock_make_socket (NULL, &error, "local-host", "slow.test", "timeout", 0.05, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_null (gsock_make_socket (NULL, &error, "remote-connectable", connectable, "timeout", 0.05, NULL));
  g_assert_true (g_str_has_prefix (error->message, "look up slow.test:80: the time"));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_false (gsock_socket_connect (stream, NULL, NULL, &error, "host", "slow.test", "port", 80, "timeout", 0.05, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_cmpint (gsock_socket_send_to (datagram, "x", 1, NULL, &error, "remote-host", "slow.test", "remote-port", 80, "timeout", 0.05, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  gsock_socket_set_timeout (stream, 0.05);
  g_assert_false (gsock_socket_connect (stream, NULL, NULL, &error, "host", "slow.test", "port", 80, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  test_name_server_stop (&server);
}

/* What is found in time is found, and what is left of it is for the rest. */
static void
test_in_time (void)
{
  g_autoptr (GSockSocket) listener = NULL, socket = NULL;
  g_autoptr (GError) error = NULL;

  if (!test_etc_is_own ())
    return;
  test_hosts_write ();
  listener = test_listener_new (test_kind_find ("tcp-ipv4"), 4);
  socket = gsock_make_socket (NULL, &error, "remote-host", "localhost", "remote-port", gsock_socket_get_local_port (listener), "timeout", 60.0, NULL);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_connected (socket));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (test_etc_enter ())
    test_hosts_write ();
  g_test_add_func ("/alarm/rings", test_rings);
  g_test_add_func ("/alarm/stopped", test_stopped);
  g_test_add_func ("/alarm/cancelled", test_cancelled);
  g_test_add_func ("/alarm/none", test_none);
  g_test_add_func ("/alarm/in-time", test_in_time);
  g_test_add_func ("/alarm/resolver", test_resolver);
  return g_test_run ();
}
