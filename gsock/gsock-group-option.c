/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How datagrams leave: multicast-interface, multicast-loopback, multicast-ttl and ttl, for both
 * families that a socket speaks. */

#include <gsock/gsock-group.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-group-private.h>
#include <gsock/gsock-lookup-private.h>

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>

int
gsock_group_enter (GSockDatagramSocket *self, const char *operation, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (GSOCK_SOCKET (self));
  int fd = gsock_socket_enter (GSOCK_SOCKET (self), operation, error);

  if (fd < 0 || handle->ops->internet)
    return fd;
  gsock_error_literal (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "%s: only internet sockets have that, and this one is %s",
                       operation, handle->ops->label);
  gsock_socket_leave (GSOCK_SOCKET (self));
  return -1;
}

gboolean
gsock_group_speaks (GSockHandle *handle, int fd, int family)
{
  int only = 0;
  socklen_t length = sizeof only;

  if (handle->family == family)
    return TRUE;
  return handle->family == AF_INET6 && family == AF_INET
         && getsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &length) == 0 && !only;
}

/* Names, indices and addresses; an address that no interface has is none. */
static gboolean
choose_by_text (int fd, const char *interface, GSockInterfaceChoice *choice, GError **error)
{
  const GSockOption *row = gsock_option_find ("multicast-join-group");
  g_autoptr (GVariant) value = interface != NULL ? g_variant_ref_sink (gsock_option_new_text (interface, -1)) : NULL;

  return gsock_option_choose_interface (row, fd, value, choice, error)
         && gsock_option_need_index (row, fd, choice, error);
}

static gboolean
choose_by_host (int fd, const char *name, GSockInterfaceChoice *choice, GCancellable *cancellable, GError **error)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, cancellable);
  g_autoptr (GPtrArray) addresses = gsock_lookup_endpoints (name, 0, GSOCK_IPV6_MODE_YES, AF_UNSPEC, &patience, error);

  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      g_autofree char *host = gsock_address_get_host (g_ptr_array_index (addresses, i));

      if (choose_by_text (fd, host, choice, NULL))
        return TRUE;
    }
  return FALSE;
}

gboolean
gsock_group_choose_interface (const char *operation, int fd, const char *interface, GSockInterfaceChoice *choice, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (interface != NULL && !g_utf8_validate (interface, -1, NULL))
    return gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_INTERFACE, "%s: the interface is no UTF-8 text", operation);
  if (choose_by_text (fd, interface, choice, NULL) || choose_by_host (fd, interface, choice, cancellable, &reason))
    return TRUE;
  if (!g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_INTERFACE, "%s: \"%s\" is neither the name nor the index nor an address of an interface%s",
                                operation, interface, reason != NULL ? ", nor a host" : "");
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* An integer that each family keeps for itself. */
typedef struct
{
  const char *name;
  int ipv4, ipv6;
  int minimum, maximum;
} GSockHopOption;

static const GSockHopOption multicast_loopback = { "multicast-loopback", IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, 0, 1 };
static const GSockHopOption multicast_ttl = { "multicast-ttl", IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, 0, 255 };
static const GSockHopOption unicast_ttl = { "ttl", IP_TTL, IPV6_UNICAST_HOPS, 1, 255 };

static int
set_level (GSockHandle *handle, int fd, int family, int option, gconstpointer data, gsize length)
{
  int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;

  if (!gsock_group_speaks (handle, fd, family))
    return 0;
  return setsockopt (fd, level, option, data, length) == 0 ? 0 : -errno;
}

static gboolean
set_integer (GSockDatagramSocket *self, const GSockHopOption *option, int value, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (GSOCK_SOCKET (self));
  int fd, failure;

  if (value < option->minimum || value > option->maximum)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "%s: %d is outside %d to %d", option->name, value,
                                option->minimum, option->maximum);
  fd = gsock_group_enter (self, option->name, error);
  if (fd < 0)
    return FALSE;
  failure = set_level (handle, fd, AF_INET6, option->ipv6, &value, sizeof value);
  if (failure == 0)
    failure = set_level (handle, fd, AF_INET, option->ipv4, &value, sizeof value);
  gsock_socket_leave (GSOCK_SOCKET (self));
  return failure == 0 || gsock_error_set (error, failure, option->name, NULL);
}

static int
get_integer (GSockDatagramSocket *self, const GSockHopOption *option, GError **error)
{
  int fd = gsock_group_enter (self, option->name, error);
  gboolean ipv4 = gsock_socket_get_handle (GSOCK_SOCKET (self))->family == AF_INET;
  int value = 0, failure;
  socklen_t length = sizeof value;

  if (fd < 0)
    return -1;
  failure = getsockopt (fd, ipv4 ? IPPROTO_IP : IPPROTO_IPV6, ipv4 ? option->ipv4 : option->ipv6, &value, &length) == 0 ? 0 : -errno;
  gsock_socket_leave (GSOCK_SOCKET (self));
  return failure == 0 ? value : gsock_error_set (error, failure, option->name, NULL) - 1;
}

