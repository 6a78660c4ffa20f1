/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From keywords to addresses: looks names up and decides of which family the socket will be. */

#include <gsock/gsock-request-private.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-local-file-private.h>
#include <gsock/gsock-lookup-private.h>

void
gsock_candidates_clear (GSockCandidates *self)
{
  g_clear_pointer (&self->list, g_ptr_array_unref);
  self->n = 0;
}

/* The addresses need no clearing. */
void
gsock_plan_init (GSockPlan *self)
{
  self->family = AF_UNSPEC;
  self->dual = self->fallback = FALSE;
  self->local.n = self->remote.n = 0;
  self->local.list = self->remote.list = NULL;
}

void
gsock_plan_clear (GSockPlan *self)
{
  gsock_candidates_clear (&self->local);
  gsock_candidates_clear (&self->remote);
}

static gboolean
take_list (GSockCandidates *self, GPtrArray *list)
{
  self->list = list;
  self->n = list != NULL ? list->len : 0;
  return list != NULL;
}

static gboolean
set_address (GSockCandidates *self, const GSockAddress *address)
{
  self->one = *address;
  self->n = 1;
  return TRUE;
}

static gboolean
set_filename (GSockCandidates *self, const char *filename, GError **error)
{
  self->n = gsock_address_init_from_filename (&self->one, filename, error) ? 1 : 0;
  return self->n == 1;
}

static gboolean
set_any (GSockCandidates *self, int family, guint port)
{
  gsock_address_init_any (&self->one, family, port);
  self->n = 1;
  return TRUE;
}

/* Nothing that was asked for turns the address into another one, or away. */
static gboolean
is_wanted_as_it_is (const GSockAddress *address, const GSockRequest *request, int family)
{
  return request->ipv6 == GSOCK_IPV6_MODE_YES && (family == AF_UNSPEC || family == gsock_address_family_number (address));
}

/* Literal addresses, which are most, need neither a resolver nor a list from one. */
static gboolean
look_up (GSockCandidates *self, const char *host, guint port, GSockRequest *request, int family, GSockPatience *patience, GError **error)
{
  if (gsock_address_init_from_host (&self->one, host, port, NULL) && is_wanted_as_it_is (&self->one, request, family))
    {
      self->n = 1;
      return TRUE;
    }
  return take_list (self, gsock_lookup_endpoints (host, port, request->ipv6, family, patience, error));
}

static gboolean
find_port (GSockRequest *request, int port, const char *service, guint *found, GError **error)
{
  const char *protocol = request->type == GSOCK_SOCKET_TYPE_STREAM ? "tcp"
                         : request->type == GSOCK_SOCKET_TYPE_DATAGRAM ? "udp" : NULL;

  *found = MAX (port, 0);
  return service == NULL || gsock_lookup_port (service, protocol, found, error);
}

/* AF_UNSPEC: each address decides. */
static int
asked_family (GSockRequest *request)
{
  if (request->address_family != GSOCK_ADDRESS_FAMILY_INTERNET)
    return request->address_family;
  return request->ipv6 == GSOCK_IPV6_MODE_ONLY ? AF_INET6 : request->ipv6 == GSOCK_IPV6_MODE_NO ? AF_INET : AF_UNSPEC;
}

static gboolean
plan_netlink (GSockPlan *self, GSockRequest *request)
{
  g_autoptr (GSockAddress) address = NULL;

  if (GSOCK_GIVEN (request, GSOCK_KEYWORD_LOCAL_PORT) || GSOCK_GIVEN (request, GSOCK_KEYWORD_MULTICAST_GROUPS))
    {
      address = gsock_address_new_netlink (MAX (request->local_port, 0), request->multicast_groups);
      set_address (&self->local, address);
    }
  return TRUE;
}

static gboolean
plan_local_host (GSockPlan *self, GSockRequest *request, GSockPatience *patience, GError **error)
{
  int any = request->kind == GSOCK_CLASS_RAW ? AF_INET : AF_INET6;
  guint port;

  if (!find_port (request, request->local_port, request->local_service, &port, error))
    return FALSE;
  if (request->local_host != NULL)
    return look_up (&self->local, request->local_host, port, request, self->family, patience, error);
  return set_any (&self->local, self->family != AF_UNSPEC ? self->family : any, port);
}

static gboolean
plan_local (GSockPlan *self, GSockRequest *request, GSockPatience *patience, GError **error)
{
  if (GSOCK_GIVEN (request, GSOCK_KEYWORD_LOCAL_ADDRESS))
    return set_address (&self->local, &request->local_address);
  if (GSOCK_GIVEN (request, GSOCK_KEYWORD_LOCAL_FILENAME))
    return set_filename (&self->local, request->local_filename, error);
  if (request->address_family == AF_NETLINK)
    return plan_netlink (self, request);
  if (GSOCK_GIVEN (request, GSOCK_KEYWORD_LOCAL_HOST) || GSOCK_GIVEN (request, GSOCK_KEYWORD_LOCAL_PORT)
           || GSOCK_GIVEN (request, GSOCK_KEYWORD_LOCAL_SERVICE))
    return plan_local_host (self, request, patience, error);
  return TRUE;
}

