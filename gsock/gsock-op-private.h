/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the keywords of each operator become. */
#pragma once

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-driver-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-keyword-private.h>
#include <gsock/gsock-socket.h>
#include <gsock/gsock-socket-batch.h>
#include <gsock/gsock-wait-private.h>

G_BEGIN_DECLS

/* A line that is longer is refused, unless the caller says otherwise: whoever sends one without an end
 * shall not have all the memory. */
#define GSOCK_LINE_LENGTH_DEFAULT (1024 * 1024)

/* Bits of `given`, a set for each operator */

enum
{
  GSOCK_BIND_HOST,
  GSOCK_BIND_PORT,
  GSOCK_BIND_REUSE_PORT,
  GSOCK_BIND_ADDRESS,
  GSOCK_BIND_SERVICE,
  GSOCK_BIND_REUSE_ADDRESS,
  GSOCK_BIND_FILENAME,
};

enum
{
  GSOCK_LISTEN_BACKLOG,
};

enum
{
  GSOCK_ACCEPT_WAIT,
  GSOCK_ACCEPT_TIMEOUT,
  GSOCK_ACCEPT_EXTERNAL_FORMAT,
  GSOCK_ACCEPT_INPUT_BUFFER_SIZE,
  GSOCK_ACCEPT_OUTPUT_BUFFER_SIZE,
};

enum
{
  GSOCK_CONNECT_HOST,
  GSOCK_CONNECT_IPV6,
  GSOCK_CONNECT_PORT,
  GSOCK_CONNECT_WAIT,
  GSOCK_CONNECT_TIMEOUT,
  GSOCK_CONNECT_ADDRESS,
  GSOCK_CONNECT_SERVICE,
  GSOCK_CONNECT_FILENAME,
  GSOCK_CONNECT_CONNECTABLE,
};

enum
{
  GSOCK_SEND_END,
  GSOCK_SEND_IPV6,
  GSOCK_SEND_FLAGS,
  GSOCK_SEND_WAIT,
  GSOCK_SEND_START,
  GSOCK_SEND_TIMEOUT,
  GSOCK_SEND_HOST,
  GSOCK_SEND_PORT,
  GSOCK_SEND_ADDRESS,
  GSOCK_SEND_FILENAME,
  GSOCK_SEND_UNLINK_ON_CLOSE, /* send-socket */
};

enum
{
  GSOCK_RECEIVE_END,
  GSOCK_RECEIVE_FLAGS,
  GSOCK_RECEIVE_WAIT,
  GSOCK_RECEIVE_START,
  GSOCK_RECEIVE_TIMEOUT,
};

enum
{
  GSOCK_RECEIVE_MANY_SIZE,
  GSOCK_RECEIVE_MANY_WAIT,
  GSOCK_RECEIVE_MANY_FLAGS,
  GSOCK_RECEIVE_MANY_TIMEOUT,
};

enum
{
  GSOCK_MESSAGE_WAIT,
  GSOCK_MESSAGE_TIMEOUT,
  GSOCK_MESSAGE_FLAGS,
};

enum
{
  GSOCK_RECEIVE_SOCKET_WAIT,
  GSOCK_RECEIVE_SOCKET_TIMEOUT,
  GSOCK_RECEIVE_SOCKET_EXTERNAL_FORMAT,
  GSOCK_RECEIVE_SOCKET_INPUT_BUFFER_SIZE,
  GSOCK_RECEIVE_SOCKET_OUTPUT_BUFFER_SIZE,
  GSOCK_RECEIVE_SOCKET_UNLINK_ON_CLOSE,
};

enum
{
  GSOCK_CREDENTIALS_PID,
  GSOCK_CREDENTIALS_UID,
  GSOCK_CREDENTIALS_GID,
  GSOCK_CREDENTIALS_WAIT,
  GSOCK_CREDENTIALS_TIMEOUT,
  GSOCK_CREDENTIALS_PIDFD,
};

enum
{
  GSOCK_READ_WAIT,
  GSOCK_READ_PARTIAL,
  GSOCK_READ_TIMEOUT,
  GSOCK_READ_MAXIMUM_LENGTH,
};

enum
{
  GSOCK_WRITE_WAIT,
  GSOCK_WRITE_TIMEOUT,
};

enum
{
  GSOCK_FROM_FD_DUP,
  GSOCK_FROM_FD_CONNECT,
  GSOCK_FROM_FD_TIMEOUT,
  GSOCK_FROM_FD_EXTERNAL_FORMAT,
  GSOCK_FROM_FD_INPUT_BUFFER_SIZE,
  GSOCK_FROM_FD_OUTPUT_BUFFER_SIZE,
};

enum
{
  GSOCK_PAIR_TYPE,
  GSOCK_PAIR_TIMEOUT,
  GSOCK_PAIR_PROTOCOL,
  GSOCK_PAIR_EXTERNAL_FORMAT,
  GSOCK_PAIR_INPUT_BUFFER_SIZE,
  GSOCK_PAIR_OUTPUT_BUFFER_SIZE,
};

