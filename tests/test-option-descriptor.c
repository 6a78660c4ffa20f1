/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every row of the table of options against the real kernel, on every kind of socket that has it. */

#include "testlib.h"

#include <gsock/gsock-option-codec-private.h>

#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* How far a socket has come. */
typedef enum
{
  FRESH,
  LISTENING,
  CONNECTED,
  MAPPED, /* an IPv6 socket that is connected to an IPv4 address */
} State;

typedef struct
{
  const char *name;
  int family, type, protocol;
  State state;
} Kind;

static const Kind kinds[] = {
  { "ipv4-stream", AF_INET, SOCK_STREAM, IPPROTO_TCP, CONNECTED },
  { "ipv6-stream", AF_INET6, SOCK_STREAM, IPPROTO_TCP, CONNECTED },
  { "ipv4-datagram", AF_INET, SOCK_DGRAM, IPPROTO_UDP, CONNECTED },
  { "ipv6-datagram", AF_INET6, SOCK_DGRAM, IPPROTO_UDP, CONNECTED },
  { "ipv4-raw", AF_INET, SOCK_RAW, IPPROTO_ICMP, CONNECTED },
  { "ipv6-raw", AF_INET6, SOCK_RAW, IPPROTO_ICMPV6, CONNECTED },
  { "local-stream", AF_UNIX, SOCK_STREAM, 0, CONNECTED },
  { "local-datagram", AF_UNIX, SOCK_DGRAM, 0, CONNECTED },
  { "local-seqpacket", AF_UNIX, SOCK_SEQPACKET, 0, CONNECTED },
  { "netlink-raw", AF_NETLINK, SOCK_RAW, 0, FRESH },
  { "fresh-ipv4-stream", AF_INET, SOCK_STREAM, IPPROTO_TCP, FRESH },
  { "fresh-ipv6-stream", AF_INET6, SOCK_STREAM, IPPROTO_TCP, FRESH },
  { "fresh-ipv4-datagram", AF_INET, SOCK_DGRAM, IPPROTO_UDP, FRESH },
  { "fresh-ipv6-datagram", AF_INET6, SOCK_DGRAM, IPPROTO_UDP, FRESH },
  { "fresh-local-stream", AF_UNIX, SOCK_STREAM, 0, FRESH },
  { "listening-ipv4-stream", AF_INET, SOCK_STREAM, IPPROTO_TCP, LISTENING },
  { "listening-ipv6-stream", AF_INET6, SOCK_STREAM, IPPROTO_TCP, LISTENING },
  { "mapped-stream", AF_INET6, SOCK_STREAM, IPPROTO_TCP, MAPPED },
  { "mapped-datagram", AF_INET6, SOCK_DGRAM, IPPROTO_UDP, MAPPED },
  { "protocol-ipv6-raw", AF_INET6, SOCK_RAW, IPPROTO_RAW, FRESH },
};

/* The socket and what must stay open with it. */
typedef struct
{
  const Kind *kind;
  int fd, peer;
} Socket;

typedef union
{
  struct sockaddr any;
  struct sockaddr_in ipv4;
  struct sockaddr_in6 ipv6;
} Address;

static socklen_t
loopback (Address *address, int family)
{
  memset (address, 0, sizeof *address);
  address->any.sa_family = family;
  if (family == AF_INET6)
    {
      address->ipv6.sin6_addr = in6addr_loopback;
      return sizeof address->ipv6;
    }
  address->ipv4.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  return sizeof address->ipv4;
}

static void
map (Address *address)
{
  in_port_t port = address->ipv4.sin_port;

  memset (address, 0, sizeof *address);
  address->ipv6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = port };
  memcpy (address->ipv6.sin6_addr.s6_addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1", 16);
}

/* A peer to be connected to; raw sockets need none. */
static gboolean
open_peer (Socket *self, int family, Address *address, socklen_t *length)
{
  if (self->kind->type == SOCK_RAW)
    return TRUE;
  self->peer = socket (family, self->kind->type | SOCK_CLOEXEC, 0);
  return self->peer >= 0 && bind (self->peer, &address->any, *length) == 0
         && (self->kind->type != SOCK_STREAM || listen (self->peer, 1) == 0)
         && getsockname (self->peer, &address->any, length) == 0;
}

