/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-active-socket.h>

G_BEGIN_DECLS

/* The halves of a GSockIOStream. To be closed as quiet as a part of the whole, or by themselves: then
 * that direction of the conversation ends. */
#define GSOCK_TYPE_SOCKET_INPUT_STREAM (gsock_socket_input_stream_get_type ())
G_DECLARE_FINAL_TYPE (GSockSocketInputStream, gsock_socket_input_stream, GSOCK, SOCKET_INPUT_STREAM, GInputStream)

#define GSOCK_TYPE_SOCKET_OUTPUT_STREAM (gsock_socket_output_stream_get_type ())
G_DECLARE_FINAL_TYPE (GSockSocketOutputStream, gsock_socket_output_stream, GSOCK, SOCKET_OUTPUT_STREAM, GOutputStream)

GInputStream *gsock_socket_input_stream_new (GSockActiveSocket *socket);
void gsock_socket_input_stream_set_quiet (GSockSocketInputStream *self);
GOutputStream *gsock_socket_output_stream_new (GSockActiveSocket *socket);
void gsock_socket_output_stream_set_quiet (GSockSocketOutputStream *self);

/* Ends a direction; what has ended by itself is no error. */
gboolean gsock_io_stream_shutdown (GSockActiveSocket *socket, gboolean read, gboolean write, GError **error);

G_END_DECLS
