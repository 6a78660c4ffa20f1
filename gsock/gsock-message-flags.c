/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The flags of messages: which may be given to send-to, which to receive-from, and which come back. */

#include <gsock/gsock-message-flags-private.h>

#include <gsock/gsock-error-private.h>

#include <sys/socket.h>

#define BOTH (GSOCK_FLAG_SEND | GSOCK_FLAG_RECEIVE)

/* Sorted by name. */
static const GSockFlagRow rows[] = {
  { .name = "confirm", .constant = "MSG_CONFIRM", .flag = GSOCK_MESSAGE_FLAGS_CONFIRM, .uses = GSOCK_FLAG_SEND },
  { .name = "control-truncated", .constant = "MSG_CTRUNC", .flag = GSOCK_MESSAGE_FLAGS_CONTROL_TRUNCATED, .uses = GSOCK_FLAG_RETURNED },
  { .name = "dont-route", .constant = "MSG_DONTROUTE", .flag = GSOCK_MESSAGE_FLAGS_DONT_ROUTE, .uses = GSOCK_FLAG_SEND },
  { .name = "dont-wait", .constant = "MSG_DONTWAIT", .flag = GSOCK_MESSAGE_FLAGS_DONT_WAIT, .uses = BOTH },
  { .name = "end-of-record", .constant = "MSG_EOR", .flag = GSOCK_MESSAGE_FLAGS_END_OF_RECORD, .uses = GSOCK_FLAG_SEND | GSOCK_FLAG_RETURNED },
  { .name = "error-queue", .constant = "MSG_ERRQUEUE", .flag = GSOCK_MESSAGE_FLAGS_ERROR_QUEUE, .uses = GSOCK_FLAG_RECEIVE | GSOCK_FLAG_RETURNED },
  { .name = "fast-open", .constant = "MSG_FASTOPEN", .flag = GSOCK_MESSAGE_FLAGS_FAST_OPEN, .uses = GSOCK_FLAG_SEND },
  { .name = "more", .constant = "MSG_MORE", .flag = GSOCK_MESSAGE_FLAGS_MORE, .uses = GSOCK_FLAG_SEND },
  { .name = "no-signal", .constant = "MSG_NOSIGNAL", .flag = GSOCK_MESSAGE_FLAGS_NO_SIGNAL, .uses = GSOCK_FLAG_SEND },
  { .name = "out-of-band", .constant = "MSG_OOB", .flag = GSOCK_MESSAGE_FLAGS_OUT_OF_BAND, .uses = BOTH | GSOCK_FLAG_RETURNED },
  { .name = "peek", .constant = "MSG_PEEK", .flag = GSOCK_MESSAGE_FLAGS_PEEK, .uses = GSOCK_FLAG_RECEIVE },
  { .name = "truncate", .constant = "MSG_TRUNC", .flag = GSOCK_MESSAGE_FLAGS_TRUNCATE, .uses = GSOCK_FLAG_RECEIVE | GSOCK_FLAG_RETURNED },
  { .name = "wait-all", .constant = "MSG_WAITALL", .flag = GSOCK_MESSAGE_FLAGS_WAIT_ALL, .uses = GSOCK_FLAG_RECEIVE },
};

/* Flags go to the kernel as they are. */
G_STATIC_ASSERT ((int) GSOCK_MESSAGE_FLAGS_CONFIRM == MSG_CONFIRM);
G_STATIC_ASSERT ((int) GSOCK_MESSAGE_FLAGS_CONTROL_TRUNCATED == MSG_CTRUNC);
G_STATIC_ASSERT ((int) GSOCK_MESSAGE_FLAGS_DONT_ROUTE == MSG_DONTROUTE);
G_STATIC_ASSERT ((int) GSOCK_MESSAGE_FLAGS_DONT_WAIT == MSG_DONTWAIT);
G_STATIC_ASSERT ((int) GSOCK_MESSAGE_FLAGS_END_OF_RECORD == MSG_EOR);
G_STATIC_ASSERT ((int) GSOCK_MESSAGE_FLAGS_ERROR_QUEUE == MSG_ERRQUEUE);
G_STATIC_ASSERT ((int) GSOCK_MESSAGE_FLAGS_FAST_OPEN == MSG_FASTOPEN);
G_STATIC_ASSERT ((int) GSOCK_MESSAGE_FLAGS_MORE == MSG_MORE);
G_STATIC_ASSERT ((int) GSOCK_MESSAGE_FLAGS_NO_SIGNAL == MSG_NOSIGNAL);
G_STATIC_ASSERT ((int) GSOCK_MESSAGE_FLAGS_OUT_OF_BAND == MSG_OOB);
G_STATIC_ASSERT ((int) GSOCK_MESSAGE_FLAGS_PEEK == MSG_PEEK);
G_STATIC_ASSERT ((int) GSOCK_MESSAGE_FLAGS_TRUNCATE == MSG_TRUNC);
G_STATIC_ASSERT ((int) GSOCK_MESSAGE_FLAGS_WAIT_ALL == MSG_WAITALL);

const GSockFlagRow *
gsock_message_flags_rows (gsize *n_rows)
{
  *n_rows = G_N_ELEMENTS (rows);
  return rows;
}

/* Flags that no row has are the kernel's business. */
gboolean
gsock_message_flags_check_each (const char *operator_name, guint flags, GSockFlagUse use, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if ((flags & rows[i].flag) != 0 && (rows[i].uses & use) == 0)
      return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "%s: the flag %s cannot be given here", operator_name, rows[i].name);
  return TRUE;
}
