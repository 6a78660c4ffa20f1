/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What make-socket is asked for: the table of its keywords, and which of them go together. */

#include <gsock/gsock-request-private.h>

#include <gsock/gsock-active-socket.h>
#include <gsock/gsock-enum-types.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-external-format-private.h>
#include <gsock/gsock-make-socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>

#define FIELD(name) offsetof (GSockRequest, name)

/* Sorted by length, then by name. */
static const GSockKeyword rows[] = {
  { .name = "ipv6", .type = GSOCK_ARGUMENT_ENUM, .id = GSOCK_KEYWORD_IPV6, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (ipv6), .minimum = GSOCK_IPV6_MODE_NO, .maximum = GSOCK_IPV6_MODE_ONLY, .get_type = gsock_ipv6_mode_get_type },
  { .name = "type", .type = GSOCK_ARGUMENT_ENUM, .id = GSOCK_KEYWORD_SOCKET_TYPE, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (type), .minimum = GSOCK_SOCKET_TYPE_STREAM, .maximum = GSOCK_SOCKET_TYPE_SEQPACKET, .get_type = gsock_socket_type_get_type },
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_KEYWORD_WAIT, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (wait) },
  { .name = "backlog", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_KEYWORD_BACKLOG, .kinds = GSOCK_CLASS_PASSIVE, .offset = FIELD (backlog), .minimum = 0, .maximum = G_MAXINT },
  { .name = "connect", .type = GSOCK_ARGUMENT_ENUM, .id = GSOCK_KEYWORD_CONNECT, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (role), .minimum = GSOCK_ROLE_ACTIVE, .maximum = GSOCK_ROLE_PASSIVE, .get_type = gsock_role_get_type },
  { .name = "nodelay", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_KEYWORD_NODELAY, .kinds = GSOCK_CLASS_STREAM, .offset = FIELD (nodelay) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_KEYWORD_TIMEOUT, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (timeout) },
  { .name = "protocol", .type = GSOCK_ARGUMENT_PROTOCOL, .id = GSOCK_KEYWORD_PROTOCOL, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (protocol) },
  { .name = "scope-id", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_KEYWORD_SCOPE_ID, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (scope_id), .minimum = 0, .maximum = G_MAXINT },
  { .name = "broadcast", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_KEYWORD_BROADCAST, .kinds = GSOCK_CLASS_DATAGRAM, .offset = FIELD (broadcast) },
  { .name = "file-mode", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_KEYWORD_FILE_MODE, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (file_mode), .minimum = 0, .maximum = 511 },
  { .name = "flow-info", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_KEYWORD_FLOW_INFO, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (flow_info), .minimum = 0, .maximum = 1048575 },
  { .name = "interface", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_KEYWORD_INTERFACE, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (interface) },
  { .name = "keepalive", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_KEYWORD_KEEPALIVE, .kinds = GSOCK_CLASS_STREAM, .offset = FIELD (keepalive) },
  { .name = "local-host", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_KEYWORD_LOCAL_HOST, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (local_host) },
  { .name = "local-port", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_KEYWORD_LOCAL_PORT, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (local_port), .minimum = 0, .maximum = 65535 },
  { .name = "reuse-port", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_KEYWORD_REUSE_PORT, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (reuse_port) },
  { .name = "active-type", .type = GSOCK_ARGUMENT_TYPE, .id = GSOCK_KEYWORD_ACTIVE_TYPE, .kinds = GSOCK_CLASS_PASSIVE, .offset = FIELD (active_type), .get_type = gsock_active_socket_get_type },
  { .name = "family-host", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_KEYWORD_FAMILY_HOST, .kinds = GSOCK_CLASS_DATAGRAM, .offset = FIELD (family_host) },
  { .name = "family-port", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_KEYWORD_FAMILY_PORT, .kinds = GSOCK_CLASS_DATAGRAM, .offset = FIELD (family_port), .minimum = 0, .maximum = 65535 },
  { .name = "remote-host", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_KEYWORD_REMOTE_HOST, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (remote_host) },
  { .name = "remote-port", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_KEYWORD_REMOTE_PORT, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (remote_port), .minimum = 1, .maximum = 65535 },
  { .name = "socket-type", .type = GSOCK_ARGUMENT_ENUM, .id = GSOCK_KEYWORD_SOCKET_TYPE, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (type), .minimum = GSOCK_SOCKET_TYPE_STREAM, .maximum = GSOCK_SOCKET_TYPE_SEQPACKET, .get_type = gsock_socket_type_get_type },
  { .name = "local-address", .type = GSOCK_ARGUMENT_ADDRESS, .id = GSOCK_KEYWORD_LOCAL_ADDRESS, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (local_address), .get_type = gsock_address_get_type },
  { .name = "local-service", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_KEYWORD_LOCAL_SERVICE, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (local_service) },
  { .name = "replace-stale", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_KEYWORD_REPLACE_STALE, .kinds = GSOCK_CLASS_PASSIVE, .offset = FIELD (replace_stale) },
  { .name = "reuse-address", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_KEYWORD_REUSE_ADDRESS, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (reuse_address) },
  { .name = "address-family", .type = GSOCK_ARGUMENT_FAMILY, .id = GSOCK_KEYWORD_ADDRESS_FAMILY, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (address_family), .get_type = gsock_address_family_get_type },
  { .name = "local-filename", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_KEYWORD_LOCAL_FILENAME, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (local_filename) },
  { .name = "remote-address", .type = GSOCK_ARGUMENT_ADDRESS, .id = GSOCK_KEYWORD_REMOTE_ADDRESS, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (remote_address), .get_type = gsock_address_get_type },
  { .name = "remote-service", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_KEYWORD_REMOTE_SERVICE, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (remote_service) },
  { .name = "external-format", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_KEYWORD_EXTERNAL_FORMAT, .kinds = GSOCK_CLASS_STREAM, .offset = FIELD (external_format) },
  { .name = "include-headers", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_KEYWORD_INCLUDE_HEADERS, .kinds = GSOCK_CLASS_RAW, .offset = FIELD (include_headers) },
  { .name = "remote-filename", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_KEYWORD_REMOTE_FILENAME, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (remote_filename) },
  { .name = "unlink-on-close", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_KEYWORD_UNLINK_ON_CLOSE, .kinds = GSOCK_CLASS_ANY, .offset = FIELD (unlink_on_close) },
  { .name = "multicast-groups", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_KEYWORD_MULTICAST_GROUPS, .kinds = GSOCK_CLASS_RAW, .offset = FIELD (multicast_groups), .minimum = 0, .maximum = G_MAXINT },
  { .name = "input-buffer-size", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_KEYWORD_INPUT_BUFFER_SIZE, .kinds = GSOCK_CLASS_STREAM, .offset = FIELD (input_buffer_size), .minimum = 0, .maximum = G_MAXINT },
  { .name = "output-buffer-size", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_KEYWORD_OUTPUT_BUFFER_SIZE, .kinds = GSOCK_CLASS_STREAM, .offset = FIELD (output_buffer_size), .minimum = 0, .maximum = G_MAXINT },
  { .name = "remote-connectable", .type = GSOCK_ARGUMENT_OBJECT, .id = GSOCK_KEYWORD_REMOTE_CONNECTABLE, .kinds = GSOCK_CLASS_ACTIVE, .offset = FIELD (remote_connectable), .get_type = g_socket_connectable_get_type },
};

