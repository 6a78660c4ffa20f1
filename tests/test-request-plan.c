/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From keywords to addresses and to the family that the socket will have. */

#include "testlib.h"
#include "testetc.h"
#include "testhosts.h"
#include "testmanifest.h"

#include <gsock/gsock-request-private.h>

#include <string.h>
#include <sys/socket.h>

typedef struct
{
  GSockClassKinds kind;
  const char *keywords;
  int family;
  gboolean dual, fallback;
  const char *local, *remote; /* NULL: none asked for */
} PlanCase;

#define ACTIVE GSOCK_CLASS_ACTIVE
#define PASSIVE GSOCK_CLASS_PASSIVE
#define DATAGRAM GSOCK_CLASS_DATAGRAM
#define RAW GSOCK_CLASS_RAW

static const PlanCase cases[] = {
  /* Bound to every address, or a conversation without one yet: both families. */
  { PASSIVE, "local-port=80", AF_INET6, TRUE, TRUE, "[::]:80", NULL },
  { PASSIVE, "", AF_INET6, TRUE, TRUE, NULL, NULL },
  { ACTIVE, "", AF_INET6, TRUE, TRUE, NULL, NULL },
  { ACTIVE, "local-port=0", AF_INET6, TRUE, TRUE, "[::]:0", NULL },
  { DATAGRAM, "local-port=53", AF_INET6, TRUE, TRUE, "[::]:53", NULL },
  { RAW, "local-port=0", AF_INET, FALSE, FALSE, "0.0.0.0:0", NULL },
  { RAW, "local-port=0 ipv6=only", AF_INET6, FALSE, FALSE, "[::]:0", NULL },
  { RAW, "local-host=::1", AF_UNSPEC, TRUE, FALSE, "[::1]:0", NULL },
  { PASSIVE, "local-service=\"80\"", AF_INET6, TRUE, TRUE, "[::]:80", NULL },
  /* Unbound datagram sockets, and raw ones, which hear one family only: IPv4. */
  { DATAGRAM, "", AF_INET, FALSE, FALSE, NULL, NULL },
  { RAW, "", AF_INET, FALSE, FALSE, NULL, NULL },
  { DATAGRAM, "ipv6=yes", AF_INET, FALSE, FALSE, NULL, NULL },
  { DATAGRAM, "ipv6=only", AF_INET6, FALSE, FALSE, NULL, NULL },
  { DATAGRAM, "ipv6=no", AF_INET, FALSE, FALSE, NULL, NULL },
  /* The mode of a look-up, and a family that was named. */
  { PASSIVE, "local-port=80 ipv6=no", AF_INET, FALSE, FALSE, "0.0.0.0:80", NULL },
  { PASSIVE, "local-port=80 ipv6=only", AF_INET6, FALSE, FALSE, "[::]:80", NULL },
  { PASSIVE, "local-port=80 address-family=ipv4", AF_INET, FALSE, FALSE, "0.0.0.0:80", NULL },
  { PASSIVE, "local-port=80 address-family=ipv6", AF_INET6, FALSE, FALSE, "[::]:80", NULL },
  { ACTIVE, "address-family=ipv4", AF_INET, FALSE, FALSE, NULL, NULL },
  /* A host decides. */
  { PASSIVE, "local-host=127.0.0.1", AF_UNSPEC, TRUE, FALSE, "127.0.0.1:0", NULL },
  { PASSIVE, "local-host=::1 local-port=5", AF_UNSPEC, TRUE, FALSE, "[::1]:5", NULL },
  { ACTIVE, "remote-host=127.0.0.1 remote-port=80", AF_UNSPEC, FALSE, FALSE, NULL, "127.0.0.1:80" },
  { ACTIVE, "remote-host=::1 remote-port=80", AF_UNSPEC, FALSE, FALSE, NULL, "[::1]:80" },
  { ACTIVE, "remote-host=127.0.0.1 remote-service=\"80\"", AF_UNSPEC, FALSE, FALSE, NULL, "127.0.0.1:80" },
  { ACTIVE, "remote-host=127.0.0.1 remote-port=80 address-family=ipv6", AF_INET6, FALSE, FALSE, NULL, "[::ffff:127.0.0.1]:80" },
  { ACTIVE, "remote-host=127.0.0.1 remote-port=80 local-port=7", AF_UNSPEC, FALSE, FALSE, "[::]:7", "127.0.0.1:80" },
  { ACTIVE, "remote-host=127.0.0.1 remote-port=80 local-host=127.0.0.2", AF_UNSPEC, FALSE, FALSE, "127.0.0.2:0", "127.0.0.1:80" },
  { ACTIVE, "remote-connectable=<127.0.0.1:80>", AF_UNSPEC, FALSE, FALSE, NULL, "127.0.0.1:80" },
  { DATAGRAM, "family-host=127.0.0.1", AF_INET, FALSE, FALSE, NULL, NULL },
  { DATAGRAM, "family-host=::1", AF_INET6, FALSE, FALSE, NULL, NULL },
  { DATAGRAM, "family-host=::1 family-port=5 local-port=7", AF_INET6, FALSE, FALSE, "[::]:7", NULL },
  { DATAGRAM, "family-host=127.0.0.1 local-port=7", AF_INET, FALSE, FALSE, "0.0.0.0:7", NULL },
  { DATAGRAM, "family-host=::1 address-family=ipv4", AF_INET, FALSE, FALSE, NULL, NULL },
  /* Addresses that are ready, and names of other families. */
  { ACTIVE, "local-address=[::1]:5 remote-address=[::1]:80", AF_UNSPEC, FALSE, FALSE, "[::1]:5", "[::1]:80" },
  { ACTIVE, "local-filename=/l remote-filename=/r", AF_UNIX, FALSE, FALSE, "/l", "/r" },
  { ACTIVE, "remote-filename=@r", AF_UNIX, FALSE, FALSE, NULL, "@r" },
  { RAW, "address-family=netlink", AF_NETLINK, FALSE, FALSE, NULL, NULL },
  { RAW, "address-family=netlink local-port=7", AF_NETLINK, FALSE, FALSE, "netlink:7", NULL },
  { RAW, "address-family=netlink multicast-groups=5", AF_NETLINK, FALSE, FALSE, "netlink:0/0x5", NULL },
  /* Scopes and flows go into whatever addresses there are. */
  { ACTIVE, "remote-host=fe80::1 remote-port=80 scope-id=1", AF_UNSPEC, FALSE, FALSE, NULL, "[fe80::1%lo]:80" },
  { PASSIVE, "local-host=fe80::1%lo flow-info=3", AF_UNSPEC, TRUE, FALSE, "[fe80::1%lo]:0", NULL },
};

