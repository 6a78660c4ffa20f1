/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock.h>

/* What a case gives to an operator, and what it is answered. Values live until their case ends. */
typedef enum
{
  NOTHING,
  ANYTHING, /* is expected, and may be whatever it is */
  BOOLEAN,
  INTEGER,
  REAL,
  TEXT,
  BYTES,
  OBJECT,
  BOXED,
  TYPE,
  LIST
} Kind;

typedef struct
{
  Kind kind;
  gint64 integer; /* and a boolean */
  double real;
  char *text;
  GBytes *bytes;
  GObject *object;
  GType type; /* of what is boxed, too */
  gpointer boxed;
  GPtrArray *items;         /* Value */
  const char *const *names; /* NULL, or those of the items */
  char **own_names;
} Value;

/* Everything that was made since the last time is freed, sockets among it closed. */
void value_free_all (void);

Value *value_new (Kind kind);
Value *value_boolean (gboolean boolean);
Value *value_integer (gint64 integer);
Value *value_real (double real);
Value *value_take_text (char *text);
Value *value_take_bytes (GBytes *bytes);
Value *value_data (gconstpointer data, gsize length);
Value *value_take_object (gpointer object);
Value *value_take_boxed (GType type, gpointer boxed);
Value *value_address (const GSockAddress *address);
Value *value_list (const char *const *names, ...) G_GNUC_NULL_TERMINATED;
Value *value_of_gvalue (const GValue *value);
Value *value_of_variant (GVariant *variant);

/* conform-answer.c: NULL for what failed. */
Value *value_done (gboolean done);
Value *value_count (gint64 count);
Value *value_object (gpointer object);
Value *value_take_objects (GPtrArray *array);
Value *value_text_or_end (char *text, GError **error);
Value *value_received (gconstpointer data, gsize length, const GSockAddress *sender, GSockMessageFlags flags, gsize full_length);
Value *value_batch (GSockBatch *batch);
Value *value_descriptors (const int *fds, gsize n_fds, GBytes *payload);

Value *value_item (const Value *list, guint number);
double value_seconds (const Value *self);

void value_append (Value *list, Value *item);
void value_to_gvalue (const Value *self, GValue *value);
GVariant *value_to_variant (const Value *self);
gboolean value_matches (const Value *expected, const Value *actual);
char *value_show (const Value *self);

/* A call of an operator: its receiver, its arguments in order, and by name as the library takes them. */
typedef struct
{
  const char *operator_name;
  Value *self;
  Value *arguments[8];
  guint n_arguments;
  char *names[32];
  Value *given[32];
  GValue values[32];
  guint n_values;
  GCancellable *cancellable;
} Call;

/* Nothing where it was not given. */
Value *call_argument (const Call *call, guint number);
gint64 call_integer (const Call *call, guint number, gint64 otherwise);
const char *call_text (const Call *call, guint number);
gconstpointer call_data (const Call *call, guint number, gsize *length);
const GSockAddress *call_address (const Call *call, guint number);

/* What send-message and send-many take, of the first argument; the parts of a message are taken from the
 * keywords. */
GSockMessage *call_message (Call *call, GError **error);
GSockBatch *call_batch (Call *call, GError **error);

/* One that is given by name, and taken from the others; NULL where it is not. */
Value *call_take (Call *call, const char *name);

/* NULL with an error, or where nobody knows the operator, without. */
typedef Value *(*Operator) (Call *call, GError **error);

typedef struct
{
  const char *name;
  Operator operate;
} OperatorRow;

extern const OperatorRow address_operators[];
extern const OperatorRow async_operators[];
extern const OperatorRow lookup_operators[];
extern const OperatorRow message_operators[];
extern const OperatorRow process_operators[];
extern const OperatorRow socket_operators[];
extern const OperatorRow transfer_operators[];

/* Those of a socket, where it is called on one, before others of its name. */
Operator operator_find (const char *name, const Value *self);
