/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keywords of the operators: the shape of each table, and what each operator takes and refuses,
 * by the manifests in data/. */

#include "testlib.h"
#include "testmanifest.h"
#include "teststage.h"

#include <gsock/gsock-op-private.h>

#include <string.h>
#include <sys/socket.h>

static const struct
{
  GSockKeywordTable *table;
  gsize spec_size;
} tables[] = {
  { &gsock_bind_keywords, sizeof (GSockBindSpec) },       { &gsock_listen_keywords, sizeof (GSockListenSpec) },
  { &gsock_accept_keywords, sizeof (GSockAcceptSpec) },   { &gsock_connect_keywords, sizeof (GSockConnectSpec) },
  { &gsock_send_keywords, sizeof (GSockSendSpec) },       { &gsock_receive_keywords, sizeof (GSockReceiveSpec) },
  { &gsock_send_many_keywords, sizeof (GSockSendSpec) },  { &gsock_receive_many_keywords, sizeof (GSockReceiveManySpec) },
  { &gsock_send_message_keywords, sizeof (GSockSendSpec) }, { &gsock_receive_message_keywords, sizeof (GSockMessageSpec) },
  { &gsock_read_line_keywords, sizeof (GSockReadSpec) }, { &gsock_read_char_keywords, sizeof (GSockReadSpec) },
  { &gsock_read_text_keywords, sizeof (GSockReadSpec) }, { &gsock_read_bytes_keywords, sizeof (GSockReadSpec) },
  { &gsock_write_text_keywords, sizeof (GSockWriteSpec) }, { &gsock_finish_output_keywords, sizeof (GSockWriteSpec) },
  { &gsock_from_fd_keywords, sizeof (GSockFromFdSpec) },  { &gsock_pair_keywords, sizeof (GSockPairSpec) },
};

/* The look-up relies on it. */
static void
test_order (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    for (guint j = 1; j < tables[i].table->n_rows; j++)
      {
        const char *before = tables[i].table->rows[j - 1].name, *name = tables[i].table->rows[j].name;

        if (strlen (before) > strlen (name) || (strlen (before) == strlen (name) && strcmp (before, name) >= 0))
          g_error ("%s: %s stands before %s", tables[i].table->operator_name, before, name);
      }
}

static const gsize sizes[] = {
  [GSOCK_ARGUMENT_BOOLEAN] = sizeof (gboolean),     [GSOCK_ARGUMENT_INT] = sizeof (int),
  [GSOCK_ARGUMENT_DOUBLE] = sizeof (double),        [GSOCK_ARGUMENT_STRING] = sizeof (char *),
  [GSOCK_ARGUMENT_ENUM] = sizeof (int),             [GSOCK_ARGUMENT_FAMILY] = sizeof (int),
  [GSOCK_ARGUMENT_PROTOCOL] = sizeof (int),         [GSOCK_ARGUMENT_FLAGS] = sizeof (guint),
  [GSOCK_ARGUMENT_FLAG] = sizeof (guint),           [GSOCK_ARGUMENT_ADDRESS] = sizeof (GSockAddress),
  [GSOCK_ARGUMENT_OBJECT] = sizeof (GObject *),     [GSOCK_ARGUMENT_TYPE] = sizeof (GType),
};

static gboolean
needs_type (GSockArgumentType type)
{
  return type == GSOCK_ARGUMENT_ENUM || type == GSOCK_ARGUMENT_FAMILY || type == GSOCK_ARGUMENT_OBJECT || type == GSOCK_ARGUMENT_TYPE;
}

/* A row may say what its enumeration says too, if there is no gap in it. */
static void
check_enum_range (const GSockKeyword *row)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (row->get_type ());
  GEnumClass *enum_class = (GEnumClass *) klass;

  if (row->minimum == row->maximum)
    return;
  g_assert_cmpint (row->minimum, ==, enum_class->minimum);
  g_assert_cmpint (row->maximum, ==, enum_class->maximum);
  for (int value = row->minimum; value <= row->maximum; value++)
    g_assert_nonnull (g_enum_get_value (enum_class, value));
}

