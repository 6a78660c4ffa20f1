/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program has to say when a signal interrupts a call that waits. */

#include <gsock/gsock-interrupt.h>

#include <gsock/gsock-wait-private.h>

#include <pthread.h>

typedef struct
{
  GSockInterruptFunc func;
  gpointer data;
} Interrupt;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Interrupt current;

/**
 * gsock_set_interrupt_func: (skip)
 * @func: (nullable) (scope forever): what to ask, or %NULL
 * @user_data: passed to @func
 *
 * Sets what is asked when a signal interrupts a call that waits, in the whole process. Without one a
 * call goes on until what it waits for has come, whatever signals come in between.
 *
 * It is meant for the interpreters of languages whose handlers of signals run later than the
 * system's: they can run them then, and end the call where one of them wants that.
 *
 * Since: 1.0
 */
void
gsock_set_interrupt_func (GSockInterruptFunc func, gpointer user_data)
{
  pthread_mutex_lock (&lock);
  current = (Interrupt){ func, user_data };
  pthread_mutex_unlock (&lock);
}

gboolean
gsock_is_interrupted (void)
{
  Interrupt interrupt;

  pthread_mutex_lock (&lock);
  interrupt = current;
  pthread_mutex_unlock (&lock);
  return interrupt.func != NULL && interrupt.func (interrupt.data);
}
