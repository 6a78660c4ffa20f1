/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-make-socket.h>
#include <gsock/gsock-passive-socket.h>

G_BEGIN_DECLS

/* The object itself lives on where somebody else holds a reference; the socket does not. */
static inline void
_gsock_close_and_unref (gpointer at)
{
  GSockSocket **socket = (GSockSocket **) at;

  if (*socket == NULL)
    return;
  (void) gsock_socket_close (*socket, FALSE, NULL);
  g_clear_object (socket);
}

/**
 * gsock_with_open_socket:
 * @socket_: the name of the variable
 * @error: (out) (optional): where an error goes
 * @...: keywords and values of [func@make_socket], and %NULL
 *
 * Makes a socket for the statement or block that follows, and closes it at the end of that, however
 * it is left: by `break`, `return` or `goto` as well. The block is skipped where there was an error.
 *
 * ```c
 * gsock_with_open_socket (socket, &error, "remote-host", "localhost", "remote-port", 7, NULL)
 *   gsock_socket_send_to (socket, "hello", 5, NULL, &error, NULL);
 * ```
 *
 * Since: 1.0
 */
#define gsock_with_open_socket(socket_, error, ...)                                                \
  _GSOCK_WITH (GSockSocket, socket_, gsock_make_socket (NULL, error, __VA_ARGS__))

/**
 * gsock_with_accept_connection:
 * @socket_: the name of the variable
 * @passive: the socket that listens
 * @error: (out) (optional): where an error goes
 * @...: keywords and values of [method@PassiveSocket.accept_connection], and %NULL
 *
 * Accepts a connection for the statement or block that follows, and closes it at the end of that,
 * however it is left. The block is skipped where there was an error.
 *
 * Since: 1.0
 */
#define gsock_with_accept_connection(socket_, passive, error, ...)                                 \
  _GSOCK_WITH (GSockSocket, socket_,                                                               \
               (GSockSocket *) gsock_passive_socket_accept_connection (passive, NULL, error, __VA_ARGS__))

/* The loop runs once; the socket is closed when its variable goes out of scope. */
#define _GSOCK_WITH(type, name, made)                                                              \
  for (type *name __attribute__ ((cleanup (_gsock_close_and_unref))) = made, *name##_once = name;  \
       name##_once != NULL; name##_once = NULL)

G_END_DECLS
