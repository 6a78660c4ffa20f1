/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program that resolves names in a way of its own: a GResolver with a table. */

#include "testhosts.h"
#include "testlib.h"

#include <gsock/gsock-lookup-private.h>

#include <string.h>

#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

struct _TestResolver
{
  GResolver parent_instance;
};

/* What GLib resolves with. */
static GResolver *stock;

G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static const struct
{
  const char *name;
  const char *addresses;
} table[] = {
  { "one.test", "192.0.2.1" },
  { "both.test", "2001:db8::2 192.0.2.2" },
  { "twice.test", "192.0.2.3 192.0.2.3" },
  { "empty.test", "" },
};

/* How it fails, and what that is to gsock. */
static const struct
{
  const char *name;
  int resolver_code;
  int code;
} failures[] = {
  { "missing.test", G_RESOLVER_ERROR_NOT_FOUND, GSOCK_ERROR_UNKNOWN_HOST },
  { "later.test", G_RESOLVER_ERROR_TEMPORARY_FAILURE, GSOCK_ERROR_RESOLVER_AGAIN },
  { "broken.test", G_RESOLVER_ERROR_INTERNAL, GSOCK_ERROR_RESOLVER_FAILED },
};

static GList *
parse (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);
  GList *list = NULL;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (parts[i]);

      if (address != NULL)
        list = g_list_append (list, g_object_ref (address));
    }
  return list;
}

static void
fail (const char *name, GError **error)
{
  int code = G_RESOLVER_ERROR_NOT_FOUND;

  if (g_str_equal (name, "slow.test"))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no time left");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    if (g_str_equal (failures[i].name, name))
      code = failures[i].resolver_code;
  g_set_error (error, G_RESOLVER_ERROR, code, "the table says no");
}

static GList *
by_name (GResolver *self, const char *name, GCancellable *cancellable, GError **error)
{
  /* Who asks for this name is cancelled in the middle. */
  if (g_str_equal (name, "cancel.test"))
    {
      g_cancellable_cancel (cancellable);
      g_cancellable_set_error_if_cancelled (cancellable, error);
      return NULL;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].name, name))
      return parse (table[i].addresses);

  fail (name, error);
  return NULL;
}

static void
free_addresses (gpointer list)
{
  g_resolver_free_addresses (list);
}

static void
by_name_async (GResolver *self,
               const char *name,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  GList *list = by_name (self, name, cancellable, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, list, free_addresses);
}

static GList *
by_name_finish (GResolver *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static char *
by_address (GResolver *self, GInetAddress *address, GCancellable *cancellable, GError **error)
{
  g_autofree char *text = g_inet_address_to_string (address);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].addresses, text))
      return g_strdup (table[i].name);

  fail (text, error);
  return NULL;
}

static void
by_address_async (GResolver *self,
                  GInetAddress *address,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  char *name = by_address (self, address, cancellable, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, name, g_free);
}

static char *
by_address_finish (GResolver *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name = by_name;
  resolver_class->lookup_by_name_async = by_name_async;
  resolver_class->lookup_by_name_finish = by_name_finish;
  resolver_class->lookup_by_address = by_address;
  resolver_class->lookup_by_address_async = by_address_async;
  resolver_class->lookup_by_address_finish = by_address_finish;
}

static void
test_resolver_init (TestResolver *self)
{
}

static GPtrArray *
look_up (
    const char *name, GSockIpv6Mode ipv6, gboolean later, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *true_name = NULL;
  GPtrArray *addresses;

  if (later)
    {
      gsock_lookup_hostname_async (name, ipv6, cancellable, test_take_result, &result);
      addresses = gsock_lookup_hostname_finish (test_wait_for_result (&result), &true_name, error);
    }
  else
    addresses = gsock_lookup_hostname (name, ipv6, &true_name, cancellable, error);

  g_assert_cmpstr (true_name, ==, addresses != NULL ? name : NULL);
  return addresses;
}

static char *
look_up_name (const GSockAddress *address, gboolean later, char **service, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (!later)
    return gsock_lookup_name (address, FALSE, service, NULL, error);

  gsock_lookup_name_async (address, FALSE, NULL, test_take_result, &result);
  return gsock_lookup_name_finish (test_wait_for_result (&result), service, error);
}