static gboolean
open_connected (Socket *self)
{
  int family = self->kind->state == MAPPED ? AF_INET : self->kind->family;
  Address address;
  socklen_t length = loopback (&address, family);

  if (!open_peer (self, family, &address, &length))
    return FALSE;
  if (self->kind->state == MAPPED)
    {
      map (&address);
      length = sizeof address.ipv6;
    }
  self->fd = socket (self->kind->family, self->kind->type | SOCK_CLOEXEC, self->kind->protocol);
  return self->fd >= 0 && connect (self->fd, &address.any, length) == 0;
}

static gboolean
open_listening (Socket *self)
{
  Address address;
  socklen_t length = loopback (&address, self->kind->family);

  self->fd = socket (self->kind->family, self->kind->type | SOCK_CLOEXEC, self->kind->protocol);
  return self->fd >= 0 && bind (self->fd, &address.any, length) == 0 && listen (self->fd, 1) == 0;
}

static gboolean
open_pair (Socket *self)
{
  int fds[2];

  if (socketpair (self->kind->family, self->kind->type | SOCK_CLOEXEC, 0, fds) != 0)
    return FALSE;
  self->fd = fds[0];
  self->peer = fds[1];
  return TRUE;
}

/* FALSE where this machine, or this user, can have no such socket. */
static gboolean
open_socket (Socket *self, const Kind *kind)
{
  *self = (Socket){ .kind = kind, .fd = -1, .peer = -1 };
  if (kind->state == LISTENING)
    return open_listening (self);
  if (kind->state != FRESH)
    return kind->family == AF_UNIX ? open_pair (self) : open_connected (self);
  self->fd = socket (kind->family, kind->type | SOCK_CLOEXEC, kind->protocol);
  return self->fd >= 0;
}

static void
close_socket (Socket *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (self->peer >= 0)
    close (self->peer);
}

static const char *
nick_of (const GError *error)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (GSOCK_TYPE_ERROR);

  g_assert_true (error->domain == GSOCK_ERROR);
  return g_enum_get_value (codes, error->code)->value_nick;
}

/* The column of a case that says what comes of it. */
static gboolean
is_known (const Socket *self, const char *wanted, GVariant *value)
{
  g_autofree char *text = g_variant_print (value, FALSE);
  g_autofree char *own = g_strdup_printf ("(%d, %u, %u)", getpid (), geteuid (), getegid ());
  int fd;

  if (strcmp (wanted, "@descriptor") == 0)
    {
      fd = g_variant_get_int32 (value);
      g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
      return close (fd) == 0;
    }
  if (strcmp (wanted, "@self") == 0)
    return strcmp (text, own) == 0;
  if (strcmp (wanted, "@family") == 0)
    return g_variant_get_int32 (value) == self->kind->family;
  if (strcmp (wanted, "@type") == 0)
    return g_variant_get_int32 (value) == self->kind->type;
  if (strcmp (wanted, "@protocol") == 0)
    return g_variant_get_int32 (value) == self->kind->protocol;
  g_assert_cmpstr (wanted, ==, "@loopback");
  return g_variant_get_int32 (value) == (int) if_nametoindex ("lo");
}

static gboolean
is_wanted (const Socket *self, const char *wanted, GVariant *value, const GError *error)
{
  g_autofree char *text = value != NULL ? g_variant_print (value, FALSE) : NULL;

  if (wanted[0] == '!' || error != NULL)
    return wanted[0] == '!' && error != NULL && strcmp (wanted + 1, nick_of (error)) == 0;
  if (value == NULL)
    return wanted[0] == '\0';
  if (wanted[0] == '@')
    return is_known (self, wanted, value);
  if (g_str_has_prefix (wanted, ">="))
    return g_variant_get_int32 (value) >= atoi (wanted + 2);
  return strcmp (wanted, "*") == 0 || strcmp (wanted, text) == 0;
}

