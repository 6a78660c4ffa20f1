/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which descriptors a reactor watches: each by itself, or in a set that is one descriptor. */

#include <gsock/gsock-readiness-private.h>

#include <gsock/sys/gsock-sys.h>

#include <poll.h>
#include <unistd.h>

/* Past so many a set is cheaper: asking it takes a system call of its own. */
#define DIRECT_MAX 2

/* Which record of the set a number belongs to. Should it be two sockets' the second one is watched by
 * itself: the set knows a number and a file only once, and a number that somebody has closed behind our
 * back is another file's by now, of which nothing must be changed in the name of the first. The
 * generation makes out what is told of a record that is gone. */
typedef struct
{
  GSockRecord *record; /* NULL: none */
  guint generation;
} Slot;

static Slot *
get_slot (GSockReadiness *self, int fd)
{
  if ((guint) fd >= self->slots->len)
    g_array_set_size (self->slots, (guint) fd + 1);
  return &g_array_index (self->slots, Slot, fd);
}

static guint64
tag_of (GSockReadiness *self, int fd)
{
  return (guint64) get_slot (self, fd)->generation << 32 | (guint) fd;
}

static GSockRecord *
find_record (GSockReadiness *self, guint64 tag)
{
  int fd = (int) (guint32) tag;

  return tag_of (self, fd) == tag ? get_slot (self, fd)->record : NULL;
}

static void
take_slot (GSockReadiness *self, GSockRecord *record)
{
  get_slot (self, record->fd)->record = record;
  record->in_set = TRUE;
}

static void
release_slot (GSockReadiness *self, GSockRecord *record)
{
  Slot *slot = get_slot (self, record->fd);

  *slot = (Slot){ .generation = slot->generation + 1 };
  record->in_set = FALSE;
}

void
gsock_readiness_init (GSockReadiness *self, GSource *source)
{
  *self = (GSockReadiness){
    .source = source,
    .set = -1,
    .direct = g_ptr_array_new (),
    .slots = g_array_new (FALSE, TRUE, sizeof (Slot)),
  };
}

static void
close_set (GSockReadiness *self)
{
  if (self->set_tag != NULL && self->source != NULL)
    g_source_remove_unix_fd (self->source, self->set_tag);
  self->set_tag = NULL;
  if (self->set >= 0)
    (void) close (self->set);
  self->set = -1;
}

/* In a child. What it removed from its parent's set would be removed for the parent. And a thread that
 * the child does not have may hold the lock of the context, which is left alone until somebody runs it
 * here. */
void
gsock_readiness_inherit (GSockReadiness *self)
{
  if (self->set >= 0)
    (void) close (self->set);
  self->set = -1;
  self->inherited = TRUE;
}

/* The source goes, and its descriptors with it. */
void
gsock_readiness_end (GSockReadiness *self)
{
  self->source = NULL;
  g_clear_slist (&self->stale, NULL);
  close_set (self);
  for (guint i = 0; i < self->direct->len; i++)
    {
      GSockRecord *record = g_ptr_array_index (self->direct, i);

      record->tag = NULL;
      record->registered = 0;
    }
  g_ptr_array_set_size (self->direct, 0);
  for (guint i = 0; i < self->slots->len; i++)
    {
      GSockRecord *record = g_array_index (self->slots, Slot, i).record;

      if (record == NULL)
        continue;
      record->in_set = FALSE;
      record->registered = 0;
    }
  g_array_set_size (self->slots, 0);
}

void
gsock_readiness_clear (GSockReadiness *self)
{
  g_ptr_array_unref (self->direct);
  g_array_unref (self->slots);
}

static void
watch_directly (GSockReadiness *self, GSockRecord *record, guint events)
{
  record->tag = g_source_add_unix_fd (self->source, record->fd, events);
  record->registered = events;
  g_ptr_array_add (self->direct, record);
}

static void
stop_watching_directly (GSockReadiness *self, GSockRecord *record)
{
  if (self->inherited)
    self->stale = g_slist_prepend (self->stale, record->tag);
  else
    g_source_remove_unix_fd (self->source, record->tag);
  record->tag = NULL;
  record->registered = 0;
  g_ptr_array_remove_fast (self->direct, record);
}

static gboolean
add_to_set (GSockReadiness *self, GSockRecord *record, guint events)
{
  if (get_slot (self, record->fd)->record != NULL
      || gsock_sys_readiness_add (self->set, record->fd, events, tag_of (self, record->fd)) < 0)
    return FALSE;
  take_slot (self, record);
  record->registered = events;
  self->n_in_set++;
  return TRUE;
}

/* What is closed while it lives on elsewhere would be told of for ever: it goes before. */
static void
remove_from_set (GSockReadiness *self, GSockRecord *record)
{
  if (!self->inherited)
    gsock_sys_readiness_forget (self->set, record->fd);
  release_slot (self, record);
  record->registered = 0;
  if (--self->n_in_set == 0 && !self->inherited)
    close_set (self);
}

static gboolean
open_set (GSockReadiness *self)
{
  self->set = gsock_sys_readiness_open ();
  if (self->set < 0)
    {
      self->set = -1;
      return FALSE;
    }
  self->set_tag = g_source_add_unix_fd (self->source, self->set, G_IO_IN);
  return TRUE;
}

