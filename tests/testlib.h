/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock.h>

/* How many descriptors this process has open. */
guint test_count_descriptors (void);

/* Whether what takes minutes is to be run as a whole: GSOCK_TEST_LONG is 1. */
gboolean test_is_long (void);

/* Runs @function and fails when it leaves more or fewer descriptors open than before. */
#define test_keeps_descriptors(function)                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint _before = test_count_descriptors ();                                                     \
    function;                                                                                      \
    g_assert_cmpuint (test_count_descriptors (), ==, _before);                                     \
  }                                                                                                \
  G_STMT_END

/* Asserts that @error is of gsock's domain with this code, and clears it. */
#define test_assert_error(error, wanted)                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_error (error, GSOCK_ERROR, (wanted));                                                 \
    g_clear_error (&(error));                                                                      \
  }                                                                                                \
  G_STMT_END

/* Asserts that the message of @error holds @text. */
#define test_assert_message(error, text)                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_nonnull (error);                                                                      \
    if (strstr ((error)->message, (text)) == NULL)                                                 \
      g_error ("%s:%d: \"%s\" is not in \"%s\"", __FILE__, __LINE__, (text), (error)->message);    \
  }                                                                                                \
  G_STMT_END

/* As g_assert_finalize_object, after a while: the thread of a task that is over may hold its last
 * reference for a moment longer. */
#define test_assert_finalize_object(object)                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    for (guint _i = 0; _i < 10000 && g_atomic_int_get (&G_OBJECT (object)->ref_count) > 1; _i++)   \
      g_usleep (1000);                                                                             \
    g_assert_finalize_object (object);                                                             \
  }                                                                                                \
  G_STMT_END