#define ALIAS(id_, option_, level_, number_, field)                                                \
  { .id = id_, .option = option_, .level = level_, .number = number_, .offset = FIELD (field) }

const GSockKeywordAlias gsock_keyword_aliases[] = {
  ALIAS (GSOCK_KEYWORD_REUSE_ADDRESS, "reuse-address", SOL_SOCKET, SO_REUSEADDR, reuse_address),
  ALIAS (GSOCK_KEYWORD_REUSE_PORT, "reuse-port", SOL_SOCKET, SO_REUSEPORT, reuse_port),
  ALIAS (GSOCK_KEYWORD_KEEPALIVE, "keep-alive", SOL_SOCKET, SO_KEEPALIVE, keepalive),
  ALIAS (GSOCK_KEYWORD_NODELAY, "tcp-nodelay", IPPROTO_TCP, TCP_NODELAY, nodelay),
  ALIAS (GSOCK_KEYWORD_BROADCAST, "broadcast", SOL_SOCKET, SO_BROADCAST, broadcast),
  ALIAS (GSOCK_KEYWORD_INCLUDE_HEADERS, "ip-header-include", IPPROTO_IP, IP_HDRINCL, include_headers),
};
const guint gsock_n_keyword_aliases = G_N_ELEMENTS (gsock_keyword_aliases);

