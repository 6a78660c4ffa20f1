/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sizes of buffers: what the kernel would cut without a word is refused. */

#include <gsock/gsock-option-codec-private.h>

#include <gsock/gsock-error-private.h>

#include <errno.h>
#include <sys/socket.h>

/* The kernel doubles what it is given, and cuts to this even where it may exceed its own limit. */
#define SIZE_MAX_DOUBLED (G_MAXINT / 2)

static const struct
{
  int number;
  const char *file; /* %NULL: for those who may go beyond */
  const char *remedy;
} limits[] = {
  { SO_RCVBUF, "/proc/sys/net/core/rmem_max", "; a privileged process may set receive-buffer-force" },
  { SO_SNDBUF, "/proc/sys/net/core/wmem_max", "; a privileged process may set send-buffer-force" },
  { SO_RCVBUFFORCE, NULL, "" },
  { SO_SNDBUFFORCE, NULL, "" },
};

static gint
find_limit (const GSockOption *option)
{
  for (gsize i = 0; i < G_N_ELEMENTS (limits) && option->level == SOL_SOCKET; i++)
    if (limits[i].number == option->number)
      return i;
  return -1;
}

gboolean
gsock_option_is_limited (const GSockOption *option)
{
  return find_limit (option) >= 0;
}

/* The limit in @file, or -1: there may be no /proc, and older kernels show the limits in the first
 * network namespace only. */
gint64
gsock_option_read_limit (const char *file)
{
  g_autofree char *text = NULL;
  guint64 limit;

  if (!g_file_get_contents (file, &text, NULL, NULL)
      || !g_ascii_string_to_unsigned (g_strchomp (text), 10, 0, G_MAXINT, &limit, NULL))
    return -1;
  return MIN (limit, SIZE_MAX_DOUBLED);
}

gboolean
gsock_option_check_limit (const GSockOption *option, int size, gint64 maximum, GError **error)
{
  if (size < 0)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "set-option %s: %d is negative",
                                option->name, size);
  if (size > maximum)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE,
                                "set-option %s: %d is more than the %" G_GINT64_FORMAT
                                " that this system allows%s",
                                option->name, size, maximum, limits[find_limit (option)].remedy);
  return TRUE;
}

static int
set_size (int fd, int number, int size)
{
  return setsockopt (fd, SOL_SOCKET, number, &size, sizeof size) == 0 ? 0 : -errno;
}

static int
get_size (int fd, int number)
{
  int size = 0;
  socklen_t length = sizeof size;

  return getsockopt (fd, SOL_SOCKET, number, &size, &length) == 0 ? size : -errno;
}

/* Where the limit cannot be known beforehand the result tells: a size that was cut is undone. */
static gboolean
set_and_compare (int fd, const GSockOption *option, int size, GError **error)
{
  int before = get_size (fd, option->number);
  int result = set_size (fd, option->number, size);
  int after = get_size (fd, option->number);

  if (before < 0 || result < 0 || after < 0)
    return gsock_error_set_for_name (error, MIN (before, MIN (result, after)), "set-option", option->name);
  if (after / 2 >= size)
    return TRUE;
  set_size (fd, option->number, before / 2);
  return gsock_option_check_limit (option, size, after / 2, error);
}

gboolean
gsock_option_set_limited (int fd, const GSockOption *option, int size, GError **error)
{
  const char *file = limits[find_limit (option)].file;
  gint64 maximum = file != NULL ? gsock_option_read_limit (file) : SIZE_MAX_DOUBLED;
  int result;

  if (!gsock_option_check_limit (option, size, maximum >= 0 ? maximum : SIZE_MAX_DOUBLED, error))
    return FALSE;
  if (maximum < 0)
    return set_and_compare (fd, option, size, error);

  result = set_size (fd, option->number, size);
  return result == 0 || gsock_error_set_for_name (error, result, "set-option", option->name);
}