/* The address goes along with the index, because it is the address that can be read back and that
 * datagrams are sent from. An interface without one is chosen by its index alone. */
static int
set_interface (GSockHandle *handle, int fd, GSockInterfaceChoice *choice)
{
  struct ip_mreqn native = { .imr_ifindex = choice->index };
  int failure = set_level (handle, fd, AF_INET6, IPV6_MULTICAST_IF, &choice->index, sizeof choice->index);

  if (failure != 0)
    return failure;
  gsock_option_need_address (gsock_option_find ("ip-multicast-interface"), fd, choice, NULL);
  native.imr_address.s_addr = choice->address;
  return set_level (handle, fd, AF_INET, IP_MULTICAST_IF, &native, sizeof native);
}

/**
 * gsock_datagram_socket_set_multicast_interface:
 * @self: a datagram socket
 * @interface: (nullable): the interface to send by
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Says by which interface datagrams to multicast groups leave: multicast-interface. On a socket that
 * speaks both families it holds for both.
 *
 * The interface is given as for [method@DatagramSocket.join_group]; %NULL, `"0.0.0.0"` and `"::"` leave
 * the choice to the kernel again.
 *
 * Errors: `GSOCK_ERROR_UNKNOWN_INTERFACE`, `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a socket that is not
 * of the internet, `GSOCK_ERROR_INVALID_ARGUMENT` where the socket is bound to another interface,
 * `GSOCK_ERROR_CLOSED`, `GSOCK_ERROR_NOT_INITIALIZED` and %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether it is set
 *
 * Since: 1.0
 */
gboolean
gsock_datagram_socket_set_multicast_interface (GSockDatagramSocket *self, const char *interface, GCancellable *cancellable, GError **error)
{
  GSockInterfaceChoice choice;
  int fd, failure = 0;
  gboolean chosen;

  g_return_val_if_fail (GSOCK_IS_DATAGRAM_SOCKET (self), FALSE);

  fd = gsock_group_enter (self, "multicast-interface", error);
  if (fd < 0)
    return FALSE;
  chosen = gsock_group_choose_interface ("multicast-interface", fd, interface, &choice, cancellable, error);
  if (chosen)
    failure = set_interface (gsock_socket_get_handle (GSOCK_SOCKET (self)), fd, &choice);
  gsock_socket_leave (GSOCK_SOCKET (self));
  return chosen && (failure == 0 || gsock_error_set_for_name (error, failure, "multicast-interface", interface));
}

static int
get_ipv4_interface (int fd, char **text)
{
  struct in_addr address = { 0 };
  socklen_t length = sizeof address;
  char room[INET_ADDRSTRLEN];

  if (getsockopt (fd, IPPROTO_IP, IP_MULTICAST_IF, &address, &length) != 0)
    return -errno;
  *text = g_strdup (inet_ntop (AF_INET, &address, room, sizeof room));
  return 0;
}

/* An interface that has gone is told by the number that it had. */
static int
get_ipv6_interface (int fd, char **text)
{
  struct ifreq request = { 0 };
  int index = 0;
  socklen_t length = sizeof index;

  if (getsockopt (fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, &length) != 0)
    return -errno;
  request.ifr_ifindex = index;
  if (index == 0)
    *text = g_strdup (GSOCK_IPV4_ANY);
  else if (ioctl (fd, SIOCGIFNAME, &request) == 0)
    *text = g_strdup (request.ifr_name);
  else
    *text = g_strdup_printf ("%d", index);
  return 0;
}

/**
 * gsock_datagram_socket_get_multicast_interface:
 * @self: a datagram socket
 * @error: return location for an error
 *
 * Tells by which interface datagrams to multicast groups leave: on an IPv4 socket by the address of the
 * interface, on one of family IPv6 by its name, as the kernel keeps them. Where the kernel chooses it is
 * `"0.0.0.0"` on both.
 *
 * Errors: `GSOCK_ERROR_OPERATION_NOT_SUPPORTED`, `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: (transfer full): what [method@DatagramSocket.set_multicast_interface] takes
 *
 * Since: 1.0
 */