static GParamSpec *
find_own_property (GSockRequest *self, const char *name)
{
  g_autofree char *canonical = NULL;
  GParamSpec *pspec;

  if (self->object == NULL)
    return NULL;
  canonical = g_strdelimit (g_strdup (name), "_", '-');
  pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (self->object), canonical);
  return pspec != NULL && (pspec->flags & G_PARAM_WRITABLE) != 0 ? pspec : NULL;
}

static GType
other_type (gpointer request, const char *name)
{
  GParamSpec *pspec = find_own_property (request, name);
  const GSockOption *option = pspec == NULL ? gsock_option_find (name) : NULL;

  if (pspec != NULL)
    return pspec->value_type;
  return option != NULL ? gsock_option_argument_type (option) : G_TYPE_INVALID;
}

static gboolean
add_option (GSockRequest *self, const GSockOption *option, const GValue *value, GError **error)
{
  GSockRequestedOption requested = { .option = option };

  for (guint i = 0; self->options != NULL && i < self->options->len; i++)
    if (g_array_index (self->options, GSockRequestedOption, i).option == option)
      return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: the option %s is given twice", option->name);

  requested.value = gsock_option_variant_from_value (option, value, error);
  if (requested.value == NULL)
    return FALSE;
  g_variant_take_ref (requested.value);
  if (self->options == NULL)
    self->options = g_array_new (FALSE, FALSE, sizeof (GSockRequestedOption));
  g_array_append_val (self->options, requested);
  return TRUE;
}

/* Checked here what GObject would only warn of. */
static gboolean
set_own_property (GSockRequest *self, GParamSpec *pspec, const GValue *value, GError **error)
{
  g_auto (GValue) converted = G_VALUE_INIT;
  g_autofree char *contents = NULL;

  if ((pspec->flags & G_PARAM_CONSTRUCT_ONLY) != 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: %s can only be given to the constructor of %s",
                                pspec->name, G_OBJECT_TYPE_NAME (self->object));
  g_value_init (&converted, pspec->value_type);
  if (!g_value_transform (value, &converted))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: %s takes a %s, not a %s",
                                pspec->name, g_type_name (pspec->value_type), G_VALUE_TYPE_NAME (value));
  if (g_param_value_validate (pspec, &converted) && (pspec->flags & G_PARAM_LAX_VALIDATION) == 0)
    {
      contents = g_strdup_value_contents (value);
      return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "make-socket: %s cannot be %s", pspec->name, contents);
    }
  g_object_set_property (self->object, pspec->name, &converted);
  return TRUE;
}

static gboolean
other (gpointer request, const char *name, const GValue *value, GError **error)
{
  GSockRequest *self = request;
  GParamSpec *pspec = find_own_property (self, name);

  if (pspec == NULL)
    return add_option (self, gsock_option_find (name), value, error);
  return set_own_property (self, pspec, value, error);
}

static void
other_names (gpointer request, GPtrArray *names)
{
  GSockRequest *self = request;
  g_autofree GParamSpec **pspecs = NULL;
  guint n_pspecs = 0;

  if (self->object != NULL)
    pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (self->object), &n_pspecs);
  for (guint i = 0; i < n_pspecs; i++)
    if (gsock_keyword_find (&gsock_make_socket_keywords, pspecs[i]->name) == NULL)
      g_ptr_array_add (names, (gpointer) pspecs[i]->name);
  gsock_option_append_names (names);
}

#define MAKE_SOCKET_TABLE(owns_)                                                                   \
  {                                                                                                \
    .operator_name = "make-socket", .rows = rows, .n_rows = G_N_ELEMENTS (rows), .owns = (owns_),  \
    .other_type = other_type, .other = other, .other_names = other_names,                          \
  }

GSockKeywordTable gsock_make_socket_keywords = MAKE_SOCKET_TABLE (TRUE);
GSockKeywordTable gsock_make_socket_borrowed_keywords = MAKE_SOCKET_TABLE (FALSE);

