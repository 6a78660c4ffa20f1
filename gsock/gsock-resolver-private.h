/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-address.h>
#include <gsock/gsock-wait-private.h>

G_BEGIN_DECLS

typedef struct _GSockLookup GSockLookup;

typedef gboolean (*GSockResolverAsk) (GSockLookup *lookup, GError **error);

/* By name or by address: the steps of a look-up, the first that settles it being the last. */
typedef struct
{
  GSockResolverAsk settle; /* what can be told without a resolver; marks it settled */
  GSockResolverAsk ask;    /* blocks, cannot be interrupted */
  gboolean (*ask_custom) (GResolver *resolver, GSockLookup *lookup, GCancellable *cancellable, GError **error);
  void (*ask_custom_async) (GResolver *resolver, GTask *task);
} GSockDirection;

/* The question, then the answer. Counted: a cancelled look-up leaves its thread writing to it. */
struct _GSockLookup
{
  const GSockDirection *direction;
  char *name;  /* a host name, or an address as text */
  char *shown; /* the same, fit for a message */
  GSockIpv6Mode ipv6;
  GSockAddress address;
  gboolean numeric;
  gboolean wants_true_name;
  gboolean wants_service;

  gboolean settled;
  GPtrArray *addresses; /* of GSockAddress, no two alike */
  char *true_name;
  char *service;
};

GSockLookup *gsock_lookup_new (const GSockDirection *direction, const char *name);
GSockLookup *gsock_lookup_ref (GSockLookup *self);
void gsock_lookup_unref (GSockLookup *self);
void gsock_lookup_add (GSockLookup *self, const GSockAddress *address);

/* The finish function answers the record that the run was started with, or NULL with an error; the
 * record belongs to the result. */
gboolean gsock_lookup_run (GSockLookup *self, GSockPatience *patience, GError **error);
void gsock_lookup_run_async (GSockLookup *self, gpointer source_tag, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSockLookup *gsock_lookup_run_finish (GAsyncResult *result, GError **error);

/* The C library's resolver. */
gboolean gsock_resolver_forward (GSockLookup *lookup, GError **error);
gboolean gsock_resolver_reverse (GSockLookup *lookup, GError **error);

/* The program's own GResolver where it has set one, else NULL: the C library is asked. */
GResolver *gsock_resolver_get_custom (void);
gboolean gsock_resolver_custom_forward (GResolver *resolver, GSockLookup *lookup, GCancellable *cancellable, GError **error);
gboolean gsock_resolver_custom_reverse (GResolver *resolver, GSockLookup *lookup, GCancellable *cancellable, GError **error);

/* Asks without blocking and returns @task, whose task data is a GSockLookup, with a boolean. */
void gsock_resolver_custom_forward_async (GResolver *resolver, GTask *task);
void gsock_resolver_custom_reverse_async (GResolver *resolver, GTask *task);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GSockLookup, gsock_lookup_unref)

G_END_DECLS