char *
gsock_datagram_socket_get_multicast_interface (GSockDatagramSocket *self, GError **error)
{
  char *text = NULL;
  int fd, failure;

  g_return_val_if_fail (GSOCK_IS_DATAGRAM_SOCKET (self), NULL);

  fd = gsock_group_enter (self, "multicast-interface", error);
  if (fd < 0)
    return NULL;
  if (gsock_socket_get_handle (GSOCK_SOCKET (self))->family == AF_INET)
    failure = get_ipv4_interface (fd, &text);
  else
    failure = get_ipv6_interface (fd, &text);
  gsock_socket_leave (GSOCK_SOCKET (self));
  if (failure != 0)
    gsock_error_set (error, failure, "multicast-interface", NULL);
  return text;
}

/**
 * gsock_datagram_socket_set_multicast_loopback:
 * @self: a datagram socket
 * @loopback: whether members on this machine hear the socket too; the kernel's default is %TRUE
 * @error: return location for an error
 *
 * Says whether datagrams to multicast groups come back to this machine: multicast-loopback. It is the
 * sender's to say.
 *
 * Errors: `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a socket that is not of the internet,
 * `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: whether it is set
 *
 * Since: 1.0
 */
gboolean
gsock_datagram_socket_set_multicast_loopback (GSockDatagramSocket *self, gboolean loopback, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_DATAGRAM_SOCKET (self), FALSE);

  return set_integer (self, &multicast_loopback, loopback != FALSE, error);
}

/**
 * gsock_datagram_socket_get_multicast_loopback:
 * @self: a datagram socket
 * @error: return location for an error
 *
 * Tells whether datagrams to multicast groups come back to this machine.
 *
 * Errors: `GSOCK_ERROR_OPERATION_NOT_SUPPORTED`, `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: whether they do; %FALSE with @error set where that cannot be told
 *
 * Since: 1.0
 */
gboolean
gsock_datagram_socket_get_multicast_loopback (GSockDatagramSocket *self, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_DATAGRAM_SOCKET (self), FALSE);

  return get_integer (self, &multicast_loopback, error) > 0;
}

/**
 * gsock_datagram_socket_set_multicast_ttl:
 * @self: a datagram socket
 * @ttl: how many routers, 0 to 255; 0 is for this machine and 1, the kernel's default, stays on this link
 * @error: return location for an error
 *
 * Says how far datagrams to multicast groups go: multicast-ttl, the hop limit of IPv6.
 *
 * Linux keeps datagrams with a @ttl of 0 at home only where this machine has a member of the group itself,
 * on the interface that they leave by, and for IPv6 only while [method@DatagramSocket.set_multicast_loopback]
 * has not been told otherwise. In all other cases they go out on the link.
 *
 * Errors: `GSOCK_ERROR_OUT_OF_RANGE`, `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a socket that is not of
 * the internet, `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: whether it is set
 *
 * Since: 1.0
 */
gboolean
gsock_datagram_socket_set_multicast_ttl (GSockDatagramSocket *self, int ttl, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_DATAGRAM_SOCKET (self), FALSE);

  return set_integer (self, &multicast_ttl, ttl, error);
}

/**
 * gsock_datagram_socket_get_multicast_ttl:
 * @self: a datagram socket
 * @error: return location for an error
 *
 * Tells how far datagrams to multicast groups go.
 *
 * Errors: `GSOCK_ERROR_OPERATION_NOT_SUPPORTED`, `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: the most routers, or -1
 *
 * Since: 1.0
 */
int
gsock_datagram_socket_get_multicast_ttl (GSockDatagramSocket *self, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_DATAGRAM_SOCKET (self), -1);

  return get_integer (self, &multicast_ttl, error);
}

/**
 * gsock_datagram_socket_set_ttl:
 * @self: a datagram socket
 * @ttl: how many routers, 1 to 255
 * @error: return location for an error
 *
 * Says how far datagrams to single hosts go: ttl, the hop limit of IPv6.
 *
 * Errors: `GSOCK_ERROR_OUT_OF_RANGE`, `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a socket that is not of
 * the internet, `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: whether it is set
 *
 * Since: 1.0
 */
gboolean
gsock_datagram_socket_set_ttl (GSockDatagramSocket *self, int ttl, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_DATAGRAM_SOCKET (self), FALSE);

  return set_integer (self, &unicast_ttl, ttl, error);
}

/**
 * gsock_datagram_socket_get_ttl:
 * @self: a datagram socket
 * @error: return location for an error
 *
 * Tells how far datagrams to single hosts go.
 *
 * Errors: `GSOCK_ERROR_OPERATION_NOT_SUPPORTED`, `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: the most routers, or -1
 *
 * Since: 1.0
 */
int
gsock_datagram_socket_get_ttl (GSockDatagramSocket *self, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_DATAGRAM_SOCKET (self), -1);

  return get_integer (self, &unicast_ttl, error);
}