void
gsock_request_init (GSockRequest *self)
{
  memset (self, 0, offsetof (GSockRequest, local_address));
  self->local_address.length = self->remote_address.length = 0;
  self->type = GSOCK_SOCKET_TYPE_STREAM;
  self->role = GSOCK_ROLE_ACTIVE;
  self->ipv6 = gsock_get_default_ipv6_mode ();
  self->local_port = self->remote_port = self->family_port = -1;
  self->backlog = gsock_get_default_backlog ();
  self->input_buffer_size = self->output_buffer_size = GSOCK_BUFFER_SIZE_DEFAULT;
  self->unlink_on_close = TRUE;
  self->wait = TRUE;
  self->timeout = GSOCK_TIMEOUT_NEVER;
  self->active_type = GSOCK_TYPE_ACTIVE_SOCKET;
}

void
gsock_request_clear (GSockRequest *self)
{
  for (guint i = 0; self->options != NULL && i < self->options->len; i++)
    g_variant_unref (g_array_index (self->options, GSockRequestedOption, i).value);
  g_clear_pointer (&self->options, g_array_unref);
  g_clear_error (&self->refused);
  if (!self->borrows)
    gsock_keywords_clear (&gsock_make_socket_keywords, self);
}

/* Of "type" and "socket-type", which are one, the latter: it is longer, and comes last. */
const GSockKeyword *
gsock_request_row (guint id)
{
  return gsock_keyword_by_id (&gsock_make_socket_keywords, id);
}

/* What was recorded and is not done yet, as a property. */
void
gsock_request_get_value (const GSockRequest *self, guint id, GValue *value)
{
  const GSockKeyword *row = gsock_request_row (id);
  gconstpointer field = (const char *) self + row->offset;

  if (row->type == GSOCK_ARGUMENT_STRING)
    g_value_set_string (value, *(char *const *) field);
  else if (row->type == GSOCK_ARGUMENT_OBJECT)
    g_value_set_object (value, *(GObject *const *) field);
  else if (row->type == GSOCK_ARGUMENT_ADDRESS)
    g_value_set_boxed (value, GSOCK_GIVEN (self, id) ? field : NULL);
  else if (row->type == GSOCK_ARGUMENT_DOUBLE)
    g_value_set_double (value, *(const double *) field);
  else if (row->type == GSOCK_ARGUMENT_TYPE)
    g_value_set_gtype (value, *(const GType *) field);
  else if (row->type == GSOCK_ARGUMENT_BOOLEAN)
    g_value_set_boolean (value, *(const gboolean *) field);
  else if (row->type == GSOCK_ARGUMENT_ENUM || row->type == GSOCK_ARGUMENT_FAMILY)
    g_value_set_enum (value, *(const int *) field);
  else
    g_value_set_int (value, *(const int *) field);
}

#define BIT(id) (G_GUINT64_CONSTANT (1) << (GSOCK_KEYWORD_##id))

/* Ways of saying the same thing, of which one at most may be used. */
static const struct
{
  guint64 one, other;
} contradictions[] = {
  { BIT (LOCAL_ADDRESS), BIT (LOCAL_HOST) | BIT (LOCAL_PORT) | BIT (LOCAL_SERVICE) | BIT (LOCAL_FILENAME) },
  { BIT (LOCAL_FILENAME), BIT (LOCAL_HOST) | BIT (LOCAL_PORT) | BIT (LOCAL_SERVICE) },
  { BIT (LOCAL_PORT), BIT (LOCAL_SERVICE) },
  { BIT (REMOTE_ADDRESS), BIT (REMOTE_HOST) | BIT (REMOTE_PORT) | BIT (REMOTE_SERVICE) | BIT (REMOTE_FILENAME) | BIT (REMOTE_CONNECTABLE) },
  { BIT (REMOTE_FILENAME), BIT (REMOTE_HOST) | BIT (REMOTE_PORT) | BIT (REMOTE_SERVICE) | BIT (REMOTE_CONNECTABLE) },
  { BIT (REMOTE_CONNECTABLE), BIT (REMOTE_HOST) | BIT (REMOTE_PORT) | BIT (REMOTE_SERVICE) },
  { BIT (REMOTE_PORT), BIT (REMOTE_SERVICE) },
};

#define HOSTS                                                                                      \
  (BIT (LOCAL_HOST) | BIT (LOCAL_SERVICE) | BIT (REMOTE_HOST) | BIT (REMOTE_PORT)                  \
   | BIT (REMOTE_SERVICE) | BIT (FAMILY_HOST) | BIT (FAMILY_PORT) | BIT (IPV6))
