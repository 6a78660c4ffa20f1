/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks of the tests' own, joined by virtual wires. */

#include "testspace.h"
#include "testthread.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int
test_space_here (void)
{
  int space = open ("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

  if (space < 0)
    test_child_cannot ();
  return space;
}

void
test_space_enter (int space)
{
  if (setns (space, CLONE_NEWNET) != 0)
    test_child_cannot ();
}

/* For a second or two an interface could not even ask for its neighbours. No IPv6, no matter. */
static void
forgo_duplicate_detection (void)
{
  (void) test_write_setting ("/proc/sys/net/ipv6/conf/all/accept_dad", "0");
  (void) test_write_setting ("/proc/sys/net/ipv6/conf/default/accept_dad", "0");
}

int
test_space_new (void)
{
  if (unshare (CLONE_NEWNET) != 0)
    test_child_cannot ();
  forgo_duplicate_detection ();
  test_ip ("link set lo up");
  return test_space_here ();
}

static gboolean
has_ip (void)
{
  g_autofree char *path = g_find_program_in_path ("ip");

  return path != NULL;
}

void
test_ip (const char *format, ...)
{
  g_autofree char *arguments = NULL;
  g_autofree char *command = NULL;
  g_autofree char *complaint = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;
  va_list list;

  if (!has_ip ())
    test_child_cannot ();
  va_start (list, format);
  arguments = g_strdup_vprintf (format, list);
  va_end (list);
  command = g_strconcat ("ip ", arguments, NULL);
  g_spawn_command_line_sync (command, NULL, &complaint, &status, &error);
  g_assert_no_error (error);
  if (status != 0 && g_str_has_prefix (arguments, "link add"))
    test_child_cannot ();
  if (status != 0)
    g_error ("%s: %s", command, complaint);
}

static void
raise_end (const TestEnd *end)
{
  test_space_enter (end->space);
  test_ip ("address add %s dev %s", end->address, end->name);
  test_ip ("address add %s dev %s nodad", end->address6, end->name);
  test_ip ("link set %s up", end->name);
}

/* What is sent before the kernel has noticed that the other end is up is lost. The command at the end
 * waits for the lock under which it is noticed. */
static void
wait_until_it_runs (const TestEnd *end)
{
  struct ifreq request = { .ifr_flags = 0 };
  int fd;

  test_space_enter (end->space);
  fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_strlcpy (request.ifr_name, end->name, sizeof request.ifr_name);
  for (guint i = 0; i < 10000 && (request.ifr_flags & IFF_RUNNING) == 0; i++)
    {
      g_assert_cmpint (ioctl (fd, SIOCGIFFLAGS, &request), ==, 0);
      g_usleep (1000);
    }
  g_assert_true ((request.ifr_flags & IFF_RUNNING) != 0);
  close (fd);
  test_ip ("link set %s up", end->name);
}

void
test_wire_spaces (const TestEnd *left, const TestEnd *right)
{
  int here = test_space_here ();

  test_space_enter (left->space);
  test_ip ("link add %s type veth peer name %s netns /proc/%d/fd/%d", left->name, right->name, getpid (), right->space);
  raise_end (left);
  raise_end (right);
  wait_until_it_runs (left);
  wait_until_it_runs (right);
  test_space_enter (here);
  close (here);
}

static void
make_router (int space)
{
  test_space_enter (space);
  if (!test_write_setting ("/proc/sys/net/ipv4/ip_forward", "1") || !test_write_setting ("/proc/sys/net/ipv6/conf/all/forwarding", "1"))
    test_child_cannot ();
  test_ip ("route add unreachable 10.9.0.0/16");
  test_ip ("-6 route add unreachable fd00:9::/32");
}

static void
add_default_route (int space, const char *router, const char *router6)
{
  test_space_enter (space);
  test_ip ("route add default via %s", router);
  test_ip ("-6 route add default via %s", router6);
}

void
test_route_make (TestRoute *self)
{
  self->server = test_space_new ();
  self->router = test_space_new ();
  self->client = test_space_new ();
  test_wire_spaces (&(TestEnd){ self->client, "near", "10.1.0.2/24", "fd00:1::2/64" },
                    &(TestEnd){ self->router, "left", "10.1.0.1/24", "fd00:1::1/64" });
  test_wire_spaces (&(TestEnd){ self->server, "far", "10.2.0.2/24", "fd00:2::2/64" },
                    &(TestEnd){ self->router, "right", "10.2.0.1/24", "fd00:2::1/64" });
  make_router (self->router);
  add_default_route (self->server, "10.2.0.1", "fd00:2::1");
  add_default_route (self->client, "10.1.0.1", "fd00:1::1");
}
