/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of a bare descriptor: what may be asked of it, the two system calls, and their errors. */

#include <gsock/gsock-option-codec-private.h>

#include <gsock/gsock-error-private.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

/* No answer of the kernel is longer; a list of groups has four bytes for each of 65536 at most. */
#define ANSWER_MAX (1 << 20)

static gboolean
refuse_kind (const GSockOption *option, const char *operation, int family, int type, GError **error)
{
  g_autofree char *wanted = gsock_option_describe_kinds (option->kinds);
  g_autofree char *actual = gsock_option_describe_kinds (gsock_option_kind (family, type));

  return gsock_error_literal (error, GSOCK_ERROR_OPTION_NOT_SUPPORTED,
                              "%s %s: it is for sockets of kind %s, not %s", operation,
                              option->name, wanted, actual);
}

static gboolean
check_usable (const GSockOption *option, const char *operation, GSockAccess access, int family, int type, GError **error)
{
  if (option->number < 0)
    return gsock_error_literal (error, GSOCK_ERROR_OPTION_NOT_SUPPORTED, "%s %s: this system has no %s",
                                operation, option->name, option->constant);
  if ((option->access & access) == 0)
    return gsock_error_literal (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "%s %s: it can only be %s",
                                operation, option->name, access == GSOCK_ACCESS_SET ? "read" : "set");
  if (!gsock_option_applies (option, family, type))
    return refuse_kind (option, operation, family, type, error);
  return TRUE;
}

/* Errors that would say less by their number alone than gsock can tell. */
static gboolean
refused_by_kernel (const GSockOption *option, const char *operation, GVariant *value, int failure, GError **error)
{
  g_autofree char *text = value != NULL ? gsock_option_value_print (value) : NULL;
  g_autofree char *subject = NULL;

  if (failure == -ENODEV)
    return gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_INTERFACE,
                                "%s %s: there is no such network interface%s%s", operation, option->name,
                                text != NULL ? " as " : "", text != NULL ? text : "");
  if (failure == -ENOPROTOOPT)
    return gsock_error_literal (error, GSOCK_ERROR_OPTION_NOT_SUPPORTED,
                                "%s %s: the kernel does not have it for this socket", operation, option->name);
  subject = text != NULL ? g_strdup_printf ("%s to %s", option->name, text) : g_strdup (option->name);
  return gsock_error_set_for_name (error, failure, operation, subject);
}

gboolean
gsock_option_check_on (int fd, int family, int type, const GSockOption *option, GVariant *value, GError **error)
{
  g_autoptr (GVariant) owned = value != NULL ? g_variant_ref_sink (value) : NULL;
  g_autoptr (GVariant) inner = owned != NULL ? gsock_option_value_unwrap (owned) : NULL;
  GSockOptionBytes bytes;

  return check_usable (option, "set-option", GSOCK_ACCESS_SET, family, type, error)
         && gsock_option_encode (option, fd, inner, &bytes, error);
}

gboolean
gsock_option_set_on (int fd, int family, int type, const GSockOption *option, GVariant *value, GError **error)
{
  g_autoptr (GVariant) owned = value != NULL ? g_variant_ref_sink (value) : NULL;
  g_autoptr (GVariant) inner = owned != NULL ? gsock_option_value_unwrap (owned) : NULL;
  GSockOptionBytes bytes;
  int size;

  if (!check_usable (option, "set-option", GSOCK_ACCESS_SET, family, type, error)
      || !gsock_option_encode (option, fd, inner, &bytes, error))
    return FALSE;
  if (gsock_option_is_limited (option))
    {
      memcpy (&size, bytes.data, sizeof size);
      return gsock_option_set_limited (fd, option, size, error);
    }
  if (setsockopt (fd, bytes.level, option->number, bytes.data, bytes.length) == 0)
    return TRUE;
  return refused_by_kernel (option, "set-option", inner, -errno, error);
}

/* ERANGE comes with the length that is wanted, at least where the answer may be long. */
static int
get_bytes (int fd, const GSockOption *option, GByteArray *room)
{
  socklen_t length = room->len;

  while (getsockopt (fd, option->level, option->number, room->data, &length) != 0)
    {
      int failure = errno;

      if (failure != ERANGE || room->len >= ANSWER_MAX)
        return -failure;
      g_byte_array_set_size (room, MAX (MIN (length, ANSWER_MAX), room->len * 2));
      length = room->len;
    }
  return length;
}

/* The kernel makes descriptors close-on-exec; a kernel that did not would leak them. */
static void
secure_descriptor (const guint8 *data)
{
  int fd;

  memcpy (&fd, data, sizeof fd);
  fcntl (fd, F_SETFD, FD_CLOEXEC);
}

GVariant *
gsock_option_get_from (int fd, int family, int type, const GSockOption *option, GError **error)
{
  g_autoptr (GByteArray) room = NULL;
  GVariant *value;
  int length;

  if (!check_usable (option, "get-option", GSOCK_ACCESS_GET, family, type, error))
    return NULL;
  room = g_byte_array_sized_new (gsock_option_size (option));
  g_byte_array_set_size (room, gsock_option_size (option));
  memset (room->data, 0, room->len);

  length = get_bytes (fd, option, room);
  if (length < 0)
    {
      refused_by_kernel (option, "get-option", NULL, length, error);
      return NULL;
    }
  if (option->type == GSOCK_OPTION_FD)
    secure_descriptor (room->data);
  value = gsock_option_decode (option, room->data, MIN ((guint) length, room->len));
  if (value == NULL)
    gsock_error_literal (error, GSOCK_ERROR_FAILED, "get-option %s: the kernel answered %d bytes, which is too short",
                         option->name, length);
  return value;
}