static void
check_hosts (gboolean later)
{
  static const struct
  {
    const char *name;
    GSockIpv6Mode ipv6;
    const char *first;
    guint n_addresses;
  } cases[] = {
    { "one.test", GSOCK_IPV6_MODE_YES, "192.0.2.1", 1 },
    { "both.test", GSOCK_IPV6_MODE_YES, "2001:db8::2", 2 },
    { "both.test", GSOCK_IPV6_MODE_NO, "192.0.2.2", 1 },
    { "both.test", GSOCK_IPV6_MODE_ONLY, "2001:db8::2", 1 },
    { "twice.test", GSOCK_IPV6_MODE_YES, "192.0.2.3", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *first = NULL;
      g_autoptr (GPtrArray) addresses = look_up (cases[i].name, cases[i].ipv6, later, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (addresses->len, ==, cases[i].n_addresses);
      first = gsock_address_get_host (addresses->pdata[0]);
      g_assert_cmpstr (first, ==, cases[i].first);
    }
}

static void
test_hosts (void)
{
  check_hosts (FALSE);
  check_hosts (TRUE);
}

static void
check_failure (const char *name, int code)
{
  for (int later = 0; later <= 1; later++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (look_up (name, GSOCK_IPV6_MODE_YES, later, NULL, &error));
      g_assert_true (g_str_has_prefix (error->message, "look up "));
      test_assert_message (error, name);
      test_assert_error (error, code);
    }
}

static void
test_failures (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    check_failure (failures[i].name, failures[i].code);
  check_failure ("slow.test", GSOCK_ERROR_RESOLVER_AGAIN);
  check_failure ("empty.test", GSOCK_ERROR_UNKNOWN_HOST);
}

static void
test_cancelled (void)
{
  for (int later = 0; later <= 1; later++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;

      g_assert_null (look_up ("cancel.test", GSOCK_IPV6_MODE_YES, later, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpstr (error->message, ==, "look up cancel.test: the operation was cancelled");
    }
}

static void
test_names (void)
{
  g_autoptr (GSockAddress) known = gsock_address_new_from_host ("192.0.2.1", 49999, NULL);
  g_autoptr (GSockAddress) unknown = gsock_address_new_from_host ("2001:db8::77", 80, NULL);

  for (int later = 0; later <= 1; later++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *service = NULL;
      g_autofree char *name = look_up_name (known, later, &service, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (name, ==, "one.test");
      g_assert_cmpstr (service, ==, "49999");

      g_assert_null (look_up_name (unknown, later, NULL, &error));
      test_assert_message (error, "look up 2001:db8::77: the table says no");
      test_assert_error (error, GSOCK_ERROR_UNKNOWN_HOST);
    }
}

/* An address needs no resolver. */
static void
test_literals (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) addresses
      = look_up ("192.0.2.99", GSOCK_IPV6_MODE_YES, FALSE, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (addresses->len, ==, 1);
}

static void
test_endpoints (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) found = gsock_lookup_endpoints ("both.test", 80, GSOCK_IPV6_MODE_YES,
                                                        G_SOCKET_FAMILY_IPV6, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 2);
  text = gsock_address_to_text (found->pdata[1]);
  g_assert_cmpstr (text, ==, "[::ffff:192.0.2.2]:80");
}

/* What the program puts back is asked again. */
static void
test_put_back (void)
{
  g_autoptr (GResolver) custom = g_resolver_get_default ();
  g_autoptr (GPtrArray) addresses = NULL;
  g_autoptr (GError) error = NULL;

  g_resolver_set_default (stock);
  addresses = gsock_lookup_hostname ("localhost", GSOCK_IPV6_MODE_YES, NULL, NULL, &error);
  g_resolver_set_default (custom);
  g_assert_no_error (error);
  g_assert_nonnull (addresses);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GResolver) custom = g_object_new (TEST_TYPE_RESOLVER, NULL);
  int status;

  g_test_init (&argc, &argv, NULL);
  stock = g_resolver_get_default ();
  g_resolver_set_default (custom);

  g_test_add_func ("/resolver-custom/hosts", test_hosts);
  g_test_add_func ("/resolver-custom/failures", test_failures);
  g_test_add_func ("/resolver-custom/cancelled", test_cancelled);
  g_test_add_func ("/resolver-custom/names", test_names);
  g_test_add_func ("/resolver-custom/literals", test_literals);
  g_test_add_func ("/resolver-custom/endpoints", test_endpoints);
  g_test_add_func ("/resolver-custom/put-back", test_put_back);

  status = g_test_run ();
  g_object_unref (stock);
  return status;
}
