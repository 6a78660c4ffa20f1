/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates for tests. */

#include "testtls.h"

#include <unistd.h>

void
test_remove_certificate (const char *folder)
{
  g_autofree char *key = g_build_filename (folder, "key.pem", NULL);
  g_autofree char *file = g_build_filename (folder, "certificate.pem", NULL);

  (void) unlink (key);
  (void) unlink (file);
  (void) rmdir (folder);
}

static GTlsCertificate *
make_in (const char *folder)
{
  g_autofree char *key = g_build_filename (folder, "key.pem", NULL);
  g_autofree char *file = g_build_filename (folder, "certificate.pem", NULL);
  const char *arguments[] = { "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=gsock.test",
                              "-addext", "subjectAltName=DNS:gsock.test", "-keyout", key, "-out", file, NULL };
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate;
  int status = -1;

  if (!g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                     NULL, NULL, NULL, NULL, &status, NULL))
    return NULL;
  g_assert_cmpint (status, ==, 0);
  certificate = g_tls_certificate_new_from_files (file, key, &error);
  g_assert_no_error (error);
  return certificate;
}

GTlsCertificate *
test_make_certificate (const char *folder)
{
  g_autofree char *own = folder == NULL ? g_dir_make_tmp ("gsock-tls-XXXXXX", NULL) : NULL;
  GTlsCertificate *certificate = make_in (folder != NULL ? folder : own);

  if (own != NULL)
    test_remove_certificate (own);
  return certificate;
}