static gboolean
is_one_wanted (const Socket *self, const char *outcome, GVariant *value, const GError *error)
{
  g_auto (GStrv) wanted = g_strsplit (outcome, "|", -1);

  if (wanted[0] == NULL)
    return is_wanted (self, "", value, error);
  for (gsize i = 0; wanted[i] != NULL; i++)
    if (is_wanted (self, wanted[i], value, error))
      return TRUE;
  return FALSE;
}

/* What a case does: its columns, and which of them were done. */
typedef struct
{
  const char *name, *sockets, *action, *value, *outcome;
} Case;

static GPtrArray *lines; /* of GStrv */
static guint done_gets, done_sets, missing_privileges;
static gboolean privileged;

/* Being root is not enough in a container. */
static gboolean
may_do_all (void)
{
  int fd = socket (AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
  int size = 65536;
  gboolean may = fd >= 0 && setsockopt (fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) == 0;

  if (fd >= 0)
    close (fd);
  return may;
}

static GVariant *
get (Socket *self, const GSockOption *option, GError **error)
{
  return gsock_option_get_from (self->fd, self->kind->family, self->kind->type, option, error);
}

static gboolean
set (Socket *self, const GSockOption *option, const char *text, GError **error)
{
  g_autoptr (GVariant) value = g_variant_parse (NULL, text, NULL, NULL, NULL);

  g_assert_nonnull (value);
  return gsock_option_set_on (self->fd, self->kind->family, self->kind->type, option, value, error);
}

/* FALSE: no more of it, for want of privileges. */
static gboolean
run_step (Socket *self, const Case *step)
{
  g_auto (GStrv) words = g_strsplit (step->action, " ", 2);
  const GSockOption *option = gsock_option_find (words[1] != NULL ? words[1] : step->name);
  gboolean sets = strcmp (words[0], "set") == 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = NULL;

  if (sets)
    set (self, option, step->value, &error);
  else
    value = get (self, option, &error);

  if (!privileged && g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_ACCESS_DENIED)
      && strstr (step->outcome, "access-denied") == NULL)
    {
      missing_privileges++;
      return FALSE;
    }
  if (!is_one_wanted (self, step->outcome, value, error))
    {
      g_autofree char *text = value != NULL ? g_variant_print (value, TRUE) : NULL;

      g_error ("%s on %s: %s %s should give \"%s\", not %s", step->name, self->kind->name, step->action,
               step->value, step->outcome, error != NULL ? error->message : text != NULL ? text : "nothing");
    }
  if (sets)
    done_sets++;
  else
    done_gets++;
  return TRUE;
}

static gboolean
is_for (const char *patterns, const char *kind)
{
  g_auto (GStrv) all = g_strsplit (patterns, ",", -1);

  for (gsize i = 0; all[i] != NULL; i++)
    if (g_pattern_match_simple (all[i], kind))
      return TRUE;
  return FALSE;
}

/* The steps that follow one another with the same name and sockets are one case. */
static void
run_case (const Case *steps, gsize n_steps)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      Socket self;

      if (!is_for (steps[0].sockets, kinds[i].name))
        continue;
      if (open_socket (&self, &kinds[i]))
        for (gsize j = 0; j < n_steps && run_step (&self, &steps[j]); j++)
          ;
      else
        g_test_message ("no socket of kind %s can be made here", kinds[i].name);
      close_socket (&self);
    }
}

static gsize
run_cases (const char *name)
{
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (Case));
  gsize count = 0;

  for (guint i = 0; i <= lines->len; i++)
    {
      char **line = i < lines->len ? g_ptr_array_index (lines, i) : NULL;
      gboolean ours = line != NULL && strcmp (line[0], name) == 0;

      if (steps->len > 0 && (!ours || strcmp (line[1], g_array_index (steps, Case, 0).sockets) != 0))
        {
          run_case ((const Case *) steps->data, steps->len);
          g_array_set_size (steps, 0);
        }
      if (!ours)
        continue;
      g_array_append_vals (steps, &(Case){ line[0], line[1], line[2], line[3], line[4] }, 1);
      count++;
    }
  return count;
}

