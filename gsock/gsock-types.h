/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gio/gio.h>

#include <gsock/gsock-version.h>

G_BEGIN_DECLS

typedef struct _GSockAddress GSockAddress;
typedef struct _GSockSocket GSockSocket;
typedef struct _GSockActiveSocket GSockActiveSocket;
typedef struct _GSockPassiveSocket GSockPassiveSocket;
typedef struct _GSockDatagramSocket GSockDatagramSocket;
typedef struct _GSockRawSocket GSockRawSocket;

/**
 * GSockAddressFamily:
 * @GSOCK_ADDRESS_FAMILY_INTERNET: IPv4 and IPv6, as names and addresses decide
 * @GSOCK_ADDRESS_FAMILY_LOCAL: sockets of this machine, named by a file or an abstract name; the
 *   nick `file` is another spelling
 * @GSOCK_ADDRESS_FAMILY_IPV4: internet protocol version 4
 * @GSOCK_ADDRESS_FAMILY_IPV6: internet protocol version 6
 * @GSOCK_ADDRESS_FAMILY_NETLINK: conversations with the kernel
 * @GSOCK_ADDRESS_FAMILY_PACKET: link-layer packets
 * @GSOCK_ADDRESS_FAMILY_ALG: the kernel's cryptography
 * @GSOCK_ADDRESS_FAMILY_VSOCK: between a virtual machine and its host
 *
 * Address families. The values are the system's own numbers, and wherever an address family is
 * taken any other number that the system knows may be given too.
 *
 * Since: 1.0
 */
typedef enum
{
  GSOCK_ADDRESS_FAMILY_INTERNET = 0,
  GSOCK_ADDRESS_FAMILY_LOCAL = 1,
  GSOCK_ADDRESS_FAMILY_IPV4 = 2,
  GSOCK_ADDRESS_FAMILY_IPV6 = 10,
  GSOCK_ADDRESS_FAMILY_NETLINK = 16,
  GSOCK_ADDRESS_FAMILY_PACKET = 17,
  GSOCK_ADDRESS_FAMILY_ALG = 38,
  GSOCK_ADDRESS_FAMILY_VSOCK = 40,
} GSockAddressFamily;

/**
 * GSockSocketType:
 * @GSOCK_SOCKET_TYPE_STREAM: an ordered stream of bytes
 * @GSOCK_SOCKET_TYPE_DATAGRAM: single datagrams
 * @GSOCK_SOCKET_TYPE_RAW: packets of the protocol below
 * @GSOCK_SOCKET_TYPE_RDM: datagrams that arrive
 * @GSOCK_SOCKET_TYPE_SEQPACKET: a conversation in records
 *
 * Socket types. The values are the system's own numbers.
 *
 * Since: 1.0
 */
typedef enum
{
  GSOCK_SOCKET_TYPE_STREAM = 1,
  GSOCK_SOCKET_TYPE_DATAGRAM = 2,
  GSOCK_SOCKET_TYPE_RAW = 3,
  GSOCK_SOCKET_TYPE_RDM = 4,
  GSOCK_SOCKET_TYPE_SEQPACKET = 5,
} GSockSocketType;

/**
 * GSockRole:
 * @GSOCK_ROLE_ACTIVE: one end of a conversation
 * @GSOCK_ROLE_PASSIVE: listens and accepts
 *
 * What a stream or seqpacket socket is for: the values of the keyword `connect`.
 *
 * Since: 1.0
 */
typedef enum
{
  GSOCK_ROLE_ACTIVE,
  GSOCK_ROLE_PASSIVE,
} GSockRole;

/**
 * GSockIpv6Mode:
 * @GSOCK_IPV6_MODE_NO: IPv4 only
 * @GSOCK_IPV6_MODE_YES: both families
 * @GSOCK_IPV6_MODE_ONLY: IPv6 only
 *
 * Which families the look-up of a name may give. %FALSE and %TRUE are taken for the first two.
 *
 * Since: 1.0
 */
typedef enum
{
  GSOCK_IPV6_MODE_NO,
  GSOCK_IPV6_MODE_YES,
  GSOCK_IPV6_MODE_ONLY,
} GSockIpv6Mode;

/**
 * GSockMessageFlags:
 * @GSOCK_MESSAGE_FLAGS_NONE: no flag
 * @GSOCK_MESSAGE_FLAGS_OUT_OF_BAND: urgent data
 * @GSOCK_MESSAGE_FLAGS_PEEK: leave what is received in the queue
 * @GSOCK_MESSAGE_FLAGS_DONT_ROUTE: to hosts on this network only
 * @GSOCK_MESSAGE_FLAGS_CONTROL_TRUNCATED: of what was received: ancillary data did not fit
 * @GSOCK_MESSAGE_FLAGS_TRUNCATE: of what was received: the datagram was longer than the room
 * @GSOCK_MESSAGE_FLAGS_DONT_WAIT: give up rather than wait
 * @GSOCK_MESSAGE_FLAGS_END_OF_RECORD: this ends a record
 * @GSOCK_MESSAGE_FLAGS_WAIT_ALL: wait until the room is full
 * @GSOCK_MESSAGE_FLAGS_CONFIRM: the neighbour is alive, do not ask again
 * @GSOCK_MESSAGE_FLAGS_ERROR_QUEUE: receive from the queue of errors
 * @GSOCK_MESSAGE_FLAGS_NO_SIGNAL: never raise SIGPIPE; always set
 * @GSOCK_MESSAGE_FLAGS_MORE: more is to come, do not send a short packet yet
 * @GSOCK_MESSAGE_FLAGS_FAST_OPEN: connect and send in one (TCP)
 *
 * How one message is sent or received, and what is told of one that was received. The values are
 * the system's own.
 *
 * Since: 1.0
 */
typedef enum
{
  GSOCK_MESSAGE_FLAGS_NONE = 0,
  GSOCK_MESSAGE_FLAGS_OUT_OF_BAND = 1 << 0,
  GSOCK_MESSAGE_FLAGS_PEEK = 1 << 1,
  GSOCK_MESSAGE_FLAGS_DONT_ROUTE = 1 << 2,
  GSOCK_MESSAGE_FLAGS_CONTROL_TRUNCATED = 1 << 3,
  GSOCK_MESSAGE_FLAGS_TRUNCATE = 1 << 5,
  GSOCK_MESSAGE_FLAGS_DONT_WAIT = 1 << 6,
  GSOCK_MESSAGE_FLAGS_END_OF_RECORD = 1 << 7,
  GSOCK_MESSAGE_FLAGS_WAIT_ALL = 1 << 8,
  GSOCK_MESSAGE_FLAGS_CONFIRM = 1 << 11,
  GSOCK_MESSAGE_FLAGS_ERROR_QUEUE = 1 << 13,
  GSOCK_MESSAGE_FLAGS_NO_SIGNAL = 1 << 14,
  GSOCK_MESSAGE_FLAGS_MORE = 1 << 15,
  GSOCK_MESSAGE_FLAGS_FAST_OPEN = 1 << 29,
} GSockMessageFlags;

G_END_DECLS
