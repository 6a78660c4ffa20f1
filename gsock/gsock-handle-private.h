/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-address-private.h>

#include <gsock/gsock-error-private.h>

G_BEGIN_DECLS

typedef struct _GSockWaiterLink GSockWaiterLink;
typedef struct _GSockSegments GSockSegments;
typedef struct _GSockStreams GSockStreams;

/* What of a stream is neither the kernel's nor the program's. */
typedef enum
{
  GSOCK_BUFFERED_INPUT = 1 << 0,  /* not read yet */
  GSOCK_BUFFERED_OUTPUT = 1 << 1, /* not sent yet */
  GSOCK_BUFFERED_NOWHERE = 1 << 2, /* nor had the kernel more when the stream was read last */
} GSockBuffered;

/* %TRUE or %FALSE in a byte, as a program may have many thousand sockets. No bit field: threads that
 * write to neighbours do not meet. */
typedef guint8 GSockFlag;

/* A descriptor and who is using it. The number is closed when the last user has left, so that it
 * cannot become another socket's under a call that is under way. */
typedef struct
{
  int fd;                    /* -1: none yet, or none any more */
  guint users;               /* atomic, see below */
  guint generation;          /* of gsock_fork_generation when the descriptor was made */
  guint16 process;           /* atomic: the gsock_process_depth whose threads are counted here */
  guint16 protocol;          /* as the kernel has it, and so are these: */
  guint8 family, type;
  guint8 kernel_waits;       /* POLLIN, POLLOUT: for what a call may wait inside the kernel */
  guint8 address_length;     /* of every address of the family; 0: they differ */
  GSockFlag datagrams;       /* whose flags recvfrom tells all there is to tell of */
  GSockFlag exposed;         /* others may hold the descriptor */
  GSockFlag nonblocking;     /* gsock has made its open file description so */
  GSockFlag bound_on_demand; /* the program asked for it; sending and connecting bind unasked */
  const GSockFamily *ops;
  GSockWaiterLink *waiters;  /* guarded by gsock_handle_lock, as the next */
  struct _GSockRecord *records; /* in which reactors it is waited for */
  GSockSegments *segments;   /* atomic; NULL: no batch has been sent or received */
  GSockStreams *streams;     /* atomic; NULL: nothing has been read or written as a stream */
  GSockFlag bound, connected, connecting, listening;
  GSockFlag abort;           /* atomic: whoever closed it said so */
  /* atomic, GSockBuffered; behind the flags, of which the compiler loads several at a time */
  guint8 buffered;
  GSockFlag has_bells;       /* atomic: there are, or were, sources of it: see gsock-source.c */
  GSockFlag seated;          /* atomic: a server counts it: see gsock-seats.c */
} GSockHandle;

/* users: one bit, how many wait inside the kernel, how many are there at all. One atomic addition
 * enters with both counts. */
#define GSOCK_USERS_CLOSED (1u << 31)
#define GSOCK_USERS_IN_KERNEL (1u << 16)
#define GSOCK_USERS_IN_KERNEL_MASK (0x7fffu << 16)

/* Counts the forks of this process: a descriptor that was carried across one is shared. */
G_GNUC_INTERNAL extern guint gsock_fork_generation;

/* How many forks this process is away from the one that the library began in. */
G_GNUC_INTERNAL extern guint16 gsock_process_depth;

/* To be called before the first of what a fork must not share. */
void gsock_watch_forks (void);

void gsock_handle_init (GSockHandle *self);
void gsock_handle_clear (GSockHandle *self);
void gsock_handle_lock (GSockHandle *self);
void gsock_handle_unlock (GSockHandle *self);
void gsock_handle_describe (GSockHandle *self, int family, int type, int protocol);
void gsock_handle_publish (GSockHandle *self, int fd);
void gsock_handle_adopt (GSockHandle *self, int fd, int family, int type, int protocol);
void gsock_handle_update (GSockHandle *self);
void gsock_handle_ask_family (GSockHandle *self, int fd);
void gsock_handle_expose (GSockHandle *self);
gboolean gsock_handle_make_blocking (GSockHandle *self, int fd);
gboolean gsock_handle_begin_close (GSockHandle *self);
gboolean gsock_handle_close (GSockHandle *self);
void gsock_handle_input_held (GSockHandle *self);
GSOCK_SELDOM void gsock_handle_release (GSockHandle *self);
GSOCK_SELDOM int gsock_handle_refuse (GSockHandle *self, guint weight);
GSOCK_SELDOM void gsock_handle_forget_parent (GSockHandle *self);