/* Those that are watched by themselves come along. */
static gboolean
begin_set (GSockReadiness *self)
{
  if (!open_set (self))
    return FALSE;
  for (guint i = self->direct->len; i > 0; i--)
    {
      GSockRecord *record = g_ptr_array_index (self->direct, i - 1);
      guint events = record->registered;

      if (!add_to_set (self, record, events))
        continue;
      stop_watching_directly (self, record);
      record->registered = events;
    }
  return TRUE;
}

static void
register_anew (GSockReadiness *self, GSockRecord *record, guint events)
{
  if (self->set < 0 && self->direct->len >= DIRECT_MAX)
    begin_set (self);
  if (self->set >= 0 && add_to_set (self, record, events))
    return;
  watch_directly (self, record, events);
  if (self->n_in_set == 0)
    close_set (self);
}

/* A number that the set does not know any more was closed behind our back. What it stood for may live
 * on, and be told of by the old tag: there is to be a new one. */
static void
modify (GSockReadiness *self, GSockRecord *record, guint events)
{
  if (record->tag != NULL)
    g_source_modify_unix_fd (self->source, record->tag, events);
  else if (gsock_sys_readiness_watch (self->set, record->fd, events, tag_of (self, record->fd)) < 0)
    {
      remove_from_set (self, record);
      register_anew (self, record, events);
    }
  record->registered = events;
}

/* Without events nothing is told, not even what poll tells unasked. */
void
gsock_readiness_register (GSockReadiness *self, GSockRecord *record, guint events)
{
  if (events == record->registered)
    return;
  if (self->inherited)
    gsock_readiness_renew (self);
  if (events == 0)
    gsock_readiness_forget (self, record);
  else if (record->registered == 0)
    register_anew (self, record, events);
  else
    modify (self, record, events);
}

void
gsock_readiness_forget (GSockReadiness *self, GSockRecord *record)
{
  if (record->tag != NULL)
    stop_watching_directly (self, record);
  else if (record->in_set)
    remove_from_set (self, record);
}

/* What the poll of the context has told, or one of its own tells now. */
static guint
ask_directly (GSockReadiness *self, GSockRecord *record, gboolean later)
{
  guint events = g_source_query_unix_fd (self->source, record->tag);
  struct pollfd now = { .fd = record->fd, .events = (short) record->registered };

  if (events == 0 || !later)
    return events;
  return poll (&now, 1, 0) > 0 ? (guint) now.revents : 0;
}

/* From the end: the function may have one removed. */
static void
fetch_direct (GSockReadiness *self, GSockReadinessFunc function, gboolean later)
{
  for (guint i = self->direct->len; i > 0; i--)
    if (i <= self->direct->len)
      {
        GSockRecord *record = g_ptr_array_index (self->direct, i - 1);
        guint events = ask_directly (self, record, later);

        if (events != 0)
          function (record, events);
      }
}

/* Somebody closed the number behind gsock's back and keeps what it stood for. It can only be got rid of
 * with the whole set. */
static void
fetch_from_set (GSockReadiness *self, GSockReadinessFunc function)
{
  GSockSysReady ready[GSOCK_SYS_READY_MAX];
  guint n = gsock_sys_readiness_fetch (self->set, ready, G_N_ELEMENTS (ready));
  gboolean strange = FALSE;

  for (guint i = 0; i < n; i++)
    {
      GSockRecord *record = find_record (self, ready[i].tag);

      if (record != NULL)
        function (record, ready[i].events);
      else
        strange = TRUE;
    }
  if (strange)
    gsock_readiness_renew (self);
}

void
gsock_readiness_fetch (GSockReadiness *self, GSockReadinessFunc function, gboolean later)
{
  if (G_UNLIKELY (self->inherited))
    gsock_readiness_renew (self);
  fetch_direct (self, function, later);
  if (self->set_tag != NULL && g_source_query_unix_fd (self->source, self->set_tag) != 0)
    fetch_from_set (self, function);
}

void
gsock_readiness_foreach (GSockReadiness *self, GSockReadinessFunc function)
{
  for (guint i = self->direct->len; i > 0; i--)
    if (i <= self->direct->len)
      function (g_ptr_array_index (self->direct, i - 1), 0);
  for (guint i = 0; i < self->slots->len; i++)
    if (g_array_index (self->slots, Slot, i).record != NULL)
      function (g_array_index (self->slots, Slot, i).record, 0);
}

static void
drop_stale (GSockReadiness *self)
{
  for (GSList *at = self->stale; at != NULL; at = at->next)
    g_source_remove_unix_fd (self->source, at->data);
  g_clear_slist (&self->stale, NULL);
}

/* Makes another set of the same descriptors. */
void
gsock_readiness_renew (GSockReadiness *self)
{
  gboolean again;

  self->inherited = FALSE;
  drop_stale (self);
  close_set (self);
  again = self->n_in_set > 0 && open_set (self);
  for (guint i = 0; i < self->slots->len; i++)
    {
      GSockRecord *record = g_array_index (self->slots, Slot, i).record;
      guint events;

      if (record == NULL)
        continue;
      events = record->registered;
      if (again && gsock_sys_readiness_add (self->set, record->fd, events, tag_of (self, record->fd)) == 0)
        continue;
      release_slot (self, record);
      self->n_in_set--;
      watch_directly (self, record, events);
    }
  if (self->n_in_set == 0)
    close_set (self);
}
