/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Multicast groups: the operators join-group, leave-group, block-source and unblock-source. */

#include <gsock/gsock-group.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-group-private.h>

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

/* The requests have one number for both families; the level says which. */
typedef struct
{
  const char *operation;
  int any_source; /* -1: there has to be a source */
  int one_source;
} GSockGroupOperator;

static const GSockGroupOperator join = { "join-group", MCAST_JOIN_GROUP, MCAST_JOIN_SOURCE_GROUP };
static const GSockGroupOperator leave = { "leave-group", MCAST_LEAVE_GROUP, MCAST_LEAVE_SOURCE_GROUP };
static const GSockGroupOperator block = { "block-source", -1, MCAST_BLOCK_SOURCE };
static const GSockGroupOperator unblock = { "unblock-source", -1, MCAST_UNBLOCK_SOURCE };

typedef struct
{
  const char *group, *source, *interface; /* as they were given */
  GSockAddress group_address, source_address;
  GSockInterfaceChoice choice;
} GSockMembership;

static gboolean
parse_address (const char *operation, const char *text, GSockAddress *address, GError **error)
{
  if (text == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS, "%s: there is no address", operation);
  if (gsock_address_init_from_host (address, text, 0, error))
    return TRUE;
  g_prefix_error (error, "%s: ", operation);
  return FALSE;
}

static gboolean
parse_membership (const GSockGroupOperator *operator, GSockMembership *self, GError **error)
{
  if (!parse_address (operator->operation, self->group, &self->group_address, error))
    return FALSE;
  if (!gsock_address_is_multicast (&self->group_address))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS, "%s: \"%s\" is no multicast address: groups are 224.0.0.0 to 239.255.255.255 and ff00::/8",
                                operator->operation, self->group);
  gsock_address_unmap (&self->group_address);
  if (self->source == NULL && operator->any_source >= 0)
    return TRUE;
  if (!parse_address (operator->operation, self->source, &self->source_address, error))
    return FALSE;
  gsock_address_unmap (&self->source_address);
  if (gsock_address_family_number (&self->source_address) != gsock_address_family_number (&self->group_address))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS, "%s: the source \"%s\" is not of the family of the group \"%s\"",
                                operator->operation, self->source, self->group);
  return TRUE;
}

/* A group that says its own interface, as in ff02::1%eth0, needs no other part that does. */
static gboolean
find_interface (const GSockGroupOperator *operator, GSockHandle *handle, int fd, GSockMembership *self, GCancellable *cancellable, GError **error)
{
  int family = gsock_address_family_number (&self->group_address);

  if (!gsock_group_speaks (handle, fd, family))
    return gsock_error_literal (error, GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED, "%s: \"%s\" is a group of %s, which this socket does not speak",
                                operator->operation, self->group, gsock_family_find (family)->label);
  if (!gsock_group_choose_interface (operator->operation, fd, self->interface, &self->choice, cancellable, error))
    return FALSE;
  if (self->choice.index == 0)
    self->choice.index = gsock_address_get_scope_id (&self->group_address);
  return TRUE;
}

static int
level_of (const GSockMembership *self)
{
  return gsock_address_family_number (&self->group_address) == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
}

static int
ask_kernel (const GSockGroupOperator *operator, int fd, const GSockMembership *self)
{
  struct group_source_req sourced = { .gsr_interface = self->choice.index };
  struct group_req plain = { .gr_interface = self->choice.index };
  const GSockAddress *group = &self->group_address, *source = &self->source_address;

  if (self->source == NULL)
    {
      memcpy (&plain.gr_group, gsock_address_native (group), group->length);
      return setsockopt (fd, level_of (self), operator->any_source, &plain, sizeof plain) == 0 ? 0 : -errno;
    }
  memcpy (&sourced.gsr_group, gsock_address_native (group), group->length);
  memcpy (&sourced.gsr_source, gsock_address_native (source), source->length);
  return setsockopt (fd, level_of (self), operator->one_source, &sourced, sizeof sourced) == 0 ? 0 : -errno;
}

/* What the number of an error would not tell. Where there is no membership at all the kernel calls the
 * arguments wrong. */
static gboolean
refused_by_kernel (const GSockGroupOperator *operator, const GSockMembership *self, int failure, GError **error)
{
  if (failure == -ENODEV && self->choice.index == 0)
    return gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_INTERFACE, "%s %s: no route leads to the group, so the interface has to be given",
                                operator->operation, self->group);
  if (failure == -ENODEV)
    return gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_INTERFACE, "%s %s: there is no such interface, or it has no groups",
                                operator->operation, self->group);
  if ((failure == -EADDRNOTAVAIL || failure == -EINVAL) && operator != &join)
    return gsock_error_literal (error, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE, "%s %s: the socket has not joined it with these arguments",
                                operator->operation, self->group);
  if (failure == -EADDRINUSE && operator == &join)
    return gsock_error_literal (error, GSOCK_ERROR_ADDRESS_IN_USE, "%s %s: the socket has joined it already",
                                operator->operation, self->group);
  return gsock_error_set_for_name (error, failure, operator->operation, self->group);
}

