/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of message flags: complete, in order, and what each operator takes and refuses. */

#include <gsock/gsock-message-flags-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock.h>

#include "testlib.h"

#include <string.h>

/* What the table has to say, written down a second time. */
static const struct
{
  const char *name;
  const char *constant;
  const char *uses; /* s: send, r: receive, b: comes back */
} wanted[] = {
  { "confirm", "MSG_CONFIRM", "s" },
  { "control-truncated", "MSG_CTRUNC", "b" },
  { "dont-route", "MSG_DONTROUTE", "s" },
  { "dont-wait", "MSG_DONTWAIT", "sr" },
  { "end-of-record", "MSG_EOR", "sb" },
  { "error-queue", "MSG_ERRQUEUE", "rb" },
  { "fast-open", "MSG_FASTOPEN", "s" },
  { "more", "MSG_MORE", "s" },
  { "no-signal", "MSG_NOSIGNAL", "s" },
  { "out-of-band", "MSG_OOB", "srb" },
  { "peek", "MSG_PEEK", "r" },
  { "truncate", "MSG_TRUNC", "rb" },
  { "wait-all", "MSG_WAITALL", "r" },
};

static guint
uses_of (const char *text)
{
  return (strchr (text, 's') != NULL ? GSOCK_FLAG_SEND : 0) | (strchr (text, 'r') != NULL ? GSOCK_FLAG_RECEIVE : 0)
         | (strchr (text, 'b') != NULL ? GSOCK_FLAG_RETURNED : 0);
}

static void
test_table (void)
{
  gsize n_rows;
  const GSockFlagRow *rows = gsock_message_flags_rows (&n_rows);

  g_assert_cmpuint (n_rows, ==, G_N_ELEMENTS (wanted));
  for (gsize i = 0; i < n_rows; i++)
    {
      g_assert_cmpstr (rows[i].name, ==, wanted[i].name);
      g_assert_cmpstr (rows[i].constant, ==, wanted[i].constant);
      g_assert_cmpuint (rows[i].uses, ==, uses_of (wanted[i].uses));
    }
}

static void
test_nicks (void)
{
  g_autoptr (GTypeClass) flags_class = g_type_class_ref (GSOCK_TYPE_MESSAGE_FLAGS);
  gsize n_rows;
  const GSockFlagRow *rows = gsock_message_flags_rows (&n_rows);

  g_assert_cmpuint (((GFlagsClass *) flags_class)->n_values, ==, n_rows + 1); /* and none */
  for (gsize i = 0; i < n_rows; i++)
    g_assert_cmpuint (g_flags_get_value_by_nick ((GFlagsClass *) flags_class, rows[i].name)->value, ==, rows[i].flag);
}

static void
test_keywords (void)
{
  gsize n_rows;
  const GSockFlagRow *rows = gsock_message_flags_rows (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    {
      const GSockKeyword *send = gsock_keyword_find (&gsock_send_keywords, rows[i].name);
      const GSockKeyword *receive = gsock_keyword_find (&gsock_receive_keywords, rows[i].name);

      g_assert_cmpint (send != NULL, ==, (rows[i].uses & GSOCK_FLAG_SEND) != 0);
      g_assert_cmpint (receive != NULL, ==, (rows[i].uses & GSOCK_FLAG_RECEIVE) != 0);
      if (send != NULL)
        g_assert_cmpuint (send->flag, ==, rows[i].flag);
      if (receive != NULL)
        g_assert_cmpuint (receive->flag, ==, rows[i].flag);
    }
}

static void
test_refused (void)
{
  g_autoptr (GSockSocket) first = NULL;
  g_autoptr (GSockSocket) second = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_rows;
  const GSockFlagRow *rows = gsock_message_flags_rows (&n_rows);
  char room[4];

  g_assert_true (gsock_make_socket_pair (&first, &second, &error, NULL));
  for (gsize i = 0; i < n_rows; i++)
    {
      if ((rows[i].uses & GSOCK_FLAG_SEND) == 0)
        {
          g_assert_cmpint (gsock_socket_send_to_direct (first, (const guint8 *) "x", 1, NULL, rows[i].flag, TRUE, -1, NULL, &error), ==, -1);
          test_assert_message (error, rows[i].name);
          test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
        }
      if ((rows[i].uses & GSOCK_FLAG_RECEIVE) == 0)
        {
          g_assert_cmpint (gsock_socket_receive_from_direct (second, room, 4, rows[i].flag, TRUE, -1, NULL, NULL, &error), ==, -1);
          test_assert_message (error, rows[i].name);
          test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
        }
    }
  /* Nothing was sent. */
  g_assert_cmpint (gsock_socket_receive_from (second, room, 4, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message-flags/table", test_table);
  g_test_add_func ("/message-flags/nicks", test_nicks);
  g_test_add_func ("/message-flags/keywords", test_keywords);
  g_test_add_func ("/message-flags/refused", test_refused);
  return g_test_run ();
}
