/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-keyword-private.h>
#include <gsock/gsock.h>

/*
 * Manifests are tables of cases in data/: an operator is called with keywords, and it does it or it
 * refuses them. Five columns, with tabs between them; those that are not there at the end are "-".
 *
 * socket    the kind of socket that the operator is called on, "-" where it makes one
 * keywords  name=value with blanks between them; "-" for none
 * outcome   ok, or the code of the error
 * message   what is in the error's message; "-" for whatever it says
 * needs     what the system must have for the case to be tried: root, ipv6
 *
 * A value is: true or false; an integer; a number with a point, and nan; "text" in quotes;
 * <host:port> for an object that GIO can resolve; [Class] for a type; null for a text that is none;
 * anything else is text. In all of them $name stands for something that the test has prepared.
 */
typedef struct
{
  char *where; /* "send-to.tsv:12" */
  char *socket;
  char *keywords;
  char *message; /* NULL: whatever */
  char *needs;   /* NULL: nothing */
  int code;      /* -1: it is done */
  char **names;
  GValue *values;
  guint n_values;
} TestCase;

typedef struct
{
  GPtrArray *cases;
  GHashTable *accepted, *refused; /* names of keywords for which it was seen */
} TestManifest;

TestManifest *test_manifest_load (const char *name);
void test_manifest_free (TestManifest *self);

/* Whether the system has what the case needs; where it has not, the case counts as tried. @places
 * says what $name stands for. */
gboolean test_manifest_can_try (TestManifest *self, TestCase *test, GHashTable *places);

/* Reads the keywords into names and values. */
void test_case_fill (TestCase *self, GHashTable *places);
void test_case_clear (TestCase *self);

/* Fails the running test, which goes on with the next case. */
void test_case_fail (const TestCase *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Runs @function for a case; it fails where descriptors are left open. */
#define test_case_keeps_descriptors(test, function)                                                \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint _before = test_count_descriptors ();                                                     \
    guint _after = (function, test_count_descriptors ());                                          \
    if (_after != _before)                                                                         \
      test_case_fail (test, "%u descriptors were open before, %u are now", _before, _after);       \
  }                                                                                                \
  G_STMT_END

/* Fails unless what came of the case is what the manifest says. */
void test_manifest_check (TestManifest *self, const TestCase *test, gboolean done, const GError *error);

/* Fails unless each keyword was taken in one case, and in another refused by its name. */
void test_manifest_check_coverage (TestManifest *self, const GSockKeywordTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestManifest, test_manifest_free)