typedef struct
{
  guint64 given;
  const char *host, *service, *filename;
  int port;
  gboolean reuse_address, reuse_port;
  GSockAddress address;
} GSockBindSpec;

typedef struct
{
  guint64 given;
  int backlog;
} GSockListenSpec;

typedef struct
{
  guint64 given;
  gboolean wait;
  double timeout;
  const char *external_format;
  int input_buffer_size, output_buffer_size;
} GSockAcceptSpec;

typedef struct
{
  guint64 given;
  gboolean wait;
  double timeout;
  const char *host, *service, *filename;
  int port, ipv6;
  GObject *connectable;
  GSockAddress address;
} GSockConnectSpec;

typedef struct
{
  guint64 given;
  gboolean wait;
  double timeout;
  int start, end;
  guint flags;
  const char *host, *filename;
  int port, ipv6;
  GSockAddress address;
} GSockSendSpec;

typedef struct
{
  guint64 given;
  gboolean wait;
  double timeout;
  int start, end;
  guint flags;
} GSockReceiveSpec;

typedef struct
{
  guint64 given;
  gboolean wait;
  double timeout;
  int size;
  guint flags;
} GSockReceiveManySpec;

/* As send-to, of which only the destination is used. */
typedef struct
{
  GSockSendSpec send;
  gboolean unlink_on_close;
} GSockSendSocketSpec;

typedef struct
{
  guint64 given;
  gboolean wait;
  double timeout;
  const char *external_format;
  int input_buffer_size, output_buffer_size;
  gboolean unlink_on_close;
} GSockReceiveSocketSpec;

typedef struct
{
  guint64 given;
  gboolean wait;
  double timeout;
  int pid, uid, gid;
} GSockCredentialsSpec;

typedef struct
{
  guint64 given;
  gboolean wait;
  double timeout;
  gboolean pidfd;
} GSockReceiveCredentialsSpec;

typedef struct
{
  guint64 given;
  gboolean wait;
  double timeout;
  guint flags;
} GSockMessageSpec;

typedef struct
{
  guint64 given;
  gboolean wait, partial;
  double timeout;
  int maximum_length;
} GSockReadSpec;

typedef struct
{
  guint64 given;
  gboolean wait;
  double timeout;
} GSockWriteSpec;

typedef struct
{
  guint64 given;
  gboolean dup;
  int role;
  double timeout;
  const char *external_format;
  int input_buffer_size, output_buffer_size;
} GSockFromFdSpec;

typedef struct
{
  guint64 given;
  int type, protocol;
  double timeout;
  const char *external_format;
  int input_buffer_size, output_buffer_size;
} GSockPairSpec;

#define GSOCK_BIND_SPEC_INIT { .given = 0 }
#define GSOCK_LISTEN_SPEC_INIT { .given = 0 }
#define GSOCK_ACCEPT_SPEC_INIT { .wait = TRUE, .timeout = GSOCK_TIMEOUT_DEFAULT }
#define GSOCK_CONNECT_SPEC_INIT { .wait = TRUE, .timeout = GSOCK_TIMEOUT_DEFAULT, .ipv6 = GSOCK_IPV6_MODE_YES }
#define GSOCK_SEND_SPEC_INIT { .wait = TRUE, .timeout = GSOCK_TIMEOUT_DEFAULT, .end = -1, .ipv6 = GSOCK_IPV6_MODE_YES }
#define GSOCK_RECEIVE_SPEC_INIT { .wait = TRUE, .timeout = GSOCK_TIMEOUT_DEFAULT, .end = -1 }
#define GSOCK_RECEIVE_MANY_SPEC_INIT { .wait = TRUE, .timeout = GSOCK_TIMEOUT_DEFAULT, .size = GSOCK_DATAGRAM_MAX_LENGTH }
#define GSOCK_CREDENTIALS_SPEC_INIT { .wait = TRUE, .timeout = GSOCK_TIMEOUT_DEFAULT }
#define GSOCK_RECEIVE_CREDENTIALS_SPEC_INIT { .wait = TRUE, .timeout = GSOCK_TIMEOUT_DEFAULT }
#define GSOCK_SEND_SOCKET_SPEC_INIT { .send = GSOCK_SEND_SPEC_INIT }
#define GSOCK_RECEIVE_SOCKET_SPEC_INIT { .wait = TRUE, .timeout = GSOCK_TIMEOUT_DEFAULT }
#define GSOCK_MESSAGE_SPEC_INIT { .wait = TRUE, .timeout = GSOCK_TIMEOUT_DEFAULT }
#define GSOCK_READ_SPEC_INIT { .wait = TRUE, .timeout = GSOCK_TIMEOUT_DEFAULT, .maximum_length = GSOCK_LINE_LENGTH_DEFAULT }
#define GSOCK_WRITE_SPEC_INIT { .wait = TRUE, .timeout = GSOCK_TIMEOUT_DEFAULT }
#define GSOCK_FROM_FD_SPEC_INIT { .dup = TRUE, .timeout = GSOCK_TIMEOUT_NEVER }
#define GSOCK_PAIR_SPEC_INIT { .type = GSOCK_SOCKET_TYPE_STREAM, .timeout = GSOCK_TIMEOUT_NEVER }

