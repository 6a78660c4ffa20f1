/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator socket-option: get and set by name, or by level and number. */

#include <gsock/gsock-option.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-keyword-private.h>
#include <gsock/gsock-option-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

static const GSockOption *
find_or_refuse (const char *operation, const char *name, GError **error)
{
  const GSockOption *option = gsock_option_find (name);
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *near = NULL;

  if (option != NULL)
    return option;
  if (name != NULL)
    {
      names = g_ptr_array_new ();
      gsock_option_append_names (names);
      near = gsock_keyword_nearest (name, names);
    }
  gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_KEYWORD, "%s: unknown option \"%s\"; %s%s", operation,
                       name != NULL ? name : "", near != NULL ? "near it are " : "gsock_list_options tells which there are",
                       near != NULL ? near : "");
  return NULL;
}

/**
 * gsock_socket_set_option:
 * @self: a socket
 * @name: the name of an option, as in `keep-alive` or `keep_alive`, or the constant that C has for
 *   it, as in `SO_KEEPALIVE`
 * @value: what to set it to
 * @error: return location for an error
 *
 * Sets a socket option.
 *
 * What an option takes follows from its type, and the type is taken in whatever form a language has
 * for it: every kind of integer, a double without a fraction, an array in place of a tuple, a value
 * that is boxed in another. Tuples and bytes may be text as well, as [func@GLib.Variant.parse] reads
 * it: `(true, 5)`, `@ay [0x07, 0x04]`.
 *
 * | type | value |
 * | --- | --- |
 * | boolean | a boolean, 0 or 1 |
 * | integer | an integer; where its values have names, as in `ip-mtu-discover`, the name will do |
 * | seconds | a number of seconds; what is less than the kernel can count to is rounded up, 0 is for ever |
 * | linger | `(on, seconds)`; or a boolean alone, and the seconds are those of [func@set_default_linger_seconds] |
 * | string | a string |
 * | bytes | an array of bytes, or text that stands for its bytes, as the kernel wants them |
 * | address family | its number, or `ipv4`, `ipv6` |
 * | interface | its name, its index or an address that it has; nothing, an empty string, 0 or the unspecified address leaves the choice to the kernel |
 * | membership | the group, or `(group, interface)` |
 * | membership with a source | `(group, source)` or `(group, source, interface)` |
 *
 * Any option may be set at any time; some only have an effect, or are only taken by the kernel,
 * before the socket is bound, listens or is connected. Given to make-socket, an option is set when
 * the kernel wants it.
 *
 * A size of a buffer that the system does not allow is refused, where the kernel would set a smaller
 * one without a word. The kernel doubles what it takes, and the doubled figure is what is read.
 *
 * It fails with `GSOCK_ERROR_UNKNOWN_KEYWORD` where no system has an option of that name,
 * `GSOCK_ERROR_OPTION_NOT_SUPPORTED` where this system, this kernel or this kind of socket has not,
 * `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` for an option that can only be read,
 * `GSOCK_ERROR_INVALID_ARGUMENT` for a value of a wrong type, `GSOCK_ERROR_OUT_OF_RANGE` for one
 * outside the bounds, `GSOCK_ERROR_INVALID_ADDRESS` for a group that is no multicast address,
 * `GSOCK_ERROR_UNKNOWN_INTERFACE`, `GSOCK_ERROR_CLOSED`, `GSOCK_ERROR_NOT_INITIALIZED`, or with what
 * the kernel says.
 *
 * Returns: whether it is set
 *
 * Since: 1.0
 */
gboolean
gsock_socket_set_option (GSockSocket *self, const char *name, GVariant *value, GError **error)
{
  g_autoptr (GVariant) owned = value != NULL ? g_variant_ref_sink (value) : NULL;
  const GSockOption *option;
  gboolean done;
  int fd;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  fd = gsock_socket_enter (self, "set-option", error);
  if (fd < 0)
    return FALSE;
  option = find_or_refuse ("set-option", name, error);
  done = option != NULL
         && gsock_option_set_on (fd, gsock_socket_native_family (self), gsock_socket_native_type (self),
                                 option, owned, error);
  if (done && option->type == GSOCK_OPTION_ADDRESS_FAMILY)
    gsock_handle_ask_family (gsock_socket_get_handle (self), fd);
  gsock_socket_leave (self);
  return done;
}