/* %NULL where none were asked for. */
static GPtrArray *
list_of (GSockCandidates *candidates)
{
  GPtrArray *list = candidates->n > 0 ? g_ptr_array_new () : NULL;

  for (guint i = 0; i < candidates->n; i++)
    g_ptr_array_add (list, gsock_candidates_get (candidates, i));
  return list;
}

static void
check_addresses (GSockCandidates *candidates, const char *wanted)
{
  g_autoptr (GPtrArray) addresses = list_of (candidates);
  g_autofree char *text = addresses != NULL ? test_join_addresses (addresses) : NULL;

  g_assert_cmpstr (text, ==, wanted);
}

/* The request that keywords make, ready to be planned. */
static gboolean
make_request (GSockRequest *request, GSockClassKinds kind, const char *keywords, GError **error)
{
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  TestCase test = { .where = (char *) "plan", .keywords = (char *) keywords };
  gboolean made;

  gsock_request_init (request);
  request->kind = kind;
  test_case_fill (&test, places);
  made = gsock_keywords_parse_values (&gsock_make_socket_keywords, request, (const char *const *) test.names, test.values, test.n_values, error)
         && gsock_request_check (request, error);
  test_case_clear (&test);
  return made;
}

static void
test_plans (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const PlanCase *row = &cases[i];
      g_auto (GSockPlan) plan = { 0 };
      g_auto (GSockRequest) request;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", row->keywords);
      g_assert_true (make_request (&request, row->kind, row->keywords, &error));
      g_assert_true (gsock_plan_make (&plan, &request, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpint (plan.family, ==, row->family);
      g_assert_cmpint (plan.dual, ==, row->dual);
      g_assert_cmpint (plan.fallback, ==, row->fallback);
      check_addresses (&plan.local, row->local);
      check_addresses (&plan.remote, row->remote);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    GSockClassKinds kind;
    const char *keywords;
    int code;
  } refusals[] = {
    { ACTIVE, "remote-host=::1 remote-port=80 ipv6=no", GSOCK_ERROR_UNKNOWN_HOST },
    { ACTIVE, "remote-host=127.0.0.1 remote-port=80 ipv6=only", GSOCK_ERROR_UNKNOWN_HOST },
    { ACTIVE, "remote-host=::1 remote-port=80 address-family=ipv4", GSOCK_ERROR_UNKNOWN_HOST },
    { ACTIVE, "remote-host=127.0.0.1 remote-service=no-such-service", GSOCK_ERROR_UNKNOWN_SERVICE },
    { PASSIVE, "local-service=no-such-service", GSOCK_ERROR_UNKNOWN_SERVICE },
    { DATAGRAM, "family-host=::1 ipv6=no family-port=5 remote-host=::1 remote-port=5", GSOCK_ERROR_UNKNOWN_HOST },
    { ACTIVE, "remote-connectable=<127.0.0.1:80> address-family=ipv6", GSOCK_ERROR_UNKNOWN_HOST },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_auto (GSockPlan) plan = { 0 };
      g_auto (GSockRequest) request;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", refusals[i].keywords);
      g_assert_true (make_request (&request, refusals[i].kind, refusals[i].keywords, &error));
      g_assert_false (gsock_plan_make (&plan, &request, NULL, &error));
      test_assert_error (error, refusals[i].code);
    }
}

static void
test_flow (void)
{
  g_auto (GSockPlan) plan = { 0 };
  g_auto (GSockRequest) request;
  g_autoptr (GError) error = NULL;

  g_assert_true (make_request (&request, ACTIVE, "remote-address=[fe80::1%lo]:80 local-host=::1 flow-info=3", &error));
  g_assert_true (gsock_plan_make (&plan, &request, NULL, &error));
  g_assert_cmpuint (gsock_address_get_flow_info (gsock_candidates_get (&plan.remote, 0)), ==, 3);
  g_assert_cmpuint (gsock_address_get_scope_id (gsock_candidates_get (&plan.remote, 0)), ==, 1);
  g_assert_cmpuint (gsock_address_get_flow_info (gsock_candidates_get (&plan.local, 0)), ==, 3);
}

/* A name may have several addresses, and the keywords choose among them. */
static void
test_names (void)
{
  static const struct
  {
    GSockClassKinds kind;
    const char *keywords, *local, *remote;
  } names[] = {
    { ACTIVE, "remote-host=localhost remote-port=80", NULL, "127.0.0.1:80 [::1]:80" },
    { ACTIVE, "remote-host=localhost remote-port=80 ipv6=no", NULL, "127.0.0.1:80" },
    { ACTIVE, "remote-host=localhost remote-port=80 ipv6=only", NULL, "[::1]:80" },
    { ACTIVE, "remote-host=localhost remote-port=80 address-family=ipv4", NULL, "127.0.0.1:80" },
    { ACTIVE, "remote-host=localhost remote-service=http", NULL, "127.0.0.1:80 [::1]:80" },
    { ACTIVE, "remote-connectable=<localhost:80>", NULL, "127.0.0.1:80 [::1]:80" },
    { PASSIVE, "local-host=localhost local-service=http", "127.0.0.1:80 [::1]:80", NULL },
    { DATAGRAM, "local-host=multi.test ipv6=no", "192.0.2.10:0 192.0.2.11:0", NULL },
  };

  if (!test_etc_is_own ())
    return;
  test_hosts_write ();
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (GSockPlan) plan = { 0 };
      g_auto (GSockRequest) request;
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) locals = NULL, remotes = NULL;
      g_autofree char *local = NULL, *remote = NULL;

      g_test_message ("%s", names[i].keywords);
      g_assert_true (make_request (&request, names[i].kind, names[i].keywords, &error));
      g_assert_true (gsock_plan_make (&plan, &request, NULL, &error));
      locals = list_of (&plan.local);
      remotes = list_of (&plan.remote);
      local = locals != NULL ? test_join_sorted (locals) : NULL;
      remote = remotes != NULL ? test_join_sorted (remotes) : NULL;
      g_assert_cmpstr (local, ==, names[i].local);
      g_assert_cmpstr (remote, ==, names[i].remote);
    }
}

