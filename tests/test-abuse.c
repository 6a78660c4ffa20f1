/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every operator with every hostile value for every argument, one at a time and by chance: an answer or an
 * error, and one of them. What is left out is what C cannot tell: pointers to nowhere, and receivers of
 * another type, which are refused with a critical. */

#include <gsock/gsock.h>

#include "testabuse.h"
#include "testasync.h"
#include "testwire.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* What they are called on and given when it is nobody's turn. */
typedef struct
{
  GSockSocket *near, *far, *udp, *listener, *closed, *empty, *raw;
  GSockServer *server;
  GCancellable *cancelled;
  GSockAddress here, nowhere;
  GAsyncResult *foreign;
  int file;
} Stage;

static Stage stage;
static const char *const no_names[] = { NULL };
static const char *const label[] = { "a", NULL };
static const guint readable[] = { G_IO_IN, G_IO_OUT };
static GSockSocket *none_among[2];

static void
stage_open (void)
{
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-seqpacket")));
  stage.near = wire.near;
  stage.far = wire.far;
  stage.udp = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
  stage.listener = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL);
  stage.raw = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_NETLINK, "type", GSOCK_SOCKET_TYPE_RAW, NULL);
  stage.closed = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  gsock_socket_close (stage.closed, FALSE, NULL);
  stage.empty = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);
  stage.server = gsock_server_new (GSOCK_PASSIVE_SOCKET (stage.listener));
  stage.here = test_address_of (stage.udp);
  stage.file = open ("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* What is pending is ended by that, and called back. */
static void
stage_close (void)
{
  GSockSocket **all[] = { &stage.near, &stage.far, &stage.udp, &stage.listener, &stage.closed, &stage.empty, &stage.raw };

  gsock_server_stop (stage.server);
  g_clear_object (&stage.server);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    gsock_socket_close (*all[i], TRUE, NULL);
  while (test_n_pending > 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_clear_object (all[i]);
  close (stage.file);
}

static void
given_init (Given *self)
{
  static const int no_fd = -1;

  *self = (Given) {
    .self = stage.near,
    .active = GSOCK_ACTIVE_SOCKET (stage.near),
    .passive = GSOCK_PASSIVE_SOCKET (stage.listener),
    .datagram = GSOCK_DATAGRAM_SOCKET (stage.udp),
    .server = stage.server,
    .other = stage.udp,
    .sockets = &stage.udp,
    .n_sockets = 1,
    .names = no_names,
    .labels = label,
    .conditions = readable,
    .n_conditions = 1,
    .data = test_room,
    .length = 5,
    .fds = &no_fd,
    .n_fds = 1,
    .size = 10,
    .number = 10,
    .count = 1,
    .fd = test_peek_fd (stage.udp),
    .text = "127.0.0.1",
    .flags = GSOCK_MESSAGE_FLAGS_DONT_WAIT,
    .condition = G_IO_IN,
    .type = GSOCK_TYPE_DATAGRAM_SOCKET,
    .cancellable = stage.cancelled,
  };
}

static void
given_clear (Given *self)
{
  g_clear_pointer (&self->message, gsock_message_unref);
  g_clear_pointer (&self->batch, gsock_batch_unref);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->variant, g_variant_unref);
}

static const gint64 integers[] = {
  0, 1, -1, 2, 255, 256, 65535, 65536, G_MAXINT, G_MININT, (gint64) G_MAXUINT, (gint64) 1 << 32, G_MAXINT64, G_MININT64,
};
static const double seconds[] = { 0, -0.5, -1, -2, -3, 1e-12, 1e300, -1e300, NAN, INFINITY, -INFINITY };
static const char *const texts[] = {
  NULL, "", "klingon", "80", "127.0.0.1:80", "::1%", "@", "/no/such/folder/x", "a\xff" "b", "%s%n", "lo", "239.1.2.3", "linger",
  "tcp-nodelay", "attach-filter", "ip-add-membership", "peer-credentials", " ", "\n", "READY=1",
};
static const gsize lengths[] = { 0, 1, 5, 108, 200, 1472, 65507, 65508, 65536 };
static const gsize sizes[] = { 0, 1, 65536, (gsize) 1 << 20, (gsize) G_MAXINT + 1, G_MAXSSIZE, (gsize) G_MAXSSIZE + 1, G_MAXSIZE };

static GVariant *
some_variant (guint i)
{
  static const char *const written[] = {
    "true", "5", "int64 -1", "uint64 18446744073709551615", "1.5", "'lo'", "''", "(true, 5)", "()", "@ay []", "b'abc'", "@mv nothing",
    "('239.1.2.3', 'lo')", "('239.1.2.3', 'lo', '127.0.0.1')", "(1, 2, 3, 4, 5, 6)", "{'a': <1>}", "[1, 2]", "<5>", "handle 1", "objectpath '/'",
  };

  return i == 0 ? NULL : g_variant_ref_sink (g_variant_new_parsed (written[i % G_N_ELEMENTS (written)]));
}

/* Each changes one thing, in as many ways as it says; the ways of the last ones are not counted up. */
static void
change_self (Given *self, guint i)
{
  GSockSocket *all[] = { stage.near, stage.far, stage.udp, stage.listener, stage.closed, stage.empty, stage.raw };

  self->self = all[i];
  if (GSOCK_IS_DATAGRAM_SOCKET (all[i]))
    self->datagram = GSOCK_DATAGRAM_SOCKET (all[i]);
  if (GSOCK_IS_ACTIVE_SOCKET (all[i]))
    self->active = GSOCK_ACTIVE_SOCKET (all[i]);
}

static void
change_other (Given *self, guint i)
{
  GSockSocket *all[] = { NULL, stage.near, stage.far, stage.closed, stage.empty, stage.raw };

  self->other = all[i];
}

static void
change_sockets (Given *self, guint i)
{
  static GSockSocket *many[300];

  self->sockets = i == 0 ? NULL : i == 1 ? none_among : i == 2 ? many : i == 3 ? &stage.closed : i == 4 ? &stage.near : &stage.empty;
  self->n_sockets = i == 0 ? 0 : i == 1 ? 2 : i == 2 ? 300 : 1;
}

static void
change_message (Given *self, guint i)
{
  self->message = i == 0 ? NULL : gsock_message_new ();
  if (i > 1)
    gsock_message_add_data (self->message, test_room, lengths[i]);
  if (i > 4)
    gsock_message_set_address (self->message, i > 6 ? &stage.nowhere : &stage.here);
}

static void
change_batch (Given *self, guint i)
{
  self->batch = i == 0 ? NULL : gsock_batch_new ();
  for (guint n = 0; n < i && n < 5; n++)
    g_assert_true (gsock_batch_add (self->batch, test_room, n == 4 ? 65507 : n, i > 5 ? &stage.here : NULL, NULL));
}

static void
change_bytes (Given *self, guint i)
{
  self->bytes = i == 0 ? NULL : g_bytes_new_static (test_room, lengths[i]);
}

static void
change_text (Given *self, guint i)
{
  self->text = texts[i];
  self->variant = some_variant (g_test_rand_int_range (0, 20));
}

static void
change_variant (Given *self, guint i)
{
  self->text = texts[12 + i % 5];
  self->variant = some_variant (i);
}

static void
change_integer (Given *self, guint i)
{
  self->integer = (int) integers[i];
}

static void
change_count (Given *self, guint i)
{
  self->count = (guint) integers[i];
}

static void
change_number (Given *self, guint i)
{
  self->number = (gssize) integers[i];
}

static void
change_conditions (Given *self, guint i)
{
  self->n_conditions = i == 0 ? 0 : i;
  self->conditions = i == 0 ? NULL : readable;
}

static void
change_size (Given *self, guint i)
{
  self->size = sizes[i];
}

static void
change_length (Given *self, guint i)
{
  self->length = lengths[i];
  self->data = i == 0 ? NULL : test_room;
}

static void
change_timeout (Given *self, guint i)
{
  self->timeout = seconds[i];
  self->wait = TRUE;
}

static void
change_fd (Given *self, guint i)
{
  const int fds[] = { -1, G_MAXINT, G_MININT, 99999, stage.file, test_peek_fd (stage.near) };

  self->fd = fds[i];
}

static void
change_fds (Given *self, guint i)
{
  static int many[300];

  self->fds = i == 0 ? NULL : many;
  self->n_fds = i == 0 ? 0 : (gsize[]) { 0, 1, 2, 253, 254, 300 }[i];
  for (guint n = 0; n < G_N_ELEMENTS (many); n++)
    many[n] = stage.file;
}

static void
change_flags (Given *self, guint i)
{
  self->flags = (GSockMessageFlags) (i < 31 ? 1u << i : G_MAXUINT);
}

static void
change_condition (Given *self, guint i)
{
  self->condition = (GIOCondition) (i < 31 ? 1u << i : i == 31 ? 0 : G_MAXUINT);
}

static void
change_flag (Given *self, guint i)
{
  self->flag = i == 1 ? 2 : (gboolean) i - 1;
  self->wait = i == 2 ? 77 : FALSE;
}

static void
change_address (Given *self, guint i)
{
  static GSockAddress strange[6];

  memset (strange[1].storage, 0xff, sizeof strange[1].storage);
  strange[1].length = sizeof strange[1].storage;
  strange[2] = stage.here;
  strange[2].length = 1;
  strange[3] = stage.here;
  strange[3].length = sizeof strange[3].storage;
  g_assert_true (gsock_address_init_from_text (&strange[4], "[fe80::1]:0", NULL));
  g_assert_true (gsock_address_init_from_filename (&strange[5], "/no/such/folder/x", NULL));
  self->address = i == 6 ? &stage.here : &strange[i];
}

static void
change_type (Given *self, guint i)
{
  const GType types[] = { G_TYPE_INVALID, G_TYPE_NONE, G_TYPE_STRING, G_TYPE_OBJECT, GSOCK_TYPE_SOCKET, GSOCK_TYPE_ADDRESS, G_TYPE_ASYNC_INITABLE };

  self->type = types[i];
}

static void
change_cancellable (Given *self, guint i)
{
  self->cancellable = i == 0 ? NULL : stage.cancelled;
}

static void
change_labels (Given *self, guint i)
{
  static const char *const empty[] = { "", NULL }, *const strange[] = { "a\xff" "\n", "x", "x", NULL };

  self->labels = i == 0 ? NULL : i == 1 ? no_names : i == 2 ? empty : strange;
}

static void
change_result (Given *self, guint i)
{
  self->result = i == 0 ? NULL : stage.foreign;
}

static const char *const keywords[][2] = {
  { "timeout" }, { "wait" }, { "flags" }, { "size" }, { "start" }, { "end" }, { "remote-host", "remote-port" }, { "remote-address" },
  { "host", "port" }, { "type" }, { "connect" }, { "interface" }, { "local-filename" }, { "active-type" }, { "linger" }, { "more" }, { "file-mode" },
  { "external-format" }, { "input-buffer-size" }, { "maximum-length" }, { "backlog" }, { "pid" }, { "", "" }, { "no-such-keyword" },
  { "remote-connectable" }, { "protocol" }, { "address-family" }, { "dup" }, { "ipv6" },
};

static const GType value_types[] = { 0, G_TYPE_BOOLEAN, G_TYPE_INT, G_TYPE_UINT64, G_TYPE_DOUBLE, G_TYPE_STRING, G_TYPE_OBJECT, G_TYPE_VARIANT, G_TYPE_INT64, G_TYPE_CHAR, G_TYPE_POINTER };

#define N_VALUES (G_N_ELEMENTS (value_types) * 3)

static GValue given_values[2];

static void
fill_value (GValue *value, guint i)
{
  GType type = value_types[i % G_N_ELEMENTS (value_types)];
  guint n = (guint) g_test_rand_int_range (0, 1000);

  if (G_IS_VALUE (value))
    g_value_unset (value);
  if (type == 0)
    return;
  g_value_init (value, type);
  if (type == G_TYPE_BOOLEAN)
    g_value_set_boolean (value, n % 2);
  else if (type == G_TYPE_INT)
    g_value_set_int (value, (int) integers[n % G_N_ELEMENTS (integers)]);
  else if (type == G_TYPE_UINT64)
    g_value_set_uint64 (value, (guint64) integers[n % G_N_ELEMENTS (integers)]);
  else if (type == G_TYPE_INT64)
    g_value_set_int64 (value, integers[n % G_N_ELEMENTS (integers)]);
  else if (type == G_TYPE_DOUBLE)
    g_value_set_double (value, seconds[n % G_N_ELEMENTS (seconds)]);
  else if (type == G_TYPE_STRING)
    g_value_set_string (value, texts[n % G_N_ELEMENTS (texts)]);
  else if (type == G_TYPE_VARIANT)
    g_value_take_variant (value, some_variant (n % 20));
  else if (type == G_TYPE_OBJECT)
    g_value_set_object (value, n % 2 == 0 ? (GObject *) stage.cancelled : NULL);
}

static void
change_keywords (Given *self, guint i)
{
  static const char *names[3];
  const char *const *pair = keywords[i / N_VALUES];

  names[0] = pair[0];
  names[1] = pair[1];
  for (guint n = 0; n < G_N_ELEMENTS (given_values); n++)
    fill_value (&given_values[n], i + n);
  self->names = names;
  self->values = given_values;
  self->n_values = pair[1] != NULL ? 2 : 1;
  self->wait = FALSE;
}

static void
change_counts (Given *self, guint i)
{
  static const char *const two[] = { "wait", "timeout", NULL };

  fill_value (&given_values[0], 1);
  self->names = i % 2 == 0 ? two : NULL;
  self->values = i == 4 ? NULL : given_values;
  self->n_values = (const guint[]) { 0, 1, 1, 2, 0 }[i];
}

static const struct
{
  const char *name;
  guint n;
  void (*change) (Given *given, guint i);
} changes[] = {
  { "nothing", 1, change_cancellable },
  { "self", 7, change_self },
  { "other", 6, change_other },
  { "sockets", 6, change_sockets },
  { "message", 9, change_message },
  { "batch", 7, change_batch },
  { "bytes", G_N_ELEMENTS (lengths), change_bytes },
  { "text", G_N_ELEMENTS (texts), change_text },
  { "variant", 100, change_variant },
  { "integer", G_N_ELEMENTS (integers), change_integer },
  { "count", G_N_ELEMENTS (integers), change_count },
  { "number", G_N_ELEMENTS (integers), change_number },
  { "conditions", 3, change_conditions },
  { "size", G_N_ELEMENTS (sizes), change_size },
  { "length", G_N_ELEMENTS (lengths), change_length },
  { "timeout", G_N_ELEMENTS (seconds), change_timeout },
  { "fd", 6, change_fd },
  { "fds", 6, change_fds },
  { "flags", 32, change_flags },
  { "condition", 33, change_condition },
  { "flag", 3, change_flag },
  { "address", 7, change_address },
  { "type", 7, change_type },
  { "cancellable", 2, change_cancellable },
  { "labels", 4, change_labels },
  { "result", 2, change_result },
  { "keywords", G_N_ELEMENTS (keywords) * N_VALUES, change_keywords },
  { "counts", 5, change_counts },
};

/* What would be waited for is cancelled, and nothing waits by itself. */
static void
tame (Given *given)
{
  GSockSocket *all[] = { stage.near, stage.far, stage.udp, stage.listener, stage.raw };

  if (given->wait || given->n_values > 0)
    given->cancellable = stage.cancelled;
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    gsock_socket_set_timeout (all[i], 0);
}

static void
run_one (guint operator, Given *given)
{
  tame (given);
  test_operators[operator].call (given);
  given_clear (given);
  if (test_n_pending > 100)
    {
      stage_close ();
      stage_open ();
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
mend (void)
{
  if (!gsock_socket_is_open (stage.near) || !gsock_socket_is_open (stage.udp) || !gsock_socket_is_open (stage.listener)
      || !gsock_socket_is_open (stage.far) || !gsock_socket_is_open (stage.raw))
    {
      stage_close ();
      stage_open ();
    }
}

/* A thread of GLib's pool that has waited keeps one to be woken by until it ends. */
static guint
count_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  for (const char *name = g_dir_read_name (folder); name != NULL; name = g_dir_read_name (folder))
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);

      n += target != NULL && strstr (target, "eventfd") == NULL;
    }
  return n;
}