extern GSockKeywordTable gsock_bind_keywords;
extern GSockKeywordTable gsock_listen_keywords;
extern GSockKeywordTable gsock_accept_keywords;
extern GSockKeywordTable gsock_connect_keywords;
extern GSockKeywordTable gsock_send_keywords;
extern GSockKeywordTable gsock_receive_keywords;
extern GSockKeywordTable gsock_send_many_keywords;
extern GSockKeywordTable gsock_receive_many_keywords;
extern GSockKeywordTable gsock_send_message_keywords;
extern GSockKeywordTable gsock_receive_message_keywords;
extern GSockKeywordTable gsock_send_descriptor_keywords;
extern GSockKeywordTable gsock_receive_descriptor_keywords;
extern GSockKeywordTable gsock_receive_descriptors_keywords;
extern GSockKeywordTable gsock_send_socket_keywords;
extern GSockKeywordTable gsock_receive_socket_keywords;
extern GSockKeywordTable gsock_send_credentials_keywords;
extern GSockKeywordTable gsock_receive_credentials_keywords;
extern GSockKeywordTable gsock_read_line_keywords;
extern GSockKeywordTable gsock_read_char_keywords;
extern GSockKeywordTable gsock_read_text_keywords;
extern GSockKeywordTable gsock_read_bytes_keywords;
extern GSockKeywordTable gsock_write_text_keywords;
extern GSockKeywordTable gsock_write_line_keywords;
extern GSockKeywordTable gsock_write_bytes_keywords;
extern GSockKeywordTable gsock_finish_output_keywords;
extern GSockKeywordTable gsock_from_fd_keywords;
extern GSockKeywordTable gsock_pair_keywords;

gboolean gsock_from_fd_is_socket (int fd);
GSockSocket *gsock_from_fd_make (int fd, GSockFromFdSpec *spec, GError **error);
gboolean gsock_check_names (const char *operator_name, const GSockFamily *family, const char *host_keyword, const char *filename_keyword, GError **error);
/* For hot calls: GSOCK_SEND_SPEC_INIT would write the whole room for an address each time, of which only the
 * length matters. */
static inline void
gsock_send_spec_init (GSockSendSpec *self)
{
  self->given = 0;
  self->wait = TRUE;
  self->timeout = GSOCK_TIMEOUT_DEFAULT;
  self->start = 0;
  self->end = -1;
  self->flags = 0;
  self->host = self->filename = NULL;
  self->port = 0;
  self->ipv6 = GSOCK_IPV6_MODE_YES;
  self->address.length = 0;
}

/* What the ways of sending and of receiving share. */
gboolean gsock_send_destination (GSockSocket *self, const char *operator_name, GSockSendSpec *spec, GSockAddress *room, const GSockAddress **destination, GCancellable *cancellable, GError **error);
gssize gsock_check_destination (const GSockHandle *handle, const GSockAddress *destination);
gboolean gsock_set_send_error (GError **error, const char *operator_name, gssize failure, const GSockHandle *handle, const GSockAddress *destination);
int gsock_wait_for_receiver (GSockHandle *handle, int fd, gconstpointer address, socklen_t length, GSockPatience *patience);
/* Once, without waiting: the count, or -EAGAIN or what went wrong. */
gssize gsock_send_try (GSockSocket *self, const guint8 *buffer, gsize length, const GSockAddress *destination, int flags);
gssize gsock_receive_try (GSockSocket *self, guint8 *buffer, gsize length, int flags, GSockReceived *received);
gboolean gsock_receive_would_wait (GSockSocket *self, int flags);
GSockCollect gsock_collect_for_receiver (GSockSocket *socket, const GSockAddress *destination);
gssize gsock_send_message_to (GSockSocket *self, GSockMessage *message, const GSockAddress *destination, guint flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
gssize gsock_check_can_receive (GSockHandle *handle);
gssize gsock_check_receivable (GSockHandle *handle);
gboolean gsock_set_receive_error (GError **error, const char *operator_name, gssize failure, const GSockHandle *handle);
short gsock_receive_events (int flags);
gssize gsock_explain_no_urgency (int fd);

GSOCK_SELDOM gboolean gsock_refuse_range (const char *operator_name, int start, int end, gsize length, GError **error);

/* How many bytes [start, end) has; an @end of -1 is the end of the buffer. */
static inline gboolean
gsock_check_range (const char *operator_name, int start, int end, gsize length, gsize *size, GError **error)
{
  gsize last = end < 0 ? length : (gsize) end;

  *size = last - start;
  return G_LIKELY (last <= length && (gsize) start <= last) || gsock_refuse_range (operator_name, start, end, length, error);
}

G_END_DECLS