/* The host that only decides on the family may be a name too. */
static void
test_family_name (void)
{
  g_auto (GSockPlan) plan = { 0 };
  g_auto (GSockRequest) request = { 0 };
  g_autoptr (GError) error = NULL;

  if (!test_etc_is_own ())
    return;
  test_hosts_write ();
  g_assert_true (make_request (&request, DATAGRAM, "family-host=six.test", &error));
  g_assert_true (gsock_plan_make (&plan, &request, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (plan.family, ==, AF_INET6);
  gsock_plan_clear (&plan);
  gsock_request_clear (&request);
  g_assert_true (make_request (&request, DATAGRAM, "family-host=no-such-host.invalid ipv6=yes", &error));
  test_etc_write ("nsswitch.conf", "hosts: files\n");
  g_assert_false (gsock_plan_make (&plan, &request, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_HOST);
  g_assert_cmpuint (plan.local.n, ==, 0);
  g_assert_cmpuint (plan.remote.n, ==, 0);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GSockPatience patience = GSOCK_PATIENCE_INIT (-1, NULL);
  g_auto (GSockPlan) plan = { 0 };
  g_auto (GSockRequest) request;
  g_autoptr (GError) error = NULL;

  g_assert_true (make_request (&request, ACTIVE, "remote-host=localhost remote-port=80", &error));
  g_cancellable_cancel (cancellable);
  patience.cancellable = cancellable;
  g_assert_false (gsock_plan_make (&plan, &request, &patience, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  test_etc_enter ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/request-plan/plans", test_plans);
  g_test_add_func ("/request-plan/refused", test_refused);
  g_test_add_func ("/request-plan/flow", test_flow);
  g_test_add_func ("/request-plan/names", test_names);
  g_test_add_func ("/request-plan/family-name", test_family_name);
  g_test_add_func ("/request-plan/cancelled", test_cancelled);

  return g_test_run ();
}
