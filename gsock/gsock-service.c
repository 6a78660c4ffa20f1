/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The databases of services and of protocols: names to numbers and back. */

#include <gsock/gsock-service.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-error-private.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>

/* A question to a database, and the room for its answer. */
typedef struct
{
  const char *name;
  const char *protocol;
  int number;
  struct servent service;
  struct protoent entry;
  char *room;
  gsize size;
  gboolean found;
} Query;

typedef int (*Ask) (Query *query);

#define QUERY_INIT                                                                                 \
  {                                                                                                \
    .size = 512                                                                                    \
  }

static void
query_clear (Query *query)
{
  g_free (query->room);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Query, query_clear)

static int
ask_service_by_name (Query *query)
{
  struct servent *found = NULL;
  int status = getservbyname_r (query->name, query->protocol, &query->service, query->room,
                                query->size, &found);

  query->found = found != NULL;
  return status;
}

static int
ask_service_by_port (Query *query)
{
  struct servent *found = NULL;
  int status = getservbyport_r (htons ((guint16) query->number), query->protocol, &query->service,
                                query->room, query->size, &found);

  query->found = found != NULL;
  return status;
}

static int
ask_protocol_by_name (Query *query)
{
  struct protoent *found = NULL;
  int status = getprotobyname_r (query->name, &query->entry, query->room, query->size, &found);

  query->found = found != NULL;
  return status;
}

static int
ask_protocol_by_number (Query *query)
{
  struct protoent *found = NULL;
  int status = getprotobynumber_r (query->number, &query->entry, query->room, query->size, &found);

  query->found = found != NULL;
  return status;
}

/* A source of names that never has room enough is left at this size. */
#define ROOM_MAX (1 << 20)

/* Answers 0, whether something was found or not, or -errno when the database could not be asked. */
static int
run (Query *query, Ask ask)
{
  int status;

  do
    {
      query->size *= 2;
      query->room = g_realloc (query->room, query->size);
      status = ask (query);
    }
  while (status == ERANGE && query->size < ROOM_MAX);

  return gsock_error_from_errno (status) == GSOCK_ERROR_TOO_MANY_FILES ? -status : 0;
}

/* What is known of protocols where the system has no database of them (a minimal Debian has none),
 * or one that leaves them out. Sorted by number. */
static const struct
{
  int number;
  const char *name;
  const char *aliases[2];
} well_known[] = {
  { 0, "ip", { "IP" } },       { 1, "icmp", { "ICMP" } },
  { 2, "igmp", { "IGMP" } },   { 6, "tcp", { "TCP" } },
  { 17, "udp", { "UDP" } },    { 33, "dccp", { "DCCP" } },
  { 41, "ipv6", { "IPv6" } },  { 58, "ipv6-icmp", { "IPv6-ICMP" } },
  { 132, "sctp", { "SCTP" } }, { 136, "udplite", { "UDPLite" } },
  { 255, "raw", { "RAW" } },   { 262, "mptcp", { "MPTCP" } },
};

static gboolean
is_well_known (const Query *query, gsize row)
{
  if (query->name == NULL)
    return well_known[row].number == query->number;
  return g_str_equal (query->name, well_known[row].name)
         || g_strv_contains ((const char *const *) well_known[row].aliases, query->name);
}

static void
fall_back (Query *query)
{
  for (gsize i = 0; i < G_N_ELEMENTS (well_known) && !query->found; i++)
    if (is_well_known (query, i))
      {
        query->found = TRUE;
        query->entry.p_proto = well_known[i].number;
        query->entry.p_name = (char *) well_known[i].name;
        query->entry.p_aliases = (char **) well_known[i].aliases;
      }
}

static gboolean
fail (GError **error, GSockError code, const char *kind, const char *text, const char *reason)
{
  g_autofree char *shown = gsock_text_shown (text);

  return gsock_error_literal (error, code, "look up %s %s: %s", kind, shown, reason);
}

/* Whether @text is a name or a number from 0 to 65535; a larger one is an error. */
static gboolean
read_text (Query *query, const char *text, const char *kind, GError **error)
{
  g_autoptr (GError) reason = NULL;
  guint64 number = 0;

  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &number, &reason))
    query->number = (int) number;
  else if (g_error_matches (reason, G_NUMBER_PARSER_ERROR, G_NUMBER_PARSER_ERROR_OUT_OF_BOUNDS))
    return fail (error, GSOCK_ERROR_OUT_OF_RANGE, kind, text, "numbers go from 0 to 65535");
  else
    query->name = text;
  return TRUE;
}

static gboolean
find_protocol (Query *query, const char *protocol, GError **error)
{
  int status;

  if (protocol == NULL || *protocol == '\0')
    return gsock_error_literal (
        error, GSOCK_ERROR_UNKNOWN_PROTOCOL,
        "look up a protocol: none was given; give a name such as tcp, or a number");
  if (!read_text (query, protocol, "protocol", error))
    return FALSE;

  status = run (query, query->name != NULL ? ask_protocol_by_name : ask_protocol_by_number);
  fall_back (query);
  if (query->found)
    return TRUE;
  if (status < 0)
    return fail (error, gsock_error_from_errno (-status), "protocol", protocol,
                 g_strerror (-status));
  return fail (error, GSOCK_ERROR_UNKNOWN_PROTOCOL, "protocol", protocol,
               "no such protocol is known");
}