static void
check_row (const GSockKeyword *row, gsize spec_size)
{
  g_assert_cmpuint (strlen (row->name), <=, GSOCK_KEYWORD_LENGTH_MAX);
  g_assert_cmpuint (row->id, <, 64);
  g_assert_cmpuint (row->offset, >=, sizeof (GSockSpec));
  g_assert_cmpuint (row->offset + sizes[row->type], <=, spec_size);
  g_assert_cmpint (row->minimum, <=, row->maximum);
  g_assert_true (row->type != GSOCK_ARGUMENT_INT || row->maximum > 0);
  g_assert_true (!needs_type (row->type) || row->get_type != NULL);
  if (row->type == GSOCK_ARGUMENT_ENUM)
    check_enum_range (row);
  g_assert_cmpint (row->type == GSOCK_ARGUMENT_FLAG, ==, row->flag != 0);
}

/* Two names of one keyword have one field; two keywords have two, unless they are flags. */
static void
check_two (const GSockKeyword *row, const GSockKeyword *other)
{
  g_assert_cmpint (row->id == other->id, ==, row->offset == other->offset);
  if (row->id == other->id && row->type != GSOCK_ARGUMENT_FLAG && row->type != GSOCK_ARGUMENT_FLAGS)
    g_assert_true (row->type == other->type && row->minimum == other->minimum && row->maximum == other->maximum);
}

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    for (guint j = 0; j < tables[i].table->n_rows; j++)
      {
        check_row (&tables[i].table->rows[j], tables[i].spec_size);
        for (guint k = 0; k < j; k++)
          check_two (&tables[i].table->rows[j], &tables[i].table->rows[k]);
      }
}

static void
test_found (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    for (guint j = 0; j < tables[i].table->n_rows; j++)
      {
        const GSockKeyword *row = &tables[i].table->rows[j];
        g_autofree char *name = g_strdelimit (g_strdup (row->name), "-", '_');

        g_assert_true (gsock_keyword_find (tables[i].table, row->name) == row);
        g_assert_true (gsock_keyword_find (tables[i].table, name) == row);
      }
}

static const struct
{
  const char *constant;
  guint flag;
} flags[] = {
  { "MSG_OOB", MSG_OOB },           { "MSG_PEEK", MSG_PEEK },       { "MSG_WAITALL", MSG_WAITALL },
  { "MSG_DONTWAIT", MSG_DONTWAIT }, { "MSG_CONFIRM", MSG_CONFIRM }, { "MSG_DONTROUTE", MSG_DONTROUTE },
  { "MSG_MORE", MSG_MORE },         { "MSG_EOR", MSG_EOR },         { "MSG_TRUNC", MSG_TRUNC },
  { "MSG_CTRUNC", MSG_CTRUNC },     { "MSG_ERRQUEUE", MSG_ERRQUEUE }, { "MSG_NOSIGNAL", MSG_NOSIGNAL },
  { "MSG_FASTOPEN", MSG_FASTOPEN },
};

static guint
flag_of (const char *constant)
{
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    if (g_str_equal (flags[i].constant, constant))
      return flags[i].flag;
  g_error ("%s has no number here", constant);
}

static void
check_flag (GSockKeywordTable *table, const char *name, guint flag, gboolean has)
{
  const GSockKeyword *row = gsock_keyword_find (table, name);

  if (has != (row != NULL && row->flag == flag))
    g_error ("%s: %s stands for 0x%x", table->operator_name, name, row != NULL ? row->flag : 0);
}

static guint
count_flags (const GSockKeywordTable *table)
{
  guint count = 0;

  for (guint i = 0; i < table->n_rows; i++)
    count += table->rows[i].type == GSOCK_ARGUMENT_FLAG;
  return count;
}