/* A row without a case of its own. */
static void
run_boolean (const GSockOption *option)
{
  const Case steps[] = {
    { option->name, "*", "set", "true", "" },
    { option->name, "*", "get", "", "true" },
    { option->name, "*", "set", "false", "" },
    { option->name, "*", "get", "", "false" },
  };

  g_assert_cmpint (option->type, ==, GSOCK_OPTION_BOOL);
  g_assert_cmpint (option->access, ==, GSOCK_ACCESS_GET_SET);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      Case own[G_N_ELEMENTS (steps)];

      memcpy (own, steps, sizeof own);
      for (gsize j = 0; j < G_N_ELEMENTS (own); j++)
        own[j].sockets = kinds[i].name;
      if (gsock_option_applies (option, kinds[i].family, kinds[i].type))
        run_case (own, G_N_ELEMENTS (own));
    }
}

/* Where it cannot be, and what the access does not allow. */
static void
check_refused (const GSockOption *option, const Kind *kind)
{
  Socket self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = NULL;

  if (open_socket (&self, kind))
    {
      value = get (&self, option, &error);
      if ((option->access & GSOCK_ACCESS_GET) == 0)
        test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
      else if (!gsock_option_applies (option, kind->family, kind->type))
        test_assert_error (error, GSOCK_ERROR_OPTION_NOT_SUPPORTED);
      g_clear_error (&error);
      if ((option->access & GSOCK_ACCESS_SET) == 0)
        {
          g_assert_false (set (&self, option, "true", &error));
          test_assert_message (error, option->name);
          test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
        }
      if (value != NULL && option->type == GSOCK_OPTION_FD)
        close (g_variant_get_int32 (value));
    }
  close_socket (&self);
}

static void
test_row (gconstpointer data)
{
  const GSockOption *option = data;
  guint before = test_count_descriptors ();

  done_gets = done_sets = missing_privileges = 0;
  if (run_cases (option->name) == 0)
    run_boolean (option);
  if (option->number >= 0)
    for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
      check_refused (option, &kinds[i]);
  g_assert_cmpuint (test_count_descriptors (), ==, before);

  g_test_message ("%u gets, %u sets", done_gets, done_sets);
  if (missing_privileges > 0)
    g_test_skip ("some of it only a privileged process may do");
  else if (((option->access & GSOCK_ACCESS_GET) != 0 && done_gets == 0)
           || ((option->access & GSOCK_ACCESS_SET) != 0 && done_sets == 0))
    g_test_skip ("no socket that has it can be made here");
}

static void
load_lines (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "socket-option-cases.tsv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) all = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  all = g_strsplit (text, "\n", -1);
  for (gsize i = 0; all[i] != NULL; i++)
    if (all[i][0] != '#' && all[i][0] != '\0')
      {
        char **fields = g_strsplit (all[i], "\t", -1);

        g_assert_cmpuint (g_strv_length (fields), ==, 5);
        g_assert_nonnull (gsock_option_find (fields[0]));
        g_ptr_array_add (lines, fields);
      }
}

