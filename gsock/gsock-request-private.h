/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-keyword-private.h>
#include <gsock/gsock-option-private.h>
#include <gsock/gsock-wait-private.h>

G_BEGIN_DECLS

/* The keywords of make-socket. All but the last two are properties too, with this number plus one. */
typedef enum
{
  GSOCK_KEYWORD_ADDRESS_FAMILY,
  GSOCK_KEYWORD_SOCKET_TYPE,
  GSOCK_KEYWORD_PROTOCOL,
  GSOCK_KEYWORD_IPV6,
  GSOCK_KEYWORD_LOCAL_HOST,
  GSOCK_KEYWORD_LOCAL_PORT,
  GSOCK_KEYWORD_LOCAL_SERVICE,
  GSOCK_KEYWORD_REMOTE_HOST,
  GSOCK_KEYWORD_REMOTE_PORT,
  GSOCK_KEYWORD_REMOTE_SERVICE,
  GSOCK_KEYWORD_LOCAL_FILENAME,
  GSOCK_KEYWORD_REMOTE_FILENAME,
  GSOCK_KEYWORD_LOCAL_ADDRESS,
  GSOCK_KEYWORD_REMOTE_ADDRESS,
  GSOCK_KEYWORD_SCOPE_ID,
  GSOCK_KEYWORD_FLOW_INFO,
  GSOCK_KEYWORD_REUSE_ADDRESS,
  GSOCK_KEYWORD_REUSE_PORT,
  GSOCK_KEYWORD_INTERFACE,
  GSOCK_KEYWORD_FILE_MODE,
  GSOCK_KEYWORD_UNLINK_ON_CLOSE,
  GSOCK_KEYWORD_TIMEOUT,
  GSOCK_KEYWORD_REMOTE_CONNECTABLE,
  GSOCK_KEYWORD_KEEPALIVE,
  GSOCK_KEYWORD_NODELAY,
  GSOCK_KEYWORD_EXTERNAL_FORMAT,
  GSOCK_KEYWORD_INPUT_BUFFER_SIZE,
  GSOCK_KEYWORD_OUTPUT_BUFFER_SIZE,
  GSOCK_KEYWORD_BACKLOG,
  GSOCK_KEYWORD_REPLACE_STALE,
  GSOCK_KEYWORD_ACTIVE_TYPE,
  GSOCK_KEYWORD_FAMILY_HOST,
  GSOCK_KEYWORD_FAMILY_PORT,
  GSOCK_KEYWORD_BROADCAST,
  GSOCK_KEYWORD_INCLUDE_HEADERS,
  GSOCK_KEYWORD_MULTICAST_GROUPS,
  GSOCK_KEYWORD_CONNECT,
  GSOCK_KEYWORD_WAIT,
  GSOCK_N_KEYWORDS,
} GSockKeywordId;

#define GSOCK_N_KEYWORD_PROPERTIES GSOCK_KEYWORD_CONNECT

/* An option that was given to make-socket by its name. */
typedef struct
{
  const GSockOption *option;
  GVariant *value;
} GSockRequestedOption;

/* What make-socket is asked for, until it is done. Begins as every spec does. */
typedef struct
{
  guint64 given;
  int address_family, type, role, protocol, ipv6;
  char *local_host, *local_service, *remote_host, *remote_service, *family_host;
  int local_port, remote_port, family_port;
  char *local_filename, *remote_filename;
  GObject *remote_connectable;
  int scope_id, flow_info;
  gboolean reuse_address, reuse_port, keepalive, nodelay, broadcast, include_headers;
  char *interface, *external_format;
  int file_mode, backlog, input_buffer_size, output_buffer_size, multicast_groups;
  gboolean unlink_on_close, replace_stale, wait;
  double timeout;
  GType active_type;
  GArray *options; /* of GSockRequestedOption, or NULL */
  GObject *object; /* borrowed: its class's own properties are keywords too */
  GError *refused; /* what a property was set to and cannot be, for init to tell */
  guint8 kind;     /* GSockClassKinds: which class it is for */
  gboolean borrows; /* what the keywords gave belongs to the caller */
  GSockAddress local_address, remote_address; /* last: of what is not given there is nothing to clear */
} GSockRequest;

extern GSockKeywordTable gsock_make_socket_keywords;

/* The same for a request that does not outlive the call: it borrows strings and objects. */
extern GSockKeywordTable gsock_make_socket_borrowed_keywords;

/* A keyword that says the same as a socket option. */
typedef struct
{
  GSockKeywordId id;
  const char *option;
  int level, number;
  guint16 offset; /* of the boolean in the request */
} GSockKeywordAlias;

extern const GSockKeywordAlias gsock_keyword_aliases[];
extern const guint gsock_n_keyword_aliases;

void gsock_request_init (GSockRequest *self);
void gsock_request_clear (GSockRequest *self);

/* gsock-make-socket.c: G_TYPE_INVALID is an error. */
GType gsock_request_choose_class (GSockRequest *self, GError **error);

const GSockKeyword *gsock_request_row (guint id);
gboolean gsock_request_infer_family (GSockRequest *self, GError **error);
gboolean gsock_request_check (GSockRequest *self, GError **error);
void gsock_request_get_value (const GSockRequest *self, guint id, GValue *value);

/* Addresses that are tried in turn. One alone, which most requests have, needs no list. */
typedef struct
{
  guint n;         /* 0: none asked for */
  GSockAddress one;
  GPtrArray *list; /* NULL: it is the one */
} GSockCandidates;

static inline GSockAddress *
gsock_candidates_get (GSockCandidates *self, guint index)
{
  return self->list != NULL ? g_ptr_array_index (self->list, index) : &self->one;
}

void gsock_candidates_clear (GSockCandidates *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GSockCandidates, gsock_candidates_clear)

/* gsock-request-plan.c: the addresses and the family that a request means */
typedef struct
{
  int family;        /* AF_UNSPEC: as the address has it */
  gboolean dual;     /* IPv6 that takes IPv4 too */
  gboolean fallback; /* IPv4 will do where the system has no IPv6 */
  GSockCandidates local, remote;
} GSockPlan;

void gsock_plan_init (GSockPlan *self);
gboolean gsock_plan_make (GSockPlan *self, GSockRequest *request, GSockPatience *patience, GError **error);
void gsock_plan_clear (GSockPlan *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GSockPlan, gsock_plan_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GSockRequest, gsock_request_clear)

G_END_DECLS