/* Each flag is a keyword of the operators that have it, with the system's number, and a nick. */
static void
test_flags (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "message-flags.tsv", NULL);
  g_autoptr (GTypeClass) flags_class = g_type_class_ref (GSOCK_TYPE_MESSAGE_FLAGS);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_sent = 0, n_received = 0, n_all = 1;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) columns = g_strsplit (lines[i], "\t", -1);
      GFlagsValue *value;

      if (lines[i][0] == '#' || lines[i][0] == '\0')
        continue;
      g_assert_cmpuint (g_strv_length (columns), ==, 5);
      value = g_flags_get_value_by_nick ((GFlagsClass *) flags_class, columns[0]);
      g_assert_nonnull (value);
      g_assert_cmpuint (value->value, ==, flag_of (columns[1]));
      check_flag (&gsock_send_keywords, columns[0], value->value, !g_str_equal (columns[2], "-"));
      check_flag (&gsock_receive_keywords, columns[0], value->value, g_str_equal (columns[3], "yes"));
      n_sent += !g_str_equal (columns[2], "-");
      n_received += g_str_equal (columns[3], "yes");
      n_all++;
    }
  g_assert_cmpuint (count_flags (&gsock_send_keywords), ==, n_sent);
  g_assert_cmpuint (count_flags (&gsock_receive_keywords), ==, n_received);
  g_assert_cmpuint (((GFlagsClass *) flags_class)->n_values, ==, n_all);
}

typedef gboolean (*Run) (GSockSocket *socket, const TestCase *test, GError **error);

static gboolean
run_send (GSockSocket *socket, const TestCase *test, GError **error)
{
  gssize n = gsock_socket_send_to_with_keywords (socket, (const guint8 *) "hello", 5, (const char *const *) test->names,
                                                 test->values, test->n_values, NULL, error);

  g_assert_cmpint (n, >=, -1);
  g_assert_cmpint (n, <=, 5);
  return n >= 0;
}

static gboolean
run_receive (GSockSocket *socket, const TestCase *test, GError **error)
{
  gsize length = 99;
  g_autofree guint8 *bytes = gsock_socket_receive_from_with_keywords (socket, 5, (const char *const *) test->names, test->values,
                                                                      test->n_values, &length, NULL, NULL, NULL, NULL, error);

  g_assert_cmpuint (length, <=, bytes != NULL ? 5 : 0);
  if (bytes != NULL)
    g_assert_cmpmem (bytes, length, "hello", length);
  return bytes != NULL;
}

static gboolean
run_send_many (GSockSocket *socket, const TestCase *test, GError **error)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  gssize n;

  for (guint i = 0; i < 3; i++)
    g_assert_true (gsock_batch_add (batch, (const guint8 *) "hello", 5 - i / 2, NULL, NULL));
  n = gsock_socket_send_many_with_keywords (socket, batch, (const char *const *) test->names, test->values, test->n_values, NULL, error);
  g_assert_cmpint (n, >=, -1);
  g_assert_cmpint (n, <=, 3);
  return n >= 0;
}

static gboolean
run_receive_many (GSockSocket *socket, const TestCase *test, GError **error)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  gssize n = gsock_socket_receive_many_with_keywords (socket, batch, 5, (const char *const *) test->names, test->values, test->n_values, NULL, error);

  g_assert_cmpint (gsock_batch_get_count (batch), ==, MAX (n, 0));
  g_assert_true (n == 1 || n == -1);
  return n >= 0;
}

static gboolean
run_send_message (GSockSocket *socket, const TestCase *test, GError **error)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  gssize n;

  gsock_message_add_data (message, (const guint8 *) "hello", 5);
  n = gsock_socket_send_message_with_keywords (socket, message, (const char *const *) test->names, test->values, test->n_values, NULL, error);
  g_assert_true (n == 5 || n == -1);
  g_assert_null (gsock_message_get_address (message));
  return n >= 0;
}

static gboolean
run_receive_message (GSockSocket *socket, const TestCase *test, GError **error)
{
  g_autoptr (GSockMessage) message
      = gsock_socket_receive_message_with_keywords (socket, 5, (const char *const *) test->names, test->values, test->n_values, NULL, error);

  g_assert_true (message == NULL || gsock_message_get_length (message) == 5);
  return message != NULL;
}