#define INTERNET_OPTIONS                                                                           \
  (BIT (REUSE_ADDRESS) | BIT (REUSE_PORT) | BIT (INTERFACE)                                        \
   | BIT (KEEPALIVE) | BIT (NODELAY) | BIT (BROADCAST) | BIT (INCLUDE_HEADERS))
#define FILENAMES (BIT (LOCAL_FILENAME) | BIT (REMOTE_FILENAME))
#define FILE_OPTIONS (BIT (FILE_MODE) | BIT (UNLINK_ON_CLOSE) | BIT (REPLACE_STALE))
#define REMOTES (BIT (REMOTE_ADDRESS) | BIT (REMOTE_HOST) | BIT (REMOTE_PORT) | BIT (REMOTE_SERVICE) | BIT (REMOTE_FILENAME) | BIT (REMOTE_CONNECTABLE))

static const char *
name_of (guint64 bits)
{
  return gsock_request_row (g_bit_nth_lsf (bits, -1))->name;
}

static gboolean
is_alias (GSockKeywordId id, const char *option)
{
  if (id == GSOCK_KEYWORD_INTERFACE)
    return strcmp (option, "bind-to-device") == 0 || strcmp (option, "bind-to-interface-index") == 0;
  for (guint i = 0; i < G_N_ELEMENTS (gsock_keyword_aliases); i++)
    if (gsock_keyword_aliases[i].id == id)
      return strcmp (option, gsock_keyword_aliases[i].option) == 0;
  return FALSE;
}

/* No keyword that was given says the same as this option. */
static gboolean
check_option (GSockRequest *self, const GSockOption *option, GError **error)
{
  for (guint id = 0; id < GSOCK_N_KEYWORD_PROPERTIES; id++)
    if (GSOCK_GIVEN (self, id) && is_alias (id, option->name))
      return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: %s and %s name the same option",
                                  gsock_request_row (id)->name, option->name);
  return TRUE;
}

static gboolean
check_contradictions (GSockRequest *self, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (contradictions); i++)
    if ((self->given & contradictions[i].one) != 0 && (self->given & contradictions[i].other) != 0)
      return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: %s and %s cannot go together",
                                  name_of (contradictions[i].one), name_of (self->given & contradictions[i].other));

  for (guint i = 0; self->options != NULL && i < self->options->len; i++)
    if (!check_option (self, g_array_index (self->options, GSockRequestedOption, i).option, error))
      return FALSE;
  return TRUE;
}

static gboolean
check_pairs (GSockRequest *self, GError **error)
{
  gboolean host = GSOCK_GIVEN (self, GSOCK_KEYWORD_REMOTE_HOST);
  gboolean port = GSOCK_GIVEN (self, GSOCK_KEYWORD_REMOTE_PORT) || GSOCK_GIVEN (self, GSOCK_KEYWORD_REMOTE_SERVICE);

  if (host && !port)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: remote-host \"%s\" needs remote-port or remote-service with it", self->remote_host);
  if (port && !host)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: %s needs remote-host with it",
                                name_of (self->given & (BIT (REMOTE_PORT) | BIT (REMOTE_SERVICE))));
  return TRUE;
}

static gboolean
is_internet (int family)
{
  return family == GSOCK_ADDRESS_FAMILY_INTERNET || gsock_family_find (family)->internet;
}

/* Which families a keyword is for. */
static const struct
{
  guint64 bits;
  gboolean ipv4, ipv6, local, netlink;
} keyword_families[] = {
  { .bits = HOSTS | INTERNET_OPTIONS, .ipv4 = TRUE, .ipv6 = TRUE },
  { .bits = BIT (SCOPE_ID) | BIT (FLOW_INFO), .ipv6 = TRUE },
  { .bits = BIT (LOCAL_PORT), .ipv4 = TRUE, .ipv6 = TRUE, .netlink = TRUE },
  { .bits = FILENAMES | FILE_OPTIONS, .local = TRUE },
  { .bits = BIT (MULTICAST_GROUPS), .netlink = TRUE },
};

