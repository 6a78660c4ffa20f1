/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-types.h>

G_BEGIN_DECLS

/**
 * GSOCK_ERROR:
 *
 * The error domain of everything that gsock reports, cancellation excepted, which is
 * %G_IO_ERROR_CANCELLED.
 *
 * Since: 1.0
 */
#define GSOCK_ERROR (gsock_error_quark ())

/**
 * GSockError:
 * @GSOCK_ERROR_ADDRESS_IN_USE: the local address is taken
 * @GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED: the kernel or the socket does not speak this family
 * @GSOCK_ERROR_ADDRESS_NOT_AVAILABLE: not an address of this machine
 * @GSOCK_ERROR_NETWORK_DOWN: the network is down
 * @GSOCK_ERROR_NETWORK_RESET: the network dropped the connection
 * @GSOCK_ERROR_NETWORK_UNREACHABLE: no route to that network
 * @GSOCK_ERROR_NO_NETWORK: this machine is on no network
 * @GSOCK_ERROR_CONNECTION_ABORTED: the connection was given up by this machine
 * @GSOCK_ERROR_CONNECTION_RESET: the peer reset the connection
 * @GSOCK_ERROR_CONNECTION_REFUSED: nobody listens there
 * @GSOCK_ERROR_CONNECTION_TIMEOUT: the kernel gave up on the peer
 * @GSOCK_ERROR_CONNECTION_IN_PROGRESS: the connection is being made
 * @GSOCK_ERROR_ENDPOINT_SHUTDOWN: this side was shut down for writing, or the peer is gone
 * @GSOCK_ERROR_NO_BUFFER_SPACE: the kernel has no memory for it
 * @GSOCK_ERROR_HOST_DOWN: the host is down
 * @GSOCK_ERROR_HOST_UNREACHABLE: no way to that host
 * @GSOCK_ERROR_ALREADY_CONNECTED: the socket is connected already
 * @GSOCK_ERROR_NOT_CONNECTED: the socket is not connected, or no destination was given
 * @GSOCK_ERROR_OPTION_NOT_SUPPORTED: unknown to this kernel, this socket or this build
 * @GSOCK_ERROR_OPERATION_NOT_SUPPORTED: this kind of socket cannot do it
 * @GSOCK_ERROR_ACCESS_DENIED: privileged port, broadcast not enabled, file mode, firewall
 * @GSOCK_ERROR_MESSAGE_TOO_LONG: larger than one datagram may be
 * @GSOCK_ERROR_TOO_MANY_FILES: no descriptor left; a listener must survive it
 * @GSOCK_ERROR_TOO_MANY_REFERENCES: too many descriptors in flight
 * @GSOCK_ERROR_NOT_FOUND: no such local socket file
 * @GSOCK_ERROR_INVALID_ARGUMENT: the kernel takes no such argument here
 * @GSOCK_ERROR_CLOSED: the object was closed before the call
 * @GSOCK_ERROR_WOULD_BLOCK: dont-wait, or wait FALSE, and nothing to do
 * @GSOCK_ERROR_TIMED_OUT: the call's own timeout ran out
 * @GSOCK_ERROR_UNKNOWN_KEYWORD: a keyword that this operator does not take; the message names the
 *   nearest ones it does
 * @GSOCK_ERROR_INVALID_KEYWORD: right name, wrong type or value, or one that contradicts another
 *   (connected socket given a remote-host; half of host and port; wrong family)
 * @GSOCK_ERROR_OUT_OF_RANGE: start, end, port or size is outside its bounds
 * @GSOCK_ERROR_TRUNCATED: ancillary data did not fit: what came is closed, nothing leaks
 * @GSOCK_ERROR_UNKNOWN_HOST: the resolver knows no such name
 * @GSOCK_ERROR_RESOLVER_AGAIN: temporary failure in name resolution
 * @GSOCK_ERROR_RESOLVER_FAILED: permanent failure in name resolution
 * @GSOCK_ERROR_UNKNOWN_SERVICE: no such name or number in the services database
 * @GSOCK_ERROR_UNKNOWN_PROTOCOL: likewise for protocols
 * @GSOCK_ERROR_UNKNOWN_INTERFACE: likewise for network interfaces
 * @GSOCK_ERROR_INVALID_ADDRESS: text that is no address
 * @GSOCK_ERROR_FAILED: errno and its text are in the message
 * @GSOCK_ERROR_NOT_BOUND: a datagram socket that could never receive: it has no local address
 * @GSOCK_ERROR_NOT_INITIALIZED: the object was constructed directly and never initialised
 * @GSOCK_ERROR_INVALID_STATE: the call cannot be made now; the message says which one must come
 *   first
 * @GSOCK_ERROR_INVALID_TEXT: bytes that are no text in the encoding of the stream, or text that this
 *   encoding cannot write
 * @GSOCK_ERROR_INTERRUPTED: a signal came, and the program has said by
 *   `gsock_set_interrupt_func ()` that it ends calls
 *
 * What went wrong. The message of the error names the operation, the address and the reason.
 *
 * Since: 1.0
 */
