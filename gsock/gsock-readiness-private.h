/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-reactor-private.h>

G_BEGIN_DECLS

/* The descriptors that a reactor watches, and how: a few each by itself, as GLib does it, which is the
 * cheapest for those; more of them in a set, where the idle ones cost nothing; again each by itself
 * where no set can be had. All of it is called with the reactor's lock held. */
typedef struct
{
  GSource *source;    /* NULL: the context is gone */
  int set;            /* -1: none */
  gpointer set_tag;
  gboolean inherited; /* from the parent, by a child that has not run the context yet */
  GSList *stale;      /* what it is to forget when it does */
  guint n_in_set;
  GPtrArray *direct;  /* the records that are watched by themselves */
  GArray *slots;      /* of Slot, by number: what a tag of the set stands for */
} GSockReadiness;

/* A descriptor, for the one handle that has it: what of it is waited for. */
struct _GSockRecord
{
  GSockReactor *reactor;
  GSockHandle *handle;         /* NULL: it lasts no longer than its interest */
  GSockRecord *next;           /* of the handle */
  GSockInterest *first, *last; /* who wait */
  gpointer tag;                /* watched by itself */
  int fd;
  guint16 registered;          /* for which events */
  GSockFlag in_set;
};

/* Tells what happened to a record. */
typedef void (*GSockReadinessFunc) (GSockRecord *record, guint events);

void gsock_readiness_init (GSockReadiness *self, GSource *source);
void gsock_readiness_end (GSockReadiness *self);
void gsock_readiness_clear (GSockReadiness *self);
void gsock_readiness_register (GSockReadiness *self, GSockRecord *record, guint events);
void gsock_readiness_forget (GSockReadiness *self, GSockRecord *record);
/* @later: since the context was polled somebody may have taken what there was. */
void gsock_readiness_fetch (GSockReadiness *self, GSockReadinessFunc function, gboolean later);
void gsock_readiness_foreach (GSockReadiness *self, GSockReadinessFunc function);
void gsock_readiness_inherit (GSockReadiness *self);
void gsock_readiness_renew (GSockReadiness *self);

G_END_DECLS