static gboolean
is_for_family (gsize row, int family)
{
  return (keyword_families[row].ipv4 && (family == GSOCK_ADDRESS_FAMILY_INTERNET || family == GSOCK_ADDRESS_FAMILY_IPV4))
         || (keyword_families[row].ipv6 && (family == GSOCK_ADDRESS_FAMILY_INTERNET || family == GSOCK_ADDRESS_FAMILY_IPV6))
         || (keyword_families[row].local && family == GSOCK_ADDRESS_FAMILY_LOCAL)
         || (keyword_families[row].netlink && family == GSOCK_ADDRESS_FAMILY_NETLINK);
}

static gboolean
check_family (GSockRequest *self, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (keyword_families); i++)
    {
      guint64 given = self->given & keyword_families[i].bits;

      if (given != 0 && !is_for_family (i, self->address_family))
        return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: %s does not go with the address family %s",
                                    name_of (given), gsock_family_find (self->address_family)->name);
    }
  return TRUE;
}

static const struct
{
  guint8 kind;
  const char *name;
} kind_names[] = {
  { GSOCK_CLASS_ACTIVE, "active" },
  { GSOCK_CLASS_PASSIVE, "passive" },
  { GSOCK_CLASS_DATAGRAM, "datagram" },
  { GSOCK_CLASS_RAW, "raw" },
};

static char *
describe_kinds (guint kinds)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if ((kinds & kind_names[i].kind) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? " and " : "", kind_names[i].name);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static GSOCK_SELDOM gboolean
refuse_kind (GSockRequest *self, const GSockKeyword *row, GError **error)
{
  g_autofree char *wanted = describe_kinds (row->kinds);
  g_autofree char *got = describe_kinds (self->kind);

  return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: %s is for %s sockets, and this one is %s",
                              row->name, wanted, got);
}

static gboolean
check_kinds (GSockRequest *self, GError **error)
{
  guint64 given = self->given;

  while (given != 0)
    {
      const GSockKeyword *row = gsock_request_row (gsock_keyword_next_id (&given));

      if (G_UNLIKELY ((row->kinds & self->kind) == 0))
        return refuse_kind (self, row, error);
    }
  if (self->kind == GSOCK_CLASS_PASSIVE && (self->given & REMOTES) != 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: %s is not for passive sockets, which connect to nobody",
                                name_of (self->given & REMOTES));
  return TRUE;
}

/* A file name means the local family, and a ready made address its own, where none is named. */
gboolean
gsock_request_infer_family (GSockRequest *self, GError **error)
{
  int local = GSOCK_GIVEN (self, GSOCK_KEYWORD_LOCAL_ADDRESS) ? gsock_address_family_number (&self->local_address) : AF_UNSPEC;
  int remote = GSOCK_GIVEN (self, GSOCK_KEYWORD_REMOTE_ADDRESS) ? gsock_address_family_number (&self->remote_address) : AF_UNSPEC;
  int given = local != AF_UNSPEC ? local : remote;

  if (!GSOCK_GIVEN (self, GSOCK_KEYWORD_ADDRESS_FAMILY) && (self->given & FILENAMES) != 0)
    self->address_family = GSOCK_ADDRESS_FAMILY_LOCAL;
  if (given == AF_UNSPEC)
    return TRUE;
  if (!GSOCK_GIVEN (self, GSOCK_KEYWORD_ADDRESS_FAMILY) && !is_internet (given))
    self->address_family = given;
  if (self->address_family == given || (is_internet (given) && self->address_family != GSOCK_ADDRESS_FAMILY_IPV4 && is_internet (self->address_family)))
    return TRUE;
  return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: a %s of family %s does not go with the address family %s",
                              local != AF_UNSPEC ? "local-address" : "remote-address",
                              gsock_family_find (given)->name, gsock_family_find (self->address_family)->name);
}

static gboolean
check_format (GSockRequest *self, GError **error)
{
  if (!GSOCK_GIVEN (self, GSOCK_KEYWORD_EXTERNAL_FORMAT))
    return TRUE;
  return gsock_external_format_check (self->external_format, error);
}

/* Whether the keywords go together, before anything is done. */
gboolean
gsock_request_check (GSockRequest *self, GError **error)
{
  return check_kinds (self, error) && check_contradictions (self, error) && gsock_request_infer_family (self, error)
         && check_family (self, error) && check_pairs (self, error) && check_format (self, error);
}
