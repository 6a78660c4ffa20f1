/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of local sockets: files, abstract names, and the forms in which both are written. */

#include <gsock/gsock-address.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-error-private.h>

#include <string.h>
#include <sys/un.h>

#define LOCAL_NAME_OFFSET offsetof (struct sockaddr_un, sun_path)

const char *
gsock_address_local_name (const GSockAddress *self, gsize *length)
{
  const char *name = (const char *) self->storage + LOCAL_NAME_OFFSET;
  gsize room;

  if (gsock_address_family_number (self) != AF_UNIX || self->length <= LOCAL_NAME_OFFSET)
    return NULL;

  /* A path may fill sun_path to the last byte, and then no NUL ends it. */
  room = self->length - LOCAL_NAME_OFFSET;
  *length = name[0] == '\0' ? room : strnlen (name, room);
  return name;
}

/* Whether a path is told from a host or an abstract name by how it begins. */
static gboolean
shows_as_path (const char *name)
{
  return g_str_has_prefix (name, "/") || g_str_has_prefix (name, "./")
         || g_str_has_prefix (name, "../");
}

char *
gsock_address_print_local (const GSockAddress *self)
{
  g_autofree char *shown = NULL;
  gsize length = 0;
  const char *name = gsock_address_local_name (self, &length);

  if (name == NULL)
    return g_strdup (GSOCK_TEXT_UNNAMED);
  if (name[0] == '\0')
    {
      shown = gsock_text_escape (name + 1, length - 1);
      return g_strconcat ("@", shown, NULL);
    }

  shown = gsock_text_escape (name, length);
  return g_strconcat (shows_as_path (shown) ? "" : "local:", shown, NULL);
}

gboolean
gsock_address_parse_local (GSockAddress *self, int family, const char *text, GError **error)
{
  gsize length;
  g_autofree char *path = gsock_text_unescape (text, &length);

  return gsock_address_init_path (self, path, length, error);
}

gboolean
gsock_address_parse_abstract (GSockAddress *self, const char *text, GError **error)
{
  gsize length;
  g_autofree char *name = gsock_text_unescape (text, &length);

  return gsock_address_init_abstract (self, name, length, error);
}

/* Fills sun_path; self is an unnamed local address. */
static void
store_name (GSockAddress *self, gsize offset, const void *name, gsize length)
{
  guint8 *path = (guint8 *) self->storage + LOCAL_NAME_OFFSET;

  if (length > 0)
    memcpy (path + offset, name, length);
}

static gboolean
refuse_name (GError **error, const char *what, const char *name, gsize length)
{
  g_autofree char *shown = gsock_text_escape (name, MIN (length, GSOCK_LOCAL_FILENAME_MAX));

  return gsock_error_literal (
      error, GSOCK_ERROR_INVALID_ADDRESS,
      "the %s \"%s%s\" has %" G_GSIZE_FORMAT " bytes, that of a local socket has %d at most", what,
      shown, length > GSOCK_LOCAL_FILENAME_MAX ? "..." : "", length, GSOCK_LOCAL_FILENAME_MAX);
}

gboolean
gsock_address_init_path (GSockAddress *self, const char *path, gsize length, GError **error)
{
  *self = (GSockAddress) GSOCK_ADDRESS_INIT;
  if (length == 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS,
                                "a local socket cannot have an empty file name");
  if (length > GSOCK_LOCAL_FILENAME_MAX)
    return refuse_name (error, "file name", path, length);
  if (memchr (path, '\0', length) != NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS,
                                "a file name cannot have a NUL in it");

  gsock_address_init_zero (self, AF_UNIX);
  store_name (self, 0, path, length);
  self->length = LOCAL_NAME_OFFSET + length + 1;
  return TRUE;
}

gboolean
gsock_address_init_abstract (GSockAddress *self, const void *name, gsize length, GError **error)
{
  *self = (GSockAddress) GSOCK_ADDRESS_INIT;
  if (length > GSOCK_LOCAL_FILENAME_MAX)
    return refuse_name (error, "abstract name", name, length);

  gsock_address_init_zero (self, AF_UNIX);
  store_name (self, 1, name, length);
  self->length = LOCAL_NAME_OFFSET + 1 + length;
  return TRUE;
}

