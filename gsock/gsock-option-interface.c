/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network interfaces as the values of options name them: by name, by index or by an address. */

#include <gsock/gsock-option-codec-private.h>

#include <gsock/gsock-error-private.h>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>

static gboolean
refuse_interface (const GSockOption *option, const char *name, const char *why, GError **error)
{
  return gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_INTERFACE, "set-option %s: %s \"%s\"",
                              option->name, why, name);
}

/* The socket answers for the network namespace that it lives in, which need not be that of this
 * thread. */
static gboolean
name_of_index (int fd, guint index, struct ifreq *request)
{
  memset (request, 0, sizeof *request);
  request->ifr_ifindex = index;
  return ioctl (fd, SIOCGIFNAME, request) == 0;
}

static guint
index_of_name (int fd, const char *name)
{
  struct ifreq request = { 0 };

  if (strlen (name) >= sizeof request.ifr_name)
    return 0;
  memcpy (request.ifr_name, name, strlen (name));
  return ioctl (fd, SIOCGIFINDEX, &request) == 0 ? request.ifr_ifindex : 0;
}

static const void *
raw_address (const struct sockaddr *address, int family, gsize *length)
{
  if (address == NULL || address->sa_family != family)
    return NULL;
  if (family == AF_INET)
    {
      *length = sizeof (struct in_addr);
      return &((const struct sockaddr_in *) address)->sin_addr;
    }
  *length = sizeof (struct in6_addr);
  return &((const struct sockaddr_in6 *) address)->sin6_addr;
}

/* Of the interface that has this address. */
static guint
index_of_address (int fd, int family, const void *wanted)
{
  struct ifaddrs *all;
  guint index = 0;

  if (getifaddrs (&all) != 0)
    return 0;
  for (struct ifaddrs *one = all; one != NULL && index == 0; one = one->ifa_next)
    {
      gsize length;
      const void *address = raw_address (one->ifa_addr, family, &length);

      if (address != NULL && memcmp (address, wanted, length) == 0)
        index = index_of_name (fd, one->ifa_name);
    }
  freeifaddrs (all);
  return index;
}

/* The first IPv4 address that the interface has, or 0. */
static guint32
address_of_name (const char *name)
{
  struct ifaddrs *all;
  guint32 found = 0;

  if (getifaddrs (&all) != 0)
    return 0;
  for (struct ifaddrs *one = all; one != NULL && found == 0; one = one->ifa_next)
    {
      gsize length;
      const void *address = raw_address (one->ifa_addr, AF_INET, &length);

      if (address != NULL && strcmp (one->ifa_name, name) == 0)
        memcpy (&found, address, sizeof found);
    }
  freeifaddrs (all);
  return found;
}

static gboolean
choose_by_index (const GSockOption *option, int fd, gint64 index, GSockInterfaceChoice *choice, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, index);
  struct ifreq request;

  if (index < 0 || index > G_MAXINT)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE,
                                "set-option %s: %s is no index of an interface", option->name, text);
  if (index != 0 && !name_of_index (fd, index, &request))
    return refuse_interface (option, text, "there is no interface of index", error);
  choice->index = index;
  return TRUE;
}

/* An IPv6 address only serves to find the interface, there is no request that takes it. */
static gboolean
choose_by_text (const GSockOption *option, int fd, const char *text, GSockInterfaceChoice *choice, GError **error)
{
  struct in6_addr address;
  guint64 index;

  if (text[0] == '\0' || inet_pton (AF_INET, text, &choice->address) == 1)
    return TRUE;
  if (inet_pton (AF_INET6, text, &address) == 1)
    {
      if (IN6_IS_ADDR_UNSPECIFIED (&address))
        return TRUE;
      choice->index = index_of_address (fd, AF_INET6, &address);
      return choice->index != 0
             || refuse_interface (option, text, "no interface has the address", error);
    }
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &index, NULL))
    return choose_by_index (option, fd, index, choice, error);

  choice->index = index_of_name (fd, text);
  return choice->index != 0 || refuse_interface (option, text, "there is no interface called", error);
}

/* Nothing, "", 0 and the unspecified address leave the choice to the kernel. */
gboolean
gsock_option_choose_interface (const GSockOption *option, int fd, GVariant *value, GSockInterfaceChoice *choice, GError **error)
{
  gint64 index;

  *choice = (GSockInterfaceChoice) { 0 };
  if (value == NULL)
    return TRUE;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return choose_by_text (option, fd, g_variant_get_string (value, NULL), choice, error);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && gsock_option_value_integer (value, &index))
    return choose_by_index (option, fd, index, choice, error);
  return gsock_option_refuse_value (option, value, error);
}

/* For requests that take nothing but an index. */
gboolean
gsock_option_need_index (const GSockOption *option, int fd, GSockInterfaceChoice *choice, GError **error)
{
  char text[INET_ADDRSTRLEN];

  if (choice->index != 0 || choice->address == 0)
    return TRUE;
  choice->index = index_of_address (fd, AF_INET, &choice->address);
  if (choice->index != 0)
    return TRUE;
  inet_ntop (AF_INET, &choice->address, text, sizeof text);
  return refuse_interface (option, text, "no interface has the address", error);
}

/* For requests that take nothing but an IPv4 address. */
gboolean
gsock_option_need_address (const GSockOption *option, int fd, GSockInterfaceChoice *choice, GError **error)
{
  struct ifreq request;

  if (choice->index == 0 || choice->address != 0)
    return TRUE;
  if (!name_of_index (fd, choice->index, &request))
    request.ifr_name[0] = '\0';
  choice->address = address_of_name (request.ifr_name);
  return choice->address != 0
         || refuse_interface (option, request.ifr_name, "there is no IPv4 address on the interface", error);
}
