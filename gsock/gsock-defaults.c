/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a process can set for all its sockets, as IOlib's special variables. */

#include <gsock/gsock-make-socket.h>

#include <math.h>
#include <sys/socket.h>

static int default_ipv6_mode = GSOCK_IPV6_MODE_YES;
static guint default_backlog = SOMAXCONN;
static guint default_linger_seconds = 15;
static guint default_attempt_delay_ms = 250;

/* As RFC 8305 has them, for what a program sets: less would be as good as all at once. */
#define ATTEMPT_DELAY_MIN_MS 10
#define ATTEMPT_DELAY_MAX_MS 2000

/**
 * gsock_get_default_ipv6_mode:
 *
 * Gets the value that the keyword `ipv6` of [func@make_socket] has where it is not given.
 *
 * Returns: the mode, %GSOCK_IPV6_MODE_YES unless it was set
 *
 * Since: 1.0
 */
GSockIpv6Mode
gsock_get_default_ipv6_mode (void)
{
  return g_atomic_int_get (&default_ipv6_mode);
}

/**
 * gsock_set_default_ipv6_mode:
 * @mode: the mode
 *
 * Sets the value that the keyword `ipv6` of [func@make_socket] has where it is not given. What is none of
 * the modes changes nothing.
 *
 * Since: 1.0
 */
void
gsock_set_default_ipv6_mode (GSockIpv6Mode mode)
{
  if (mode == GSOCK_IPV6_MODE_NO || mode == GSOCK_IPV6_MODE_YES || mode == GSOCK_IPV6_MODE_ONLY)
    g_atomic_int_set (&default_ipv6_mode, mode);
}

/**
 * gsock_get_default_backlog:
 *
 * Gets the backlog of a passive socket that is given none.
 *
 * Returns: how many connections may wait, the system's limit unless it was set
 *
 * Since: 1.0
 */
guint
gsock_get_default_backlog (void)
{
  return g_atomic_int_get (&default_backlog);
}

/**
 * gsock_set_default_backlog:
 * @backlog: how many connections may wait
 *
 * Sets the backlog of a passive socket that is given none.
 *
 * Since: 1.0
 */
void
gsock_set_default_backlog (guint backlog)
{
  g_atomic_int_set (&default_backlog, MIN (backlog, G_MAXINT));
}

/**
 * gsock_get_default_linger_seconds:
 *
 * Gets the time of the option `linger` where it is only switched on.
 *
 * Returns: seconds, 15 unless it was set
 *
 * Since: 1.0
 */
guint
gsock_get_default_linger_seconds (void)
{
  return g_atomic_int_get (&default_linger_seconds);
}

/**
 * gsock_set_default_linger_seconds:
 * @seconds: seconds
 *
 * Sets the time of the option `linger` where it is only switched on.
 *
 * Since: 1.0
 */
void
gsock_set_default_linger_seconds (guint seconds)
{
  g_atomic_int_set (&default_linger_seconds, MIN (seconds, G_MAXINT));
}

/**
 * gsock_get_default_attempt_delay:
 *
 * Gets how long [func@make_socket] waits for an answer of one address of a name before it tries the
 * next one beside it.
 *
 * Returns: seconds, 0.25 unless it was set
 *
 * Since: 1.0
 */
double
gsock_get_default_attempt_delay (void)
{
  return g_atomic_int_get (&default_attempt_delay_ms) / 1e3;
}

/**
 * gsock_set_default_attempt_delay:
 * @seconds: seconds, of which milliseconds count
 *
 * Sets how long [func@make_socket] waits for an answer of one address of a name before it tries the
 * next one beside it. What is less than 0.01 or more than 2 becomes that.
 *
 * Since: 1.0
 */
void
gsock_set_default_attempt_delay (double seconds)
{
  double milliseconds = seconds > 0 ? fmin (seconds * 1e3, ATTEMPT_DELAY_MAX_MS) : 0;

  g_atomic_int_set (&default_attempt_delay_ms, MAX ((guint) lround (milliseconds), ATTEMPT_DELAY_MIN_MS));
}
