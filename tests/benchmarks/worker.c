/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processes that do one side of a variant each. */

#include "worker.h"

#include "machine.h"
#include "peers.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void
worker_start (Worker *self, gboolean beside, WorkerBody body, gpointer data)
{
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
    peers_fail ("socketpair", NULL);
  self->pid = fork ();
  if (self->pid < 0)
    peers_fail ("fork", NULL);
  if (self->pid == 0)
    {
      close (ends[0]);
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      if (beside)
        machine_step_aside ();
      body (ends[1], data);
      _exit (0);
    }
  close (ends[1]);
  self->control = ends[0];
}

void
worker_stop (Worker *self)
{
  close (self->control);
  kill (self->pid, SIGTERM);
  waitpid (self->pid, NULL, 0);
}

double
worker_seconds (const Worker *self)
{
  struct timespec now;
  clockid_t its_own;

  if (clock_getcpuclockid (self->pid, &its_own) != 0 || clock_gettime (its_own, &now) < 0)
    peers_fail ("the processor time of a process", NULL);
  return now.tv_sec + now.tv_nsec / 1e9;
}

guint
worker_ask (const Worker *self, guint question, guint number)
{
  guint out[2] = { question, number }, answer;

  peers_expect (send (self->control, out, sizeof out, MSG_NOSIGNAL), sizeof out, "ask");
  peers_expect (recv (self->control, &answer, sizeof answer, 0), sizeof answer, "the answer of a process");
  return answer;
}

gboolean
worker_hear (int control, guint *question, guint *number)
{
  guint in[2];

  if (recv (control, in, sizeof in, 0) != sizeof in)
    return FALSE;
  *question = in[0];
  *number = in[1];
  return TRUE;
}

void
worker_answer (int control, guint number)
{
  peers_expect (send (control, &number, sizeof number, MSG_NOSIGNAL), sizeof number, "answer");
}

gboolean
worker_allow_files (guint n)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
    return FALSE;
  if (limit.rlim_cur >= n)
    return TRUE;
  limit.rlim_cur = n;
  limit.rlim_max = MAX (limit.rlim_max, n);
  return setrlimit (RLIMIT_NOFILE, &limit) == 0;
}