/**
 * gsock_socket_get_option:
 * @self: a socket
 * @name: the name of an option, as in `keep-alive` or `keep_alive`, or the constant that C has for
 *   it, as in `SO_KEEPALIVE`
 * @error: return location for an error
 *
 * Reads a socket option.
 *
 * | type | value |
 * | --- | --- |
 * | boolean | `b` |
 * | integer | `i`, `u` or `t`; also where its values have names |
 * | seconds | `d` |
 * | linger | `(bi)`: on, seconds |
 * | string | `s` |
 * | bytes | `ay`, as the kernel has them |
 * | address family, socket type | `i` |
 * | credentials | `(iuu)`: process, user and group, as they were when the peer connected; 0 and 4294967295 where there is no peer |
 * | interface | `i`: its index; for `ip-multicast-interface` `s`: its address, `0.0.0.0` where the kernel chooses |
 * | `tcp-info` | `a{sv}`: the fields of `struct tcp_info` that this kernel has, in its units, without their prefix and with hyphens: `snd-cwnd` |
 * | descriptor | `i`: an open descriptor, close-on-exec, that is now the caller's to close |
 *
 * To read `error` takes the pending error of the socket away; the next operation will not report it.
 *
 * It fails with `GSOCK_ERROR_UNKNOWN_KEYWORD` where no system has an option of that name,
 * `GSOCK_ERROR_OPTION_NOT_SUPPORTED` where this system, this kernel or this kind of socket has not,
 * `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` for an option that can only be set, `GSOCK_ERROR_CLOSED`,
 * `GSOCK_ERROR_NOT_INITIALIZED`, or with what the kernel says.
 *
 * Returns: (transfer full): the value
 *
 * Since: 1.0
 */
GVariant *
gsock_socket_get_option (GSockSocket *self, const char *name, GError **error)
{
  const GSockOption *option;
  GVariant *value = NULL;
  int fd;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  fd = gsock_socket_enter (self, "get-option", error);
  if (fd < 0)
    return NULL;
  option = find_or_refuse ("get-option", name, error);
  if (option != NULL)
    value = gsock_option_get_from (fd, gsock_socket_native_family (self),
                                   gsock_socket_native_type (self), option, error);
  gsock_socket_leave (self);
  return value;
}

/**
 * gsock_socket_get_option_text:
 * @self: a socket
 * @name: the name of an option, as for [method@Socket.get_option]
 * @error: return location for an error
 *
 * Reads a socket option as text, in the form of [method@GLib.Variant.print], for people and for
 * languages to which a [struct@GLib.Variant] means nothing. [method@Socket.set_option] takes a string
 * of that form where an option has several values: `(true, 5)`.
 *
 * Errors: those of [method@Socket.get_option].
 *
 * Returns: (transfer full): the value as text, without its type
 *
 * Since: 1.0
 */
char *
gsock_socket_get_option_text (GSockSocket *self, const char *name, GError **error)
{
  g_autoptr (GVariant) value = gsock_socket_get_option (self, name, error);

  return value != NULL ? g_variant_print (value, FALSE) : NULL;
}

/* There is no name to tell, only what the caller gave. */
static gboolean
refuse_raw (const char *operation, int level, int option, int failure, GError **error)
{
  g_autofree char *subject = g_strdup_printf ("%d of level %d", option, level);

  return gsock_error_set_for_name (error, failure, operation, subject);
}

static gboolean
set_raw (GSockSocket *self, int level, int option, gconstpointer data, gsize length, GError **error)
{
  int fd = gsock_socket_enter (self, "set-option", error);
  int failure;

  if (fd < 0)
    return FALSE;
  failure = setsockopt (fd, level, option, data, length) == 0 ? 0 : -errno;
  gsock_socket_leave (self);
  return failure == 0 || refuse_raw ("set-option", level, option, failure, error);
}

static gboolean
get_raw (GSockSocket *self, int level, int option, gpointer data, socklen_t *length, GError **error)
{
  int fd = gsock_socket_enter (self, "get-option", error);
  int failure;

  if (fd < 0)
    return FALSE;
  failure = getsockopt (fd, level, option, data, length) == 0 ? 0 : -errno;
  gsock_socket_leave (self);
  return failure == 0 || refuse_raw ("get-option", level, option, failure, error);
}

/**
 * gsock_socket_set_option_int:
 * @self: a socket
 * @level: the level, as in `SOL_SOCKET`
 * @option: the number of the option at that level
 * @value: what to set it to
 * @error: return location for an error
 *
 * Sets a socket option that takes an `int`, by the numbers that the system has for it.
 *
 * Nothing is checked but what the kernel checks: a size of a buffer is cut here, not refused.
 *
 * It fails with `GSOCK_ERROR_OPTION_NOT_SUPPORTED`, `GSOCK_ERROR_CLOSED`,
 * `GSOCK_ERROR_NOT_INITIALIZED`, or with what the kernel says.
 *
 * Returns: whether it is set
 *
 * Since: 1.0
 */
