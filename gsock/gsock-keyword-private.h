/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-address.h>

#include <stdarg.h>

G_BEGIN_DECLS

/* What the value of a keyword is, and with it the C type of the field that holds it. */
typedef enum
{
  GSOCK_ARGUMENT_BOOLEAN,  /* gboolean */
  GSOCK_ARGUMENT_INT,      /* int, within minimum and maximum */
  GSOCK_ARGUMENT_DOUBLE,   /* double */
  GSOCK_ARGUMENT_STRING,   /* char * */
  GSOCK_ARGUMENT_ENUM,     /* int, of the enumeration get_type; of one without gaps minimum and maximum tell as much */
  GSOCK_ARGUMENT_FAMILY,   /* int: an enumeration that takes other numbers too */
  GSOCK_ARGUMENT_PROTOCOL, /* int: a name is looked up in the protocols database */
  GSOCK_ARGUMENT_FLAGS,    /* guint, added to what is there */
  GSOCK_ARGUMENT_FLAG,     /* a boolean that adds or removes `flag` in a guint */
  GSOCK_ARGUMENT_ADDRESS,  /* GSockAddress, by value */
  GSOCK_ARGUMENT_OBJECT,   /* GObject *, of the type get_type */
  GSOCK_ARGUMENT_TYPE,     /* GType, derived from get_type */
} GSockArgumentType;

/* The name lies in the row, where a look at the row has brought it near. */
typedef struct _GSockKeyword
{
  char name[20];
  GSockArgumentType type;
  guint8 id;            /* bit in the spec's `given` */
  guint8 kinds;         /* make-socket only: the classes that have it */
  guint16 offset;       /* of the field in the spec */
  int minimum, maximum;
  guint flag;
  GType (*get_type) (void);
} GSockKeyword;

/* The bits of GSockKeyword.kinds. */
typedef enum
{
  GSOCK_CLASS_ACTIVE = 1 << 0,
  GSOCK_CLASS_PASSIVE = 1 << 1,
  GSOCK_CLASS_DATAGRAM = 1 << 2,
  GSOCK_CLASS_RAW = 1 << 3,
  GSOCK_CLASS_STREAM = GSOCK_CLASS_ACTIVE | GSOCK_CLASS_PASSIVE,
  GSOCK_CLASS_ANY = 0xf,
} GSockClassKinds;

/* One of the values that a keyword can have, before it is stored. */
typedef union
{
  gint64 integer;
  double real;
  gpointer pointer;
  GType type;
} GSockArgument;

#define GSOCK_KEYWORD_LENGTH_MAX 31
#define GSOCK_KEYWORD_ROWS_MAX 64

/* The keywords of one operator. The rows are sorted by length and then by name. */
typedef struct _GSockKeywordTable GSockKeywordTable;
struct _GSockKeywordTable
{
  const char *operator_name;
  const GSockKeyword *rows;
  guint n_rows;
  gboolean owns; /* strings and objects are copied into the spec */

  /* For names that are no row: the GType to collect, and what to do with the value. */
  GType (*other_type) (gpointer spec, const char *name);
  gboolean (*other) (gpointer spec, const char *name, const GValue *value, GError **error);
  void (*other_names) (gpointer spec, GPtrArray *names);

  gsize indexed;
  guint8 first_of_length[GSOCK_KEYWORD_LENGTH_MAX + 2];
  guint8 tags[GSOCK_KEYWORD_ROWS_MAX]; /* of the names: two of their letters in one number */
  guint8 by_id[GSOCK_KEYWORD_ROWS_MAX]; /* the last row that sets this bit, plus one */
};

/* Every spec begins with the bits of the keywords that were given. */
typedef struct
{
  guint64 given;
} GSockSpec;

#define GSOCK_GIVEN(spec, id) (((spec)->given & (G_GUINT64_CONSTANT (1) << (id))) != 0)

const GSockKeyword *gsock_keyword_find (GSockKeywordTable *table, const char *name);
const GSockKeyword *gsock_keyword_by_id (GSockKeywordTable *table, guint id);

/* The lowest bit of @bits, which is taken away; for walking what was given. */
static inline guint
gsock_keyword_next_id (guint64 *bits)
{
  guint id = (guint) __builtin_ctzll (*bits);

  *bits &= *bits - 1;
  return id;
}
gboolean gsock_keyword_names_equal (const char *name, const char *canonical);
char *gsock_keyword_nearest (const char *name, GPtrArray *candidates);

/* va_list may be an array type, which a pointer to a parameter of that type would not be. */
typedef struct
{
  va_list list;
} GSockArguments;

/* For hot calls: to copy a list that has just begun makes the processor wait for it. */
gboolean gsock_keywords_parse (GSockKeywordTable *table, gpointer spec, const char *first_keyword, GSockArguments *arguments, GError **error);
gboolean gsock_keywords_parse_valist (GSockKeywordTable *table, gpointer spec, const char *first_keyword, va_list arguments, GError **error);
gboolean gsock_keywords_parse_values (GSockKeywordTable *table, gpointer spec, const char *const *names, const GValue *values, guint n_values, GError **error);
gboolean gsock_keyword_store_value (GSockKeywordTable *table, gpointer spec, const GSockKeyword *row, const GValue *value, GError **error);
void gsock_keywords_clear (GSockKeywordTable *table, gpointer spec);

/* gsock-keyword-value.c: forgiving once, here, for every language */
gboolean gsock_keyword_convert (const char *operator_name, const GSockKeyword *row, const GValue *value, GSockAddress *room, GSockArgument *argument, GError **error);
gboolean gsock_keyword_check (const char *operator_name, const GSockKeyword *row, const GSockArgument *argument, GError **error);

G_END_DECLS
