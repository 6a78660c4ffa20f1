/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests about multicast groups: from (group, interface) and (group, source, interface) to the
 * structs that the kernel takes. */

#include <gsock/gsock-option-codec-private.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-error-private.h>

#include <netinet/in.h>
#include <string.h>

/* What the parts of a value say. */
typedef struct
{
  GSockAddress group;
  GSockAddress source;
  GSockInterfaceChoice interface;
} GSockGroupRequest;

static gboolean
parse_host (const GSockOption *option, GVariant *part, int family, GSockAddress *address, GError **error)
{
  const char *host = g_variant_get_string (part, NULL);

  if (!gsock_address_init_from_host (address, host, 0, error))
    {
      g_prefix_error (error, "set-option %s: ", option->name);
      return FALSE;
    }
  if (family != AF_UNSPEC && gsock_address_family_number (address) != family)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS, "set-option %s: \"%s\" is no %s address",
                                option->name, host, family == AF_INET ? "IPv4" : "IPv6");
  return TRUE;
}

static gboolean
parse_group (const GSockOption *option, GVariant *part, int family, GSockAddress *group, GError **error)
{
  if (!parse_host (option, part, family, group, error))
    return FALSE;
  return gsock_address_is_multicast (group)
         || gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS,
                                 "set-option %s: \"%s\" is no multicast address", option->name,
                                 g_variant_get_string (part, NULL));
}

static gboolean
is_text (GVariant *part)
{
  return part != NULL && g_variant_is_of_type (part, G_VARIANT_TYPE_STRING);
}

/* A group that says its own interface, as in ff02::1%eth0, needs no other part that does. */
static gboolean
parse_parts (const GSockOption *option, int fd, GVariant *value, guint n_hosts, int family, GSockGroupRequest *request, GError **error)
{
  GVariant *parts[GSOCK_OPTION_PARTS_MAX] = { NULL };
  guint n_parts = gsock_option_value_split (value, parts);
  gboolean done;

  if (n_parts == 0 && is_text (value) && n_hosts == 1)
    parts[n_parts++] = g_variant_ref (value);
  if (n_parts < n_hosts || n_parts > n_hosts + 1 || !is_text (parts[0]) || !is_text (parts[n_hosts - 1]))
    done = gsock_option_refuse_value (option, value, error);
  else
    done = parse_group (option, parts[0], family, &request->group, error)
           && (n_hosts == 1
               || parse_host (option, parts[1], gsock_address_family_number (&request->group),
                              &request->source, error))
           && gsock_option_choose_interface (option, fd, parts[n_hosts], &request->interface, error);

  for (guint i = 0; i < GSOCK_OPTION_PARTS_MAX; i++)
    g_clear_pointer (&parts[i], g_variant_unref);
  if (done && request->interface.index == 0 && request->interface.address == 0)
    request->interface.index = gsock_address_get_scope_id (&request->group);
  return done;
}

static struct in_addr
ipv4_of (const GSockAddress *address)
{
  return ((const struct sockaddr_in *) gsock_address_native (address))->sin_addr;
}

static struct in6_addr
ipv6_of (const GSockAddress *address)
{
  return ((const struct sockaddr_in6 *) gsock_address_native (address))->sin6_addr;
}

gboolean
gsock_option_encode_mreq (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  GSockGroupRequest request = { 0 };
  struct ip_mreqn native = { 0 };

  if (!parse_parts (option, fd, value, 1, AF_INET, &request, error))
    return FALSE;
  native.imr_multiaddr = ipv4_of (&request.group);
  native.imr_address.s_addr = request.interface.address;
  native.imr_ifindex = request.interface.index;
  return gsock_option_store (bytes, &native, sizeof native);
}

gboolean
gsock_option_encode_mreq_source (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  GSockGroupRequest request = { 0 };
  struct ip_mreq_source native = { 0 };

  if (!parse_parts (option, fd, value, 2, AF_INET, &request, error)
      || !gsock_option_need_address (option, fd, &request.interface, error))
    return FALSE;
  native.imr_multiaddr = ipv4_of (&request.group);
  native.imr_sourceaddr = ipv4_of (&request.source);
  native.imr_interface.s_addr = request.interface.address;
  return gsock_option_store (bytes, &native, sizeof native);
}

gboolean
gsock_option_encode_mreq6 (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  GSockGroupRequest request = { 0 };
  struct ipv6_mreq native = { 0 };

  if (!parse_parts (option, fd, value, 1, AF_INET6, &request, error)
      || !gsock_option_need_index (option, fd, &request.interface, error))
    return FALSE;
  native.ipv6mr_multiaddr = ipv6_of (&request.group);
  native.ipv6mr_interface = request.interface.index;
  return gsock_option_store (bytes, &native, sizeof native);
}

/* The requests that serve both families have one number and two levels. The kernel looks at the
 * level, not at the family of the socket. */
static int
level_of (const GSockAddress *group)
{
  return gsock_address_family_number (group) == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
}

static void
copy_native (struct sockaddr_storage *native, const GSockAddress *address)
{
  memcpy (native, gsock_address_native (address), address->length);
}

gboolean
gsock_option_encode_group_req (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  GSockGroupRequest request = { 0 };
  struct group_req native = { 0 };

  if (!parse_parts (option, fd, value, 1, AF_UNSPEC, &request, error)
      || !gsock_option_need_index (option, fd, &request.interface, error))
    return FALSE;
  native.gr_interface = request.interface.index;
  copy_native (&native.gr_group, &request.group);
  bytes->level = level_of (&request.group);
  return gsock_option_store (bytes, &native, sizeof native);
}

gboolean
gsock_option_encode_group_source_req (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  GSockGroupRequest request = { 0 };
  struct group_source_req native = { 0 };

  if (!parse_parts (option, fd, value, 2, AF_UNSPEC, &request, error)
      || !gsock_option_need_index (option, fd, &request.interface, error))
    return FALSE;
  native.gsr_interface = request.interface.index;
  copy_native (&native.gsr_group, &request.group);
  copy_native (&native.gsr_source, &request.source);
  bytes->level = level_of (&request.group);
  return gsock_option_store (bytes, &native, sizeof native);
}

/* The address goes along with the index, because it is the address that can be read back. An
 * interface without one is chosen by its index alone. */
gboolean
gsock_option_encode_ipv4 (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  GSockInterfaceChoice choice;
  struct ip_mreqn native = { 0 };

  if (!gsock_option_choose_interface (option, fd, value, &choice, error))
    return FALSE;
  gsock_option_need_address (option, fd, &choice, NULL);
  native.imr_address.s_addr = choice.address;
  native.imr_ifindex = choice.index;
  return gsock_option_store (bytes, &native, sizeof native);
}

gboolean
gsock_option_encode_ifindex (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  GSockInterfaceChoice choice;

  if (!gsock_option_choose_interface (option, fd, value, &choice, error)
      || !gsock_option_need_index (option, fd, &choice, error))
    return FALSE;
  return gsock_option_store (bytes, &choice.index, sizeof choice.index);
}