static gboolean
change_membership (GSockDatagramSocket *self, const GSockGroupOperator *operator, const char *group, const char *interface, const char *source, GCancellable *cancellable, GError **error)
{
  GSockMembership membership = { .group = group, .source = source, .interface = interface };
  int fd, failure = 0;
  gboolean done;

  if (!parse_membership (operator, &membership, error))
    return FALSE;
  fd = gsock_group_enter (self, operator->operation, error);
  if (fd < 0)
    return FALSE;
  done = find_interface (operator, gsock_socket_get_handle (GSOCK_SOCKET (self)), fd, &membership, cancellable, error);
  if (done)
    failure = ask_kernel (operator, fd, &membership);
  gsock_socket_leave (GSOCK_SOCKET (self));
  return done && (failure == 0 || refused_by_kernel (operator, &membership, failure, error));
}

/**
 * gsock_datagram_socket_join_group:
 * @self: a datagram socket
 * @group: an IPv4 or IPv6 multicast address, as text
 * @interface: (nullable): the interface to receive by
 * @source: (nullable): the only sender to receive from, an address as text; %NULL for all
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Joins a multicast group: the operator join-group. What is sent to the group and the port that the
 * socket is bound to then arrives.
 *
 * The interface is given by name, by index, by an address that it has or by the name of a host of such
 * an address, and only where it is none of the others is that looked up. %NULL, `"0.0.0.0"` and `"::"`
 * leave the choice to the kernel, which follows its routes. A group can also say it itself: `ff02::fb%eth0`.
 *
 * A socket can join a group on several interfaces, and for several sources by a call for each. One of
 * family IPv6 can join IPv4 groups too, unless it was made for IPv6 alone.
 *
 * Errors: `GSOCK_ERROR_INVALID_ADDRESS` for a group that is no multicast address and for a source of
 * another family, `GSOCK_ERROR_UNKNOWN_INTERFACE`, also where the kernel finds none,
 * `GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED` for a group of a family that the socket does not speak,
 * `GSOCK_ERROR_ADDRESS_IN_USE` where it is a member already, `GSOCK_ERROR_ADDRESS_NOT_AVAILABLE`,
 * `GSOCK_ERROR_NO_BUFFER_SPACE` for too many groups, `GSOCK_ERROR_INVALID_ARGUMENT` for one source where
 * all are received from, `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a socket that is not of the internet,
 * `GSOCK_ERROR_CLOSED`, `GSOCK_ERROR_NOT_INITIALIZED` and %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether it is a member
 *
 * Since: 1.0
 */
gboolean
gsock_datagram_socket_join_group (GSockDatagramSocket *self, const char *group, const char *interface, const char *source, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_DATAGRAM_SOCKET (self), FALSE);

  return change_membership (self, &join, group, interface, source, cancellable, error);
}

/**
 * gsock_datagram_socket_leave_group:
 * @self: a datagram socket
 * @group: the group, as text
 * @interface: (nullable): the interface that it was joined on
 * @source: (nullable): the source that it was joined for
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Leaves a multicast group: the operator leave-group. It needs the arguments that the group was joined
 * with. To close a socket leaves its groups.
 *
 * The errors are those of [method@DatagramSocket.join_group]; where the socket is no member with these
 * arguments it is `GSOCK_ERROR_ADDRESS_NOT_AVAILABLE`.
 *
 * Returns: whether it has been left
 *
 * Since: 1.0
 */
gboolean
gsock_datagram_socket_leave_group (GSockDatagramSocket *self, const char *group, const char *interface, const char *source, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_DATAGRAM_SOCKET (self), FALSE);

  return change_membership (self, &leave, group, interface, source, cancellable, error);
}

/**
 * gsock_datagram_socket_block_source:
 * @self: a datagram socket
 * @group: a group that it has joined for all sources, as text
 * @source: whose datagrams shall not arrive any more, an address as text
 * @interface: (nullable): the interface that the group was joined on
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives no more from one sender to a group: the operator block-source.
 *
 * The errors are those of [method@DatagramSocket.join_group]; where the socket is no member with these
 * arguments, or the source is blocked already, it is `GSOCK_ERROR_ADDRESS_NOT_AVAILABLE`.
 *
 * Returns: whether the source is blocked
 *
 * Since: 1.0
 */
gboolean
gsock_datagram_socket_block_source (GSockDatagramSocket *self, const char *group, const char *source, const char *interface, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_DATAGRAM_SOCKET (self), FALSE);

  return change_membership (self, &block, group, interface, source, cancellable, error);
}

/**
 * gsock_datagram_socket_unblock_source:
 * @self: a datagram socket
 * @group: the group, as text
 * @source: a sender that is blocked, an address as text
 * @interface: (nullable): the interface that it was blocked on
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives again from a sender that was blocked: the operator unblock-source.
 *
 * The errors are those of [method@DatagramSocket.join_group]; where the source is not blocked it is
 * `GSOCK_ERROR_ADDRESS_NOT_AVAILABLE`.
 *
 * Returns: whether the source is not blocked any more
 *
 * Since: 1.0
 */
gboolean
gsock_datagram_socket_unblock_source (GSockDatagramSocket *self, const char *group, const char *source, const char *interface, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_DATAGRAM_SOCKET (self), FALSE);

  return change_membership (self, &unblock, group, interface, source, cancellable, error);
}