/**
 * gsock_address_init_from_filename: (skip)
 * @self: the address to fill
 * @filename: (type filename): the name of a file, or `@` and an abstract name
 * @error: return location for an error
 *
 * Makes the address of a local socket in a value that the caller has.
 *
 * After an error @self is the empty address. See [ctor@Address.new_from_filename].
 *
 * Returns: whether @filename can be a local socket's; `GSOCK_ERROR_INVALID_ADDRESS` if not
 *
 * Since: 1.0
 */
gboolean
gsock_address_init_from_filename (GSockAddress *self, const char *filename, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  *self = (GSockAddress) GSOCK_ADDRESS_INIT;
  if (filename == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS, "no file name was given");
  if (filename[0] == '@')
    return gsock_address_init_abstract (self, filename + 1, strlen (filename + 1), error);
  return gsock_address_init_path (self, filename, strlen (filename), error);
}

/**
 * gsock_address_new_from_filename:
 * @filename: (type filename): the name of a file, or `@` and an abstract name
 * @error: return location for an error
 *
 * Makes the address of a local socket.
 *
 * A leading `@` stands for the abstract namespace of Linux, where names vanish with their sockets;
 * write `./@name` for a file that is really called so. The name may have
 * %GSOCK_LOCAL_FILENAME_MAX bytes, not counting that `@`. A longer name is refused, never cut.
 *
 * Returns: (transfer full): the address; on error `GSOCK_ERROR_INVALID_ADDRESS`, when the name is
 *   empty or too long
 *
 * Since: 1.0
 */
GSockAddress *
gsock_address_new_from_filename (const char *filename, GError **error)
{
  GSockAddress value;

  return gsock_address_init_from_filename (&value, filename, error) ? gsock_address_copy (&value)
                                                                    : NULL;
}

/**
 * gsock_address_new_abstract:
 * @name: (array length=length): the name, any bytes, NUL included
 * @length: how many bytes @name has, %GSOCK_LOCAL_FILENAME_MAX at most
 * @error: return location for an error
 *
 * Makes the address of a local socket in the abstract namespace of Linux.
 *
 * Every byte counts: the names `a` and `a` with a NUL after it are two.
 *
 * Returns: (transfer full): the address; on error `GSOCK_ERROR_INVALID_ADDRESS`, when the name is
 *   too long
 *
 * Since: 1.0
 */
GSockAddress *
gsock_address_new_abstract (const guint8 *name, gsize length, GError **error)
{
  GSockAddress value;

  return gsock_address_init_abstract (&value, name, name != NULL ? length : 0, error)
             ? gsock_address_copy (&value)
             : NULL;
}

/* A file name in C ends at a NUL, so those of an abstract name are written out. */
static char *
abstract_filename (const char *name, gsize length)
{
  GString *filename = g_string_new ("@");

  for (gsize i = 0; i < length; i++)
    if (name[i] != '\0')
      g_string_append_c (filename, name[i]);
    else
      g_string_append (filename, "\\x00");
  return g_string_free (filename, FALSE);
}

/**
 * gsock_address_get_filename:
 * @self: an address
 *
 * The name of a local address, in the form that [ctor@Address.new_from_filename] takes: the name of
 * a file, or `@` and an abstract name, byte for byte.
 *
 * A file whose own name begins with `@` is given as `./@name`. A NUL in an abstract name is given
 * as `\x00`; such a name is not read back by [ctor@Address.new_from_filename], but
 * [method@Address.to_text] has a form that [ctor@Address.new_from_text] reads back, and
 * [method@Address.get_bytes] has the name itself.
 *
 * Returns: (transfer full) (nullable) (type filename): the name, or %NULL for an unnamed local
 *   address and for other families
 *
 * Since: 1.0
 */
char *
gsock_address_get_filename (const GSockAddress *self)
{
  g_autofree char *path = NULL;
  gsize length = 0;
  const char *name;

  g_return_val_if_fail (self != NULL, NULL);

  name = gsock_address_local_name (self, &length);
  if (name == NULL)
    return NULL;
  if (name[0] == '\0')
    return abstract_filename (name + 1, length - 1);

  path = g_strndup (name, length);
  return path[0] == '@' ? g_strconcat ("./", path, NULL) : g_steal_pointer (&path);
}

/**
 * gsock_address_is_abstract:
 * @self: an address
 *
 * Whether a local address is a name in the abstract namespace, which is no file.
 *
 * Returns: whether it is abstract, %FALSE for other families
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_abstract (const GSockAddress *self)
{
  gsize length = 0;
  const char *name;

  g_return_val_if_fail (self != NULL, FALSE);

  name = gsock_address_local_name (self, &length);
  return name != NULL && name[0] == '\0';
}
