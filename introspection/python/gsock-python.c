/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* send-to and receive-from as methods that are C, for what they are mostly called with. What they are
 * called with otherwise goes to the functions that are made by introspection. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <gsock/gsock.h>
#include <pygobject.h>

#include <math.h>

PyMODINIT_FUNC PyInit__GSock_native (void);

#define SIZE_DEFAULT 65536

/* What is shorter is received on the stack and copied: that is cheaper than to shrink an object. */
#define FEW_BYTES 4096

/* The keywords that are understood here; `data` or `size` may stand without its name. */
enum
{
  FIRST,
  TIMEOUT,
  WAIT,
  CANCELLABLE,
  N_RECEIVE_NAMES,
  REMOTE_ADDRESS = N_RECEIVE_NAMES,
  REMOTE_HOST,
  REMOTE_PORT,
  N_SEND_NAMES,
};

typedef struct
{
  const char *names[N_SEND_NAMES];
  PyObject *interned[N_SEND_NAMES];
  guint n_names;
  PyObject *other_way; /* the function by introspection */
} Operator;

static Operator sending = {
  .names = { "data", "timeout", "wait", "cancellable", "remote_address", "remote_host", "remote_port" },
  .n_names = N_SEND_NAMES,
};
static Operator receiving = {
  .names = { "size", "timeout", "wait", "cancellable" },
  .n_names = N_RECEIVE_NAMES,
};

static PyTypeObject *received_type;
static PyObject *translate;

/* What a handler of signals raised in the middle of a call waits in here, as `interruption`. */
static PyObject *crossing;
static unsigned long main_thread;
static gboolean interrupted; /* that of the main thread, the only one that runs handlers */

typedef struct
{
  GSockSocket *socket;
  PyObject *values[N_SEND_NAMES]; /* borrowed; NULL: not given */
  gboolean wait;
  double timeout;
  GCancellable *cancellable;
} Call;

static gboolean
is_empty (const GSockAddress *address)
{
  gsize length;

  (void) gsock_address_peek_bytes (address, &length);
  return length == 0;
}

static guint
find_name (const Operator *self, PyObject *name)
{
  guint i = 0;

  while (i < self->n_names && self->interned[i] != name)
    i++;
  return i;
}

