/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts to look up, and a name server to play. */

#include "testhosts.h"

#include "testetc.h"
#include "testlib.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const hosts = "127.0.0.1 localhost\n"
                                 "::1 localhost\n"
                                 "192.0.2.10 multi.test\n"
                                 "192.0.2.11 multi.test\n"
                                 "2001:db8::10 multi.test\n"
                                 "2001:db8::11 multi.test\n"
                                 "192.0.2.20 four.test alias.test\n"
                                 "2001:db8::20 six.test\n"
                                 "192.0.2.30 xn--bcher-kva.test\n";

/* Who has to wait for a silent name server outlasts the time that a test is given. */
void
test_hosts_write (void)
{
  test_etc_write ("nsswitch.conf", "hosts: files dns\nservices: files\nprotocols: files\n");
  test_etc_write ("hosts", hosts);
  test_etc_write ("host.conf", "multi on\n");
  test_etc_write ("services", "http 80/tcp\n");
  test_etc_write ("resolv.conf", "nameserver 127.0.0.1\noptions timeout:30 attempts:5\n");
}

char *
test_join_addresses (GPtrArray *addresses)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < addresses->len; i++)
    {
      g_autofree char *one = gsock_address_to_text (addresses->pdata[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", one);
    }
  return g_string_free (text, FALSE);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char *
test_join_sorted (GPtrArray *addresses)
{
  g_autofree char *text = test_join_addresses (addresses);
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);

  qsort (parts, g_strv_length (parts), sizeof *parts, compare_texts);
  return g_strjoinv (" ", parts);
}

void
test_check_host (const TestHostCase *row)
{
  g_autofree char *true_name = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) addresses = NULL;
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", row->name);
  addresses = gsock_lookup_hostname (row->name, row->ipv6, &true_name, NULL, &error);
  g_assert_no_error (error);
  text = test_join_sorted (addresses);
  g_assert_cmpstr (text, ==, row->addresses);
  g_assert_cmpstr (true_name, ==, row->true_name);
}

void
test_check_refused_host (const TestRefusedHost *row)
{
  g_autofree char *true_name = NULL;
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", row->message);
  g_assert_null (
      gsock_lookup_hostname (row->name, (GSockIpv6Mode) row->ipv6, &true_name, NULL, &error));
  test_assert_message (error, row->message);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  test_assert_error (error, row->code);
  g_assert_null (true_name);
}

static gpointer
name_server_run (gpointer data)
{
  TestNameServer *self = data;

  for (;;)
    {
      guint8 query[512];
      struct sockaddr_in from;
      socklen_t room = sizeof from;
      gssize length = recvfrom (self->fd, query, sizeof query, 0, (struct sockaddr *) &from, &room);

      if (length <= 0)
        return NULL;
      if (self->to_cancel != NULL)
        g_cancellable_cancel (self->to_cancel);
      if (self->answer == TEST_ANSWER_NEVER)
        continue;
      query[2] |= 0x80;
      query[3] = 0x80 | self->answer;
      g_assert_cmpint (sendto (self->fd, query, length, 0, (struct sockaddr *) &from, room), ==,
                       length);
    }
}

void
test_name_server_start (TestNameServer *self, int answer, GCancellable *to_cancel)
{
  const struct sockaddr_in address = { .sin_family = AF_INET,
                                       .sin_port = htons (53),
                                       .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };

  self->answer = answer;
  self->to_cancel = to_cancel;
  self->fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (self->fd, >=, 0);
  g_assert_cmpint (bind (self->fd, (const struct sockaddr *) &address, sizeof address), ==, 0);
  self->thread = g_thread_new ("name server", name_server_run, self);
}

void
test_name_server_stop (TestNameServer *self)
{
  struct sockaddr_in address;
  socklen_t length = sizeof address;

  g_assert_cmpint (getsockname (self->fd, (struct sockaddr *) &address, &length), ==, 0);
  g_assert_cmpint (sendto (self->fd, "", 0, 0, (struct sockaddr *) &address, length), ==, 0);
  g_thread_join (self->thread);
  close (self->fd);
}

void
test_take_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  g_assert_null (source);
  g_assert_null (*place);
  *place = g_object_ref (result);
}

GAsyncResult *
test_wait_for_result (GAsyncResult **place)
{
  g_assert_null (*place);
  while (*place == NULL)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
  return *place;
}