/* Several threads may ask while another reads or writes the stream; what they see may be over by then. */
static inline gboolean
gsock_handle_has_buffered (const GSockHandle *self, guint bits)
{
  return (__atomic_load_n (&self->buffered, __ATOMIC_RELAXED) & bits) != 0;
}

static inline gboolean
gsock_handle_is_closed (GSockHandle *self)
{
  return (__atomic_load_n (&self->users, __ATOMIC_ACQUIRE) & GSOCK_USERS_CLOSED) != 0;
}

/* Another thread may be about to close it. */
static inline gboolean
gsock_handle_has_descriptor (const GSockHandle *self)
{
  return __atomic_load_n (&self->fd, __ATOMIC_ACQUIRE) >= 0;
}

/* The descriptor as it is at this moment, or -GSOCK_E_CLOSED or -GSOCK_E_NOT_INITIALIZED. In this order: the
 * number may go meanwhile, but only when the handle is closed. */
static inline int
gsock_handle_get_descriptor (GSockHandle *self)
{
  int fd = __atomic_load_n (&self->fd, __ATOMIC_ACQUIRE);

  if (gsock_handle_is_closed (self))
    return -GSOCK_E_CLOSED;
  return fd >= 0 ? fd : -GSOCK_E_NOT_INITIALIZED;
}

/* Whether the handle is closed by now. */
static inline gboolean
gsock_handle_leave (GSockHandle *self, guint weight)
{
  guint users = __atomic_sub_fetch (&self->users, weight, __ATOMIC_ACQ_REL);

  if (G_LIKELY ((users & GSOCK_USERS_CLOSED) == 0))
    return FALSE;
  if (users == GSOCK_USERS_CLOSED)
    gsock_handle_release (self);
  return TRUE;
}

/* In as a user, whether or not there is a descriptor: from here on it stays. Answers who are in. */
static inline guint
gsock_handle_stay (GSockHandle *self, guint weight)
{
  if (G_UNLIKELY (__atomic_load_n (&self->process, __ATOMIC_ACQUIRE) != gsock_process_depth))
    gsock_handle_forget_parent (self);
  return __atomic_add_fetch (&self->users, weight, __ATOMIC_ACQ_REL);
}

/* The descriptor, which stays open until the caller leaves with the same weight: 1, or
 * 1 + GSOCK_USERS_IN_KERNEL. Answers -GSOCK_E_CLOSED or -GSOCK_E_NOT_INITIALIZED, and then the
 * caller is not in. */
static inline int
gsock_handle_enter (GSockHandle *self, guint weight)
{
  guint users = gsock_handle_stay (self, weight);
  int fd = __atomic_load_n (&self->fd, __ATOMIC_ACQUIRE);

  if (G_UNLIKELY ((users & GSOCK_USERS_CLOSED) != 0 || fd < 0))
    return gsock_handle_refuse (self, weight);
  return fd;
}

/* As gsock speaks them: an IPv4 address on an IPv6 socket is mapped on the way in, not seen as
 * mapped on the way out. */
static inline void
gsock_handle_export_address (const GSockHandle *self, GSockAddress *address)
{
  if (self->family == AF_INET6)
    gsock_address_unmap (address);
}

/* An address that the kernel has just written: nearly always it is as long as it should be. */
static inline void
gsock_handle_settle_address (const GSockHandle *self, GSockAddress *address)
{
  if (G_UNLIKELY (address->length != self->address_length))
    gsock_address_clamp (address);
  gsock_handle_export_address (self, address);
}

static inline const GSockAddress *
gsock_handle_import_address (const GSockHandle *self, const GSockAddress *address, GSockAddress *room)
{
  if (G_LIKELY (self->family != AF_INET6 || gsock_address_family_number (address) != AF_INET))
    return address;
  *room = *address;
  gsock_address_map (room);
  return room;
}

gssize gsock_handle_get_local (GSockHandle *self, int fd, GSockAddress *address);
gssize gsock_handle_get_remote (GSockHandle *self, int fd, GSockAddress *address);

G_END_DECLS