gboolean
gsock_socket_set_option_int (GSockSocket *self, int level, int option, int value, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  return set_raw (self, level, option, &value, sizeof value, error);
}

/**
 * gsock_socket_get_option_int:
 * @self: a socket
 * @level: the level, as in `SOL_SOCKET`
 * @option: the number of the option at that level
 * @value: (out): what it is set to
 * @error: return location for an error
 *
 * Reads a socket option that is an `int` or a byte, by the numbers that the system has for it.
 *
 * It fails with `GSOCK_ERROR_OPTION_NOT_SUPPORTED`, `GSOCK_ERROR_CLOSED`,
 * `GSOCK_ERROR_NOT_INITIALIZED`, or with what the kernel says.
 *
 * Returns: whether @value is set
 *
 * Since: 1.0
 */
gboolean
gsock_socket_get_option_int (GSockSocket *self, int level, int option, int *value, GError **error)
{
  int answer = 0;
  socklen_t length = sizeof answer;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  if (!get_raw (self, level, option, &answer, &length, error))
    return FALSE;
  *value = length == 1 ? *(guint8 *) &answer : answer;
  return TRUE;
}

/**
 * gsock_socket_set_option_bytes:
 * @self: a socket
 * @level: the level, as in `SOL_SOCKET`
 * @option: the number of the option at that level
 * @bytes: (array length=length) (nullable): what the kernel is to be given
 * @length: the number of bytes
 * @error: return location for an error
 *
 * Sets a socket option by the numbers and the bytes that the system has for it.
 *
 * It fails with `GSOCK_ERROR_OPTION_NOT_SUPPORTED`, `GSOCK_ERROR_OUT_OF_RANGE` for more bytes than
 * any system call takes, `GSOCK_ERROR_CLOSED`, `GSOCK_ERROR_NOT_INITIALIZED`, or with what the
 * kernel says.
 *
 * Returns: whether it is set
 *
 * Since: 1.0
 */
gboolean
gsock_socket_set_option_bytes (GSockSocket *self, int level, int option, const guint8 *bytes, gsize length, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  if (length > G_MAXINT)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "set-option: %" G_GSIZE_FORMAT " bytes are too many", length);
  return set_raw (self, level, option, bytes, length, error);
}

/**
 * gsock_socket_get_option_bytes:
 * @self: a socket
 * @level: the level, as in `SOL_SOCKET`
 * @option: the number of the option at that level
 * @size: how many bytes there may be; the kernel cuts most answers to it, and refuses others
 * @error: return location for an error
 *
 * Reads a socket option by the numbers and the bytes that the system has for it.
 *
 * It fails with `GSOCK_ERROR_OPTION_NOT_SUPPORTED`, `GSOCK_ERROR_OUT_OF_RANGE` for a @size that no
 * system call takes, `GSOCK_ERROR_NO_BUFFER_SPACE`, `GSOCK_ERROR_CLOSED`,
 * `GSOCK_ERROR_NOT_INITIALIZED`, or with what the kernel says.
 *
 * Returns: (transfer full): what the kernel answered
 *
 * Since: 1.0
 */
GBytes *
gsock_socket_get_option_bytes (GSockSocket *self, int level, int option, gsize size, GError **error)
{
  g_autofree guint8 *answer = NULL;
  socklen_t length = size;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  if (size > G_MAXINT)
    {
      gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "get-option: %" G_GSIZE_FORMAT " bytes are too many", size);
      return NULL;
    }
  answer = g_try_malloc0 (size + 1);
  if (answer == NULL)
    {
      refuse_raw ("get-option", level, option, -ENOMEM, error);
      return NULL;
    }
  if (!get_raw (self, level, option, answer, &length, error))
    return NULL;
  return g_bytes_new (answer, MIN (length, size));
}

/**
 * gsock_list_options:
 *
 * The names of all socket options that [method@Socket.set_option] and [method@Socket.get_option]
 * know, sorted; also of those that this system does not have.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names
 *
 * Since: 1.0
 */
char **
gsock_list_options (void)
{
  gsize n_rows;
  const GSockOption *rows = gsock_option_rows (&n_rows);
  char **names = g_new0 (char *, n_rows + 1);

  for (gsize i = 0; i < n_rows; i++)
    names[i] = g_strdup (rows[i].name);
  return names;
}
