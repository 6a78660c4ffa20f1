/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

/* Made anew each time, for gsock.test; NULL where this machine has no openssl(1). Where @folder is given
 * the files certificate.pem and key.pem stay in it. */
GTlsCertificate *test_make_certificate (const char *folder);

/* Removes such files, and the folder. */
void test_remove_certificate (const char *folder);