static gboolean
run_connect (GSockSocket *socket, const TestCase *test, GError **error)
{
  gboolean done = gsock_socket_connect_to (socket, NULL, (const char *const *) test->names, test->values, test->n_values, NULL, error);

  g_assert_true (!done || gsock_socket_is_connected (socket));
  return done;
}

static gboolean
run_bind (GSockSocket *socket, const TestCase *test, GError **error)
{
  gboolean done = gsock_socket_bind_address_with_keywords (socket, NULL, (const char *const *) test->names, test->values,
                                                           test->n_values, NULL, error);

  g_assert_true (!done || gsock_socket_is_bound (socket));
  return done;
}

static gboolean
run_listen (GSockSocket *socket, const TestCase *test, GError **error)
{
  gboolean done = gsock_passive_socket_listen_on_with_keywords (GSOCK_PASSIVE_SOCKET (socket), (const char *const *) test->names,
                                                                test->values, test->n_values, error);

  g_assert_true (!done || gsock_socket_is_listening (socket));
  return done;
}

static gboolean
run_accept (GSockSocket *socket, const TestCase *test, GError **error)
{
  g_autoptr (GSockActiveSocket) active
      = gsock_passive_socket_accept_connection_with_keywords (GSOCK_PASSIVE_SOCKET (socket), (const char *const *) test->names,
                                                              test->values, test->n_values, NULL, error);

  return active != NULL;
}

static const struct
{
  const char *path, *manifest;
  GSockKeywordTable *table;
  Run run;
} operators[] = {
  { "/keyword-table/send-to", "send-to.tsv", &gsock_send_keywords, run_send },
  { "/keyword-table/receive-from", "receive-from.tsv", &gsock_receive_keywords, run_receive },
  { "/keyword-table/send-many", "send-many.tsv", &gsock_send_many_keywords, run_send_many },
  { "/keyword-table/receive-many", "receive-many.tsv", &gsock_receive_many_keywords, run_receive_many },
  { "/keyword-table/send-message", "send-message.tsv", &gsock_send_message_keywords, run_send_message },
  { "/keyword-table/receive-message", "receive-message.tsv", &gsock_receive_message_keywords, run_receive_message },
  { "/keyword-table/connect", "connect.tsv", &gsock_connect_keywords, run_connect },
  { "/keyword-table/bind-address", "bind-address.tsv", &gsock_bind_keywords, run_bind },
  { "/keyword-table/listen-on", "listen-on.tsv", &gsock_listen_keywords, run_listen },
  { "/keyword-table/accept-connection", "accept-connection.tsv", &gsock_accept_keywords, run_accept },
};

static void
run_case (TestManifest *manifest, TestCase *test, TestStage *stage, Run run)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = test_stage_make (stage, test->socket);
  gboolean done;

  test_case_fill (test, stage->places);
  done = run (socket, test, &error);
  test_manifest_check (manifest, test, done, error);
  g_assert_finalize_object (socket);
  test_stage_restore (stage);
}

static void
test_manifest (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  g_autoptr (TestManifest) manifest = test_manifest_load (operators[row].manifest);
  TestStage stage;

  test_stage_open (&stage);
  for (guint i = 0; i < manifest->cases->len; i++)
    {
      TestCase *test = g_ptr_array_index (manifest->cases, i);

      if (test_manifest_can_try (manifest, test, stage.places))
        test_case_keeps_descriptors (test, run_case (manifest, test, &stage, operators[row].run));
    }
  test_manifest_check_coverage (manifest, operators[row].table);
  test_stage_close (&stage);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/keyword-table/order", test_order);
  g_test_add_func ("/keyword-table/rows", test_rows);
  g_test_add_func ("/keyword-table/found", test_found);
  g_test_add_func ("/keyword-table/flags", test_flags);
  for (gsize i = 0; i < G_N_ELEMENTS (operators); i++)
    g_test_add_data_func (operators[i].path, GSIZE_TO_POINTER (i), test_manifest);

  return g_test_run ();
}