/* None says no more than a keyword that is left out. */
static gboolean
take_values (const Operator *operator, Call *call, PyObject *const *given, Py_ssize_t n_given, PyObject *names)
{
  Py_ssize_t n_names = names != NULL ? PyTuple_GET_SIZE (names) : 0;

  if (n_given > 1)
    return FALSE;
  if (n_given == 1)
    call->values[FIRST] = given[0];
  for (Py_ssize_t i = 0; i < n_names; i++)
    {
      guint name = find_name (operator, PyTuple_GET_ITEM (names, i));

      if (name == operator->n_names || call->values[name] != NULL)
        return FALSE;
      if (given[n_given + i] != Py_None)
        call->values[name] = given[n_given + i];
      else if (name == FIRST)
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_wait (Call *call, PyObject *value)
{
  call->wait = value != Py_False;
  return value == NULL || PyBool_Check (value);
}

static gboolean
take_timeout (Call *call, PyObject *value)
{
  call->timeout = value != NULL ? -1 : GSOCK_TIMEOUT_DEFAULT;
  if (value == NULL)
    return TRUE;
  if (PyFloat_CheckExact (value))
    call->timeout = PyFloat_AS_DOUBLE (value);
  else if (PyLong_CheckExact (value))
    call->timeout = PyLong_AsDouble (value);
  return call->timeout >= 0 && isfinite (call->timeout);
}

static gboolean
take_cancellable (Call *call, PyObject *value)
{
  if (value == NULL)
    return TRUE;
  if (!PyObject_TypeCheck (value, &PyGObject_Type) || !G_IS_CANCELLABLE (pygobject_get (value)))
    return FALSE;
  call->cancellable = G_CANCELLABLE (pygobject_get (value));
  return TRUE;
}

/* Whether all of it is something that is understood here. The socket may be an object whose
 * construction failed. */
static gboolean
take_call (const Operator *operator, Call *call, PyObject *self, PyObject *const *given, Py_ssize_t n_given, PyObject *names)
{
  call->socket = (GSockSocket *) pygobject_get (self);
  return call->socket != NULL && take_values (operator, call, given, n_given, names)
         && take_wait (call, call->values[WAIT]) && take_timeout (call, call->values[TIMEOUT])
         && take_cancellable (call, call->values[CANCELLABLE]);
}

/* Whatever was tried before and raised something is tried again there, and raises it again. */
static PyObject *
go_the_other_way (const Operator *operator, PyObject *self, PyObject *const *given, Py_ssize_t n_given, PyObject *names)
{
  PyObject *method, *result;

  PyErr_Clear ();
  method = PyMethod_New (operator->other_way, self);
  if (method == NULL)
    return NULL;
  result = PyObject_Vectorcall (method, given, n_given, names);
  Py_DECREF (method);
  return result;
}

/* Raises what the functions by introspection raise, from None. */
static PyObject *
fail (GError *error)
{
  PyObject *type, *plain, *traceback, *exception;

  pyg_error_check (&error);
  PyErr_Fetch (&type, &plain, &traceback);
  PyErr_NormalizeException (&type, &plain, &traceback);
  exception = PyObject_CallOneArg (translate, plain);
  if (exception != NULL)
    {
      PyException_SetCause (exception, NULL);
      PyErr_SetObject ((PyObject *) Py_TYPE (exception), exception);
      Py_DECREF (exception);
    }
  Py_XDECREF (type);
  Py_XDECREF (plain);
  Py_XDECREF (traceback);
  return NULL;
}

/* Python's handlers of signals run when the interpreter goes on, which in the middle of a call it does
 * not. So they are run here, and when one raises something the call ends. */
static gboolean
on_interrupt (gpointer data)
{
  PyObject *type, *exception, *traceback;
  PyGILState_STATE state;
  gboolean raised;

  if (PyThread_get_thread_ident () != main_thread || !Py_IsInitialized ())
    return FALSE;
  state = PyGILState_Ensure ();
  raised = PyErr_CheckSignals () < 0;
  if (raised)
    {
      interrupted = TRUE;
      PyErr_Fetch (&type, &exception, &traceback);
      PyErr_NormalizeException (&type, &exception, &traceback);
      if (traceback != NULL)
        PyException_SetTraceback (exception, traceback);
      if (PyObject_SetAttrString (crossing, "interruption", exception) < 0)
        PyErr_WriteUnraisable (crossing);
      Py_XDECREF (type);
      Py_XDECREF (exception);
      Py_XDECREF (traceback);
    }
  PyGILState_Release (state);
  return raised;
}

/* A call that had done a part does not fail, so nobody else would raise it. */
static gboolean
raise_interruption (void)
{
  PyObject *exception;

  if (PyThread_get_thread_ident () != main_thread)
    return FALSE;
  interrupted = FALSE;
  exception = PyObject_GetAttrString (crossing, "interruption");
  if (exception != NULL && exception != Py_None && PyObject_SetAttrString (crossing, "interruption", Py_None) == 0)
    PyErr_SetObject ((PyObject *) Py_TYPE (exception), exception);
  else
    PyErr_Clear ();
  Py_XDECREF (exception);
  return PyErr_Occurred () != NULL;
}

/* send-to */

typedef struct
{
  const GSockAddress *address; /* NULL: the peer */
  const char *host;            /* or this and the port */
  int port;
} Destination;

static gboolean
take_host (Destination *self, PyObject *host, PyObject *port)
{
  int overflow;
  Py_ssize_t length;
  long number;

  if (host == NULL || port == NULL || !PyUnicode_CheckExact (host) || !PyLong_CheckExact (port))
    return FALSE;
  number = PyLong_AsLongAndOverflow (port, &overflow);
  self->port = (int) number;
  if (overflow != 0 || number < 1 || number > G_MAXUINT16)
    return FALSE;
  self->host = PyUnicode_AsUTF8AndSize (host, &length);
  return self->host != NULL && strlen (self->host) == (gsize) length;
}

static gboolean
take_destination (Destination *self, const Call *call)
{
  PyObject *address = call->values[REMOTE_ADDRESS], *host = call->values[REMOTE_HOST], *port = call->values[REMOTE_PORT];

  if (host != NULL || port != NULL)
    return address == NULL && take_host (self, host, port);
  if (address == NULL)
    return TRUE;
  if (!pyg_boxed_check (address, GSOCK_TYPE_ADDRESS))
    return FALSE;
  self->address = pyg_boxed_get (address, GSockAddress);
  if (self->address == NULL)
    return FALSE;
  if (is_empty (self->address))
    self->address = NULL;
  return TRUE;
}

/* Bytes, or anything that has them in one piece; @view is for what has to be held meanwhile. */
static gboolean
take_data (PyObject *data, Py_buffer *view)
{
  if (data == NULL)
    return FALSE;
  if (!PyBytes_CheckExact (data))
    return PyObject_CheckBuffer (data) && PyObject_GetBuffer (data, view, PyBUF_SIMPLE) == 0;
  view->buf = PyBytes_AS_STRING (data);
  view->len = PyBytes_GET_SIZE (data);
  return TRUE;
}

static gssize
send_data (const Call *call, const Py_buffer *data, const Destination *destination, GError **error)
{
  if (destination->host == NULL)
    return gsock_socket_send_to_direct (call->socket, data->buf, data->len, destination->address, 0, call->wait, call->timeout, call->cancellable, error);
  if (call->wait && call->timeout == GSOCK_TIMEOUT_DEFAULT && call->cancellable == NULL)
    return gsock_socket_send_data_to_host (call->socket, data->buf, data->len, destination->host, destination->port, error);
  return gsock_socket_send_to (call->socket, data->buf, data->len, call->cancellable, error, "remote-host", destination->host,
                               "remote-port", destination->port, "wait", call->wait, "timeout", call->timeout, NULL);
}

static PyObject *
send_to (PyObject *self, PyObject *const *given, Py_ssize_t n_given, PyObject *names)
{
  Call call = { 0 };
  Destination destination = { 0 };
  Py_buffer view;
  GError *error = NULL;
  gssize n;

  view.obj = NULL;
  if (!take_call (&sending, &call, self, given, n_given, names) || !take_destination (&destination, &call)
      || !take_data (call.values[FIRST], &view))
    return go_the_other_way (&sending, self, given, n_given, names);

  Py_BEGIN_ALLOW_THREADS
  n = send_data (&call, &view, &destination, &error);
  Py_END_ALLOW_THREADS
  if (view.obj != NULL)
    PyBuffer_Release (&view);
  if (n < 0)
    return fail (error);
  return interrupted && raise_interruption () ? NULL : PyLong_FromSsize_t (n);
}

/* receive-from */

static gboolean
take_size (PyObject *value, Py_ssize_t *size)
{
  *size = value == NULL ? SIZE_DEFAULT : PyLong_CheckExact (value) ? PyLong_AsSsize_t (value) : -1;
  return *size >= 0;
}

static gssize
receive_data (const Call *call, void *buffer, gsize size, GSockReceived *told)
{
  GError *error = NULL;
  gssize n;

  Py_BEGIN_ALLOW_THREADS
  n = gsock_socket_receive_from_direct (call->socket, buffer, size, 0, call->wait, call->timeout, told, call->cancellable, &error);
  Py_END_ALLOW_THREADS
  if (n < 0)
    (void) fail (error);
  return n;
}

static PyObject *
receive_few (const Call *call, gsize size, GSockReceived *told)
{
  char buffer[FEW_BYTES];
  gssize n = receive_data (call, buffer, size, told);

  return n < 0 ? NULL : PyBytes_FromStringAndSize (buffer, n);
}

static PyObject *
receive_many_bytes (const Call *call, PyObject *data, GSockReceived *told)
{
  gssize n = receive_data (call, PyBytes_AS_STRING (data), PyBytes_GET_SIZE (data), told);

  if (n < 0)
    Py_CLEAR (data);
  else if (n < PyBytes_GET_SIZE (data))
    (void) _PyBytes_Resize (&data, n);
  return data;
}

/* Whether the host and the port say all there is to say. */
static gboolean
is_named (const GSockReceived *told)
{
  GSockAddressFamily family = gsock_address_get_family (&told->sender);

  if (told->flags != 0 || told->full_length != told->length)
    return FALSE;
  return family == GSOCK_ADDRESS_FAMILY_IPV4
         || (family == GSOCK_ADDRESS_FAMILY_IPV6 && gsock_address_get_scope_id (&told->sender) == 0
             && gsock_address_get_flow_info (&told->sender) == 0);
}

/* As tuple.__new__ (Received, (data, host, port)). */
static PyObject *
pack_named (PyObject *data, const GSockAddress *sender)
{
  g_autofree char *host_text = gsock_address_get_host (sender);
  PyObject *host = PyUnicode_FromString (host_text);
  PyObject *port = PyLong_FromLong (gsock_address_get_port (sender));
  PyObject *result = host != NULL && port != NULL ? received_type->tp_alloc (received_type, 3) : NULL;

  if (result == NULL)
    {
      Py_XDECREF (host);
      Py_XDECREF (port);
      return NULL;
    }
  PyTuple_SET_ITEM (result, 0, Py_NewRef (data));
  PyTuple_SET_ITEM (result, 1, host);
  PyTuple_SET_ITEM (result, 2, port);
  return result;
}

/* As Received ((data, address, flags, full_length)). */
static PyObject *
pack_told (PyObject *data, const GSockReceived *told)
{
  PyObject *address = is_empty (&told->sender)
                          ? Py_NewRef (Py_None)
                          : pyg_boxed_new (GSOCK_TYPE_ADDRESS, (gpointer) &told->sender, TRUE, TRUE);
  PyObject *flags = pyg_flags_from_gtype (GSOCK_TYPE_MESSAGE_FLAGS, told->flags);
  PyObject *parts = address != NULL && flags != NULL ? Py_BuildValue ("(OOOn)", data, address, flags, (Py_ssize_t) told->full_length) : NULL;
  PyObject *result = parts != NULL ? PyObject_CallOneArg ((PyObject *) received_type, parts) : NULL;

  Py_XDECREF (address);
  Py_XDECREF (flags);
  Py_XDECREF (parts);
  return result;
}

static PyObject *
receive_from (PyObject *self, PyObject *const *given, Py_ssize_t n_given, PyObject *names)
{
  Call call = { 0 };
  GSockReceived told;
  PyObject *data = NULL, *result = NULL;
  Py_ssize_t size;

  if (!take_call (&receiving, &call, self, given, n_given, names) || !take_size (call.values[FIRST], &size)
      || (size > FEW_BYTES && (data = PyBytes_FromStringAndSize (NULL, size)) == NULL))
    return go_the_other_way (&receiving, self, given, n_given, names);

  data = size > FEW_BYTES ? receive_many_bytes (&call, data, &told) : receive_few (&call, size, &told);
  if (data != NULL)
    result = is_named (&told) ? pack_named (data, &told.sender) : pack_told (data, &told);
  Py_XDECREF (data);
  return result;
}

/* The module */

#define METHOD(function, signature, doc) { #function, (PyCFunction) (void (*) (void)) function, METH_FASTCALL | METH_KEYWORDS, \
                                           #function signature "\n--\n\n" doc }

static PyMethodDef methods[] = {
  METHOD (send_to, "($self, data, *, remote_address=None, remote_host=None, remote_port=None, cancellable=None, **keywords)",
          "Sends bytes to the peer, or where the keywords say."),
  METHOD (receive_from, "($self, size=65536, *, cancellable=None, **keywords)",
          "What has arrived, as a Received."),
};

static gboolean
add_method (PyTypeObject *type, PyMethodDef *method)
{
  PyObject *descriptor = PyDescr_NewMethod (type, method);
  gboolean added = descriptor != NULL && PyObject_SetAttrString ((PyObject *) type, method->ml_name, descriptor) == 0;

  Py_XDECREF (descriptor);
  return added;
}

static gboolean
intern_names (Operator *self)
{
  for (guint i = 0; i < self->n_names; i++)
    if (self->interned[i] == NULL && (self->interned[i] = PyUnicode_InternFromString (self->names[i])) == NULL)
      return FALSE;
  return TRUE;
}

static PyObject *
install (PyObject *module, PyObject *arguments)
{
  PyTypeObject *socket, *received;
  PyObject *send, *receive, *translator, *local;

  if (!PyArg_ParseTuple (arguments, "O!OOO!OOk", &PyType_Type, &socket, &send, &receive, &PyType_Type, &received, &translator, &local, &main_thread))
    return NULL;
  if (!PyType_IsSubtype (socket, &PyGObject_Type) || !PyType_IsSubtype (received, &PyTuple_Type))
    return PyErr_Format (PyExc_TypeError, "%s is no class of sockets, or %s no tuple", socket->tp_name, received->tp_name);

  Py_XSETREF (sending.other_way, Py_NewRef (send));
  Py_XSETREF (receiving.other_way, Py_NewRef (receive));
  Py_XSETREF (received_type, (PyTypeObject *) Py_NewRef (received));
  Py_XSETREF (translate, Py_NewRef (translator));
  Py_XSETREF (crossing, Py_NewRef (local));
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (!add_method (socket, &methods[i]))
      return NULL;
  gsock_set_interrupt_func (on_interrupt, NULL);
  Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
  { "install", install, METH_VARARGS,
    "install(socket_class, send_to, receive_from, received_class, translate, crossing, main_thread)\n\n"
    "Gives the class methods that are C and call these functions for what they do not know; and lets\n"
    "signals end a call." },
  { NULL },
};

static struct PyModuleDef definition = {
  PyModuleDef_HEAD_INIT,
  .m_name = "_GSock_native",
  .m_doc = "The fast path of GSock, which works without it as well.",
  .m_size = -1,
  .m_methods = functions,
};

PyMODINIT_FUNC
PyInit__GSock_native (void)
{
  PyObject *gobject = pygobject_init (3, 42, 0);

  if (gobject == NULL)
    return NULL;
  Py_DECREF (gobject);
  return intern_names (&sending) && intern_names (&receiving) ? PyModule_Create (&definition) : NULL;
}