static gboolean
fail_unknown_service (GError **error, const char *service, const char *protocol)
{
  g_autofree char *reason = g_strconcat ("the services database has no such name",
                                         protocol != NULL ? " for " : NULL, protocol, NULL);

  return fail (error, GSOCK_ERROR_UNKNOWN_SERVICE, "service", service, reason);
}

static gboolean
find_service (Query *query, const char *service, GError **error)
{
  int status;

  if (service == NULL || *service == '\0')
    return gsock_error_literal (
        error, GSOCK_ERROR_UNKNOWN_SERVICE,
        "look up a service: none was given; give a name such as http, or a port");
  if (!read_text (query, service, "service", error))
    return FALSE;

  status = run (query, query->name != NULL ? ask_service_by_name : ask_service_by_port);
  if (query->found || query->name == NULL)
    return TRUE;
  if (status < 0)
    return fail (error, gsock_error_from_errno (-status), "service", service, g_strerror (-status));
  return fail_unknown_service (error, service, query->protocol);
}

static void
give_text (char **out, const char *text)
{
  if (out != NULL)
    *out = g_strdup (text);
}

/**
 * gsock_lookup_service:
 * @service: the name of a service (`http`, or an alias of it such as `www`), or a port as a decimal
 *   number
 * @protocol: (nullable): the name or number of a protocol, as for [func@lookup_protocol]; `any`, an
 *   empty text or %NULL for whichever comes first
 * @name: (out) (optional) (nullable) (transfer full): the service's official name, %NULL for a port
 *   that has none
 * @protocol_name: (out) (optional) (nullable) (transfer full): the protocol it was found for, or
 *   @protocol's official name, %NULL where neither is known
 * @error: return location for a [alias@GLib.Error]
 *
 * Finds the port of a service in the system's database, `/etc/services` as a rule. A number always
 * answers itself, named or not.
 *
 * Errors: `GSOCK_ERROR_UNKNOWN_SERVICE` when the database has no such name for that protocol,
 * `GSOCK_ERROR_UNKNOWN_PROTOCOL`, `GSOCK_ERROR_OUT_OF_RANGE` for a number over 65535,
 * `GSOCK_ERROR_TOO_MANY_FILES` when no descriptor is left to read the database with.
 *
 * Returns: the port, or -1 on error
 *
 * Since: 1.0
 */
int
gsock_lookup_service (
    const char *service, const char *protocol, char **name, char **protocol_name, GError **error)
{
  g_auto (Query) protocols = QUERY_INIT;
  g_auto (Query) services = QUERY_INIT;

  give_text (name, NULL);
  give_text (protocol_name, NULL);
  if (protocol != NULL && *protocol != '\0' && !g_str_equal (protocol, "any"))
    {
      if (!find_protocol (&protocols, protocol, error))
        return -1;
      services.protocol = protocols.entry.p_name;
    }
  if (!find_service (&services, service, error))
    return -1;

  give_text (name, services.found ? services.service.s_name : NULL);
  give_text (protocol_name, services.found ? services.service.s_proto : services.protocol);
  return services.found ? ntohs ((guint16) services.service.s_port) : services.number;
}

/**
 * gsock_lookup_protocol:
 * @protocol: the name of a protocol (`tcp`, or an alias of it such as `TCP`), or its decimal number
 * @name: (out) (optional) (transfer full): the protocol's official name
 * @aliases: (out) (optional) (transfer full) (array zero-terminated=1): its other names
 * @error: return location for a [alias@GLib.Error]
 *
 * Finds a protocol in the system's database, `/etc/protocols` as a rule. The most common ones (ip,
 * icmp, igmp, tcp, udp, dccp, ipv6, ipv6-icmp, sctp, udplite, raw and mptcp) are known where the
 * database lacks them too, or is not installed.
 *
 * Errors: `GSOCK_ERROR_UNKNOWN_PROTOCOL` when there is no such name or number,
 * `GSOCK_ERROR_OUT_OF_RANGE` for a number over 65535, `GSOCK_ERROR_TOO_MANY_FILES` when no
 * descriptor is left to read the database with.
 *
 * Returns: the protocol's number, or -1 on error
 *
 * Since: 1.0
 */
int
gsock_lookup_protocol (const char *protocol, char **name, GStrv *aliases, GError **error)
{
  g_auto (Query) query = QUERY_INIT;

  /* Ruby frees what an out argument has when a call fails, too. */
  give_text (name, NULL);
  if (aliases != NULL)
    *aliases = NULL;
  if (!find_protocol (&query, protocol, error))
    return -1;

  give_text (name, query.entry.p_name);
  if (aliases != NULL)
    *aliases = g_strdupv (query.entry.p_aliases);
  return query.entry.p_proto;
}
