/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-seats-private.h>
#include <gsock/gsock-server.h>
#include <gsock/gsock-watch.h>

G_BEGIN_DECLS

struct _GSockServer
{
  GObject parent_instance;

  GSockPassiveSocket *listener;
  guint max_connections;
  GSockServerFunc handler;
  gpointer handler_data;
  GDestroyNotify handler_notify;

  gboolean running;
  int priority;
  GMainContext *context;
  GSockSeats *seats;
  GSockWatch *watch; /* NULL: stopped, full or pausing */
  GSource *pause;
  guint pause_ms;    /* the last one; 0: none since a connection was accepted */
  GQueue drains;     /* of GTask */
};

/* gsock-server.c */
void gsock_server_accept_all (GSockServer *self);

/* gsock-server-drain.c: when there is nobody left to wait for. */
void gsock_server_finish_drains (GSockServer *self);

G_END_DECLS
