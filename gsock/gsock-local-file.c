/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of local sockets: removing the one that was made, and only that; replacing a stale one. */

#include <gsock/gsock-local-file-private.h>

#include <gsock/gsock-address-private.h>
#include <gsock/sys/gsock-sys.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_PAUSE_US 10000

struct _GSockLocalFile
{
  char *path;
  dev_t device;
  ino_t inode;
  pid_t owner; /* a forked child that closes its copy leaves the file alone */
};

static char *
path_of (const GSockAddress *address)
{
  return gsock_local_file_is_path (address) ? gsock_address_get_filename (address) : NULL;
}

gboolean
gsock_local_file_is_path (const GSockAddress *address)
{
  gsize length = 0;
  const char *name = gsock_address_local_name (address, &length);

  return name != NULL && name[0] != '\0';
}

/* %NULL for an address that makes no file. A relative path is remembered as an absolute one: the
 * program may have moved when it closes. */
GSockLocalFile *
gsock_local_file_new (const GSockAddress *address)
{
  g_autofree char *path = path_of (address);
  GSockLocalFile *self;
  struct stat status;

  if (path == NULL || lstat (path, &status) < 0 || !S_ISSOCK (status.st_mode))
    return NULL;
  self = g_atomic_rc_box_new0 (GSockLocalFile);
  self->path = g_canonicalize_filename (path, NULL);
  self->device = status.st_dev;
  self->inode = status.st_ino;
  self->owner = getpid ();
  return self;
}

/* The file of a socket that another process has made and bound, which has told what file that was. A
 * relative path is of the other's folder, and means nothing here. */
GSockLocalFile *
gsock_local_file_new_identified (const GSockAddress *address, guint64 device, guint64 inode)
{
  g_autofree char *path = path_of (address);
  g_autoptr (GSockLocalFile) self = path != NULL && g_path_is_absolute (path) ? gsock_local_file_new (address) : NULL;

  return self != NULL && self->device == device && self->inode == inode ? g_steal_pointer (&self) : NULL;
}

void
gsock_local_file_identify (const GSockLocalFile *self, guint64 *device, guint64 *inode)
{
  *device = self->device;
  *inode = self->inode;
}

GSockLocalFile *
gsock_local_file_ref (GSockLocalFile *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer file)
{
  GSockLocalFile *self = file;

  g_free (self->path);
}

void
gsock_local_file_unref (GSockLocalFile *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

void
gsock_local_file_unlink (const GSockLocalFile *self)
{
  struct stat status;

  if (self->owner == getpid () && lstat (self->path, &status) == 0 && status.st_dev == self->device
      && status.st_ino == self->inode)
    (void) g_unlink (self->path);
}

/* The folder of the file is what is locked: that leaves no file behind, and all who would replace a
 * socket there meet at it. Answers the lock, or -errno. */
int
gsock_local_file_lock (const GSockAddress *address, guint tries)
{
  g_autofree char *path = path_of (address);
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;
  int lock = folder != NULL ? open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

  if (folder == NULL)
    return -EINVAL;
  if (lock < 0)
    return -errno;
  for (guint i = 0; i < tries; i++)
    {
      if (flock (lock, LOCK_EX | LOCK_NB) == 0)
        return lock;
      if (errno != EWOULDBLOCK && errno != EINTR)
        break;
      g_usleep (LOCK_PAUSE_US);
    }
  (void) close (lock);
  return -EADDRINUSE;
}

void
gsock_local_file_unlock (int lock)
{
  if (lock >= 0)
    (void) close (lock);
}

/* Somebody listens there, or has bound it for datagrams, where a connection is not refused. */
static gboolean
is_refused (const GSockAddress *address, int type)
{
  int fd = gsock_sys_socket (AF_UNIX, type, 0, TRUE);
  gboolean refused;

  if (fd < 0)
    return FALSE;
  refused = connect (fd, gsock_address_native (address), address->length) < 0 && errno == ECONNREFUSED;
  (void) close (fd);
  return refused;
}

/* With the lock held. Answers 0 where the file was stale and is gone, -EADDRINUSE where it is not. */
gssize
gsock_local_file_remove_stale (const GSockAddress *address, int type)
{
  g_autofree char *path = path_of (address);
  struct stat status;

  if (lstat (path, &status) < 0)
    return errno == ENOENT ? 0 : -errno;
  if (!S_ISSOCK (status.st_mode) || !is_refused (address, type))
    return -EADDRINUSE;
  return g_unlink (path) == 0 || errno == ENOENT ? 0 : -errno;
}