/* What a thread is still busy with is not left. */
static void
assert_descriptors (guint before)
{
  for (guint i = 0; i < 5000 && count_descriptors () > before; i++)
    g_usleep (1000);
  g_assert_cmpuint (count_descriptors (), ==, before);
}

static void
test_one_by_one (void)
{
  guint before = count_descriptors ();
  guint n = 0, step = test_is_long () ? 1 : 7;
  Given given;

  stage_open ();
  for (guint i = 0; i < test_n_operators; i++)
    for (guint j = 0; j < G_N_ELEMENTS (changes); j++)
      for (guint k = changes[j].n > 40 ? (guint) g_test_rand_int_range (0, (int) step) : 0; k < changes[j].n; k += changes[j].n > 40 ? step : 1, n++)
        {
          mend ();
          given_init (&given);
          changes[j].change (&given, k);
          g_test_message ("%s, %s %u", test_operators[i].name, changes[j].name, k);
          run_one (i, &given);
        }
  stage_close ();
  assert_descriptors (before);
  g_test_message ("%u calls of %u operators", n, test_n_operators);
}

static void
test_by_chance (void)
{
  guint count = test_is_long () ? 300000 : 3000;
  guint before = count_descriptors ();
  Given given;

  stage_open ();
  for (guint n = 0; n < count; n++)
    {
      guint operator = (guint) g_test_rand_int_range (0, (int) test_n_operators);
      g_autoptr (GString) told = g_string_new (test_operators[operator].name);

      mend ();
      given_init (&given);
      for (guint i = (guint) g_test_rand_int_range (1, 5); i > 0; i--)
        {
          guint j = (guint) g_test_rand_int_range (0, G_N_ELEMENTS (changes));
          guint k = (guint) g_test_rand_int_range (0, (int) changes[j].n);

          given_clear (&given);
          changes[j].change (&given, k);
          g_string_append_printf (told, ", %s %u", changes[j].name, k);
        }
      g_test_message ("%s", told->str);
      run_one (operator, &given);
    }
  stage_close ();
  assert_descriptors (before);
}

int
main (int argc, char **argv)
{
  g_autoptr (GTask) task = NULL;

  g_test_init (&argc, &argv, NULL);
  test_warm_up ();
  stage.cancelled = g_cancellable_new ();
  g_cancellable_cancel (stage.cancelled);
  task = g_task_new (NULL, NULL, NULL, NULL);
  stage.foreign = G_ASYNC_RESULT (task);
  g_test_add_func ("/abuse/one-by-one", test_one_by_one);
  g_test_add_func ("/abuse/by-chance", test_by_chance);
  return g_test_run ();
}