typedef enum
{
  GSOCK_ERROR_ADDRESS_IN_USE,
  GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED,
  GSOCK_ERROR_ADDRESS_NOT_AVAILABLE,
  GSOCK_ERROR_NETWORK_DOWN,
  GSOCK_ERROR_NETWORK_RESET,
  GSOCK_ERROR_NETWORK_UNREACHABLE,
  GSOCK_ERROR_NO_NETWORK,
  GSOCK_ERROR_CONNECTION_ABORTED,
  GSOCK_ERROR_CONNECTION_RESET,
  GSOCK_ERROR_CONNECTION_REFUSED,
  GSOCK_ERROR_CONNECTION_TIMEOUT,
  GSOCK_ERROR_CONNECTION_IN_PROGRESS,
  GSOCK_ERROR_ENDPOINT_SHUTDOWN,
  GSOCK_ERROR_NO_BUFFER_SPACE,
  GSOCK_ERROR_HOST_DOWN,
  GSOCK_ERROR_HOST_UNREACHABLE,
  GSOCK_ERROR_ALREADY_CONNECTED,
  GSOCK_ERROR_NOT_CONNECTED,
  GSOCK_ERROR_OPTION_NOT_SUPPORTED,
  GSOCK_ERROR_OPERATION_NOT_SUPPORTED,
  GSOCK_ERROR_ACCESS_DENIED,
  GSOCK_ERROR_MESSAGE_TOO_LONG,
  GSOCK_ERROR_TOO_MANY_FILES,
  GSOCK_ERROR_TOO_MANY_REFERENCES,
  GSOCK_ERROR_NOT_FOUND,
  GSOCK_ERROR_INVALID_ARGUMENT,
  GSOCK_ERROR_CLOSED,
  GSOCK_ERROR_WOULD_BLOCK,
  GSOCK_ERROR_TIMED_OUT,
  GSOCK_ERROR_UNKNOWN_KEYWORD,
  GSOCK_ERROR_INVALID_KEYWORD,
  GSOCK_ERROR_OUT_OF_RANGE,
  GSOCK_ERROR_TRUNCATED,
  GSOCK_ERROR_UNKNOWN_HOST,
  GSOCK_ERROR_RESOLVER_AGAIN,
  GSOCK_ERROR_RESOLVER_FAILED,
  GSOCK_ERROR_UNKNOWN_SERVICE,
  GSOCK_ERROR_UNKNOWN_PROTOCOL,
  GSOCK_ERROR_UNKNOWN_INTERFACE,
  GSOCK_ERROR_INVALID_ADDRESS,
  GSOCK_ERROR_FAILED,
  GSOCK_ERROR_NOT_BOUND,
  GSOCK_ERROR_NOT_INITIALIZED,
  GSOCK_ERROR_INVALID_STATE,
  GSOCK_ERROR_INVALID_TEXT,
  GSOCK_ERROR_INTERRUPTED,
} GSockError;

GSOCK_AVAILABLE_IN_1_0
GQuark gsock_error_quark (void);

GSOCK_AVAILABLE_IN_1_0
GSockError gsock_error_from_errno (int error_number);

GSOCK_AVAILABLE_IN_1_0
int gsock_error_to_errno (GSockError code);

GSOCK_AVAILABLE_IN_1_0
const char *gsock_error_to_condition (GSockError code);

G_END_DECLS