/* An abstract name is open to everybody, which nobody should believe to have prevented. */
static gboolean
check_file_mode (GSockPlan *self, GSockRequest *request, GError **error)
{
  const GSockAddress *local = self->local.n > 0 ? gsock_candidates_get (&self->local, 0) : NULL;

  return !GSOCK_GIVEN (request, GSOCK_KEYWORD_FILE_MODE) || local == NULL || gsock_address_family_number (local) != AF_UNIX
         || gsock_local_file_is_path (local)
         || gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: file-mode is for a file; an abstract name has none, and is open to everybody");
}

static gboolean
plan_remote_host (GSockPlan *self, GSockRequest *request, GSockPatience *patience, GError **error)
{
  guint port;

  if (!find_port (request, request->remote_port, request->remote_service, &port, error))
    return FALSE;
  return look_up (&self->remote, request->remote_host, port, request, self->family, patience, error);
}

static gboolean
plan_remote (GSockPlan *self, GSockRequest *request, GSockPatience *patience, GError **error)
{
  if (GSOCK_GIVEN (request, GSOCK_KEYWORD_REMOTE_ADDRESS))
    return set_address (&self->remote, &request->remote_address);
  if (GSOCK_GIVEN (request, GSOCK_KEYWORD_REMOTE_FILENAME))
    return set_filename (&self->remote, request->remote_filename, error);
  if (GSOCK_GIVEN (request, GSOCK_KEYWORD_REMOTE_CONNECTABLE))
    return take_list (&self->remote, gsock_lookup_connectable (G_SOCKET_CONNECTABLE (request->remote_connectable), self->family, patience, error));
  if (GSOCK_GIVEN (request, GSOCK_KEYWORD_REMOTE_HOST))
    return plan_remote_host (self, request, patience, error);
  return TRUE;
}

/* Of the two, what is not given stays as the address has it. */
static void
set_scopes (GSockCandidates *candidates, GSockRequest *request)
{
  for (guint i = 0; i < candidates->n; i++)
    {
      GSockAddress *address = gsock_candidates_get (candidates, i);
      guint32 scope_id = GSOCK_GIVEN (request, GSOCK_KEYWORD_SCOPE_ID) ? (guint32) request->scope_id
                                                                       : gsock_address_get_scope_id (address);
      guint32 flow_info = GSOCK_GIVEN (request, GSOCK_KEYWORD_FLOW_INFO) ? (guint32) request->flow_info
                                                                         : gsock_address_get_flow_info (address);

      gsock_address_set_scope (address, scope_id, flow_info);
    }
}

static gboolean
plan_family_host (GSockPlan *self, GSockRequest *request, GSockPatience *patience, GError **error)
{
  g_auto (GSockCandidates) found = { 0 };

  if (!GSOCK_GIVEN (request, GSOCK_KEYWORD_FAMILY_HOST) || self->family != AF_UNSPEC)
    return TRUE;
  if (!look_up (&found, request->family_host, MAX (request->family_port, 0), request, AF_UNSPEC, patience, error))
    return FALSE;
  self->family = gsock_address_family_number (gsock_candidates_get (&found, 0));
  return TRUE;
}

/* Nothing has decided yet. A socket that is bound to every address, or a conversation still without
 * one, speaks both families; an unbound datagram socket is IPv4, and so is a raw one, which never
 * speaks two. */
static void
decide_family (GSockPlan *self, GSockRequest *request)
{
  gboolean any = request->local_host == NULL && self->local.n > 0 && !GSOCK_GIVEN (request, GSOCK_KEYWORD_LOCAL_ADDRESS);
  gboolean conversation = (request->kind & GSOCK_CLASS_STREAM) != 0;

  if (self->family != AF_UNSPEC || self->remote.n > 0)
    return;
  if (self->local.n > 0 && !any)
    {
      self->dual = TRUE;
      return;
    }
  self->dual = self->fallback = (any && request->kind != GSOCK_CLASS_RAW) || conversation;
  self->family = self->dual ? AF_INET6 : AF_INET;
}

gboolean
gsock_plan_make (GSockPlan *self, GSockRequest *request, GSockPatience *patience, GError **error)
{
  gsock_plan_init (self);
  self->family = asked_family (request);
  if (!plan_family_host (self, request, patience, error) || !plan_remote (self, request, patience, error)
      || !plan_local (self, request, patience, error) || !check_file_mode (self, request, error))
    return FALSE;
  decide_family (self, request);
  if (GSOCK_GIVEN (request, GSOCK_KEYWORD_SCOPE_ID) || GSOCK_GIVEN (request, GSOCK_KEYWORD_FLOW_INFO))
    {
      set_scopes (&self->local, request);
      set_scopes (&self->remote, request);
    }
  return TRUE;
}