/* Three refusals that a program must be able to tell apart. */
static void
test_messages (void)
{
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_autoptr (GError) error = NULL;
  GVariant *yes = g_variant_ref_sink (g_variant_new_boolean (TRUE));

  g_assert_false (gsock_option_set_on (fd, AF_UNIX, SOCK_STREAM, gsock_option_find ("tcp-nodelay"), yes, &error));
  test_assert_message (error, "set-option tcp-nodelay: it is for sockets of kind ipv4 or ipv6 stream, not local stream");
  g_clear_error (&error);
  g_assert_false (gsock_option_set_on (fd, AF_UNIX, SOCK_STREAM, gsock_option_find ("no-sigpipe"), yes, &error));
  test_assert_message (error, "set-option no-sigpipe: this system has no SO_NOSIGPIPE");
  g_clear_error (&error);
  g_assert_false (gsock_option_set_on (fd, AF_UNIX, SOCK_STREAM, gsock_option_find ("domain"), yes, &error));
  test_assert_message (error, "set-option domain: it can only be read");
  g_clear_error (&error);
  g_assert_false (gsock_option_set_on (fd, AF_UNIX, SOCK_STREAM, gsock_option_find ("keep-alive"), NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (gsock_option_set_on (-1, AF_UNIX, SOCK_STREAM, gsock_option_find ("keep-alive"), yes, &error));
  test_assert_message (error, "set-option keep-alive to true: ");
  test_assert_error (error, GSOCK_ERROR_FAILED);
  g_variant_unref (yes);
  close (fd);
}

/* The same refusals, and nothing is set. */
static void
test_check (void)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const GSockOption *option = gsock_option_find ("keep-alive");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = NULL;

  g_assert_true (gsock_option_check_on (fd, AF_INET, SOCK_STREAM, option, g_variant_new_boolean (TRUE), &error));
  g_assert_no_error (error);
  value = gsock_option_get_from (fd, AF_INET, SOCK_STREAM, option, &error);
  g_assert_false (g_variant_get_boolean (value));
  g_assert_false (gsock_option_check_on (fd, AF_INET, SOCK_STREAM, option, g_variant_new_string ("on"), &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (gsock_option_check_on (fd, AF_INET, SOCK_STREAM, gsock_option_find ("ipv6-only"), g_variant_new_boolean (TRUE), &error));
  test_assert_error (error, GSOCK_ERROR_OPTION_NOT_SUPPORTED);
  close (fd);
}

/* What is given floating is taken care of. */
static void
test_floating (void)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = NULL;

  g_assert_true (gsock_option_set_on (fd, AF_INET, SOCK_STREAM, gsock_option_find ("keep_alive"),
                                      g_variant_new_variant (g_variant_new_int64 (1)), &error));
  g_assert_no_error (error);
  value = gsock_option_get_from (fd, AF_INET, SOCK_STREAM, gsock_option_find ("SO_KEEPALIVE"), &error);
  g_assert_no_error (error);
  g_assert_false (g_variant_is_floating (value));
  g_assert_true (g_variant_get_boolean (value));
  close (fd);
}

#define MANY_GROUPS 2000
#define MAY_NOT 77

static G_NORETURN void
check_many_groups (void)
{
  gid_t groups[MANY_GROUPS];
  int fds[2];
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = NULL;
  gsize length;

  for (gid_t i = 0; i < MANY_GROUPS; i++)
    groups[i] = 5000 + i;
  if (setgroups (MANY_GROUPS, groups) != 0)
    _exit (MAY_NOT);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  value = gsock_option_get_from (fds[0], AF_UNIX, SOCK_STREAM, gsock_option_find ("peer-groups"), &error);
  g_assert_no_error (error);
  g_assert_true (memcmp (g_variant_get_fixed_array (value, &length, 1), groups, sizeof groups) == 0);
  g_assert_cmpuint (length, ==, sizeof groups);
  _exit (0);
}

/* An answer that is longer than what the kernel is offered at first. */
static void
test_long_answer (void)
{
  pid_t child = fork ();
  int status;

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    check_many_groups ();
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) == MAY_NOT)
    g_test_skip ("only a privileged process may be in as many groups");
  else
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

int
main (int argc, char *argv[])
{
  gsize n_rows;
  const GSockOption *rows = gsock_option_rows (&n_rows);
  int result;

  g_test_init (&argc, &argv, NULL);
  load_lines ();
  privileged = may_do_all ();
  for (gsize i = 0; i < n_rows; i++)
    {
      g_autofree char *path = g_strdup_printf ("/option-descriptor/row/%s", rows[i].name);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/option-descriptor/messages", test_messages);
  g_test_add_func ("/option-descriptor/check", test_check);
  g_test_add_func ("/option-descriptor/floating", test_floating);
  g_test_add_func ("/option-descriptor/long-answer", test_long_answer);
  result = g_test_run ();
  g_ptr_array_unref (lines);
  return result;
}
