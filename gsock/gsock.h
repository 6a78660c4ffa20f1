/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#define GSOCK_INSIDE

#include <gsock/gsock-version.h>
#include <gsock/gsock-types.h>
#include <gsock/gsock-enum-types.h>
#include <gsock/gsock-error.h>
#include <gsock/gsock-address.h>
#include <gsock/gsock-message.h>
#include <gsock/gsock-socket.h>
#include <gsock/gsock-source.h>
#include <gsock/gsock-option.h>
#include <gsock/gsock-socket-message.h>
#include <gsock/gsock-batch.h>
#include <gsock/gsock-socket-batch.h>
#include <gsock/gsock-socket-data.h>
#include <gsock/gsock-active-socket.h>
#include <gsock/gsock-stream.h>
#include <gsock/gsock-stream-async.h>
#include <gsock/gsock-io-stream.h>
#include <gsock/gsock-gsocket.h>
#include <gsock/gsock-passive-socket.h>
#include <gsock/gsock-credentials.h>
#include <gsock/gsock-datagram-socket.h>
#include <gsock/gsock-group.h>
#include <gsock/gsock-raw-socket.h>
#include <gsock/gsock-socket-async.h>
#include <gsock/gsock-socket-then.h>
#include <gsock/gsock-watch.h>
#include <gsock/gsock-server.h>
#include <gsock/gsock-make-socket.h>
#include <gsock/gsock-fd-passing.h>
#include <gsock/gsock-activation.h>
#include <gsock/gsock-fd-store.h>
#include <gsock/gsock-lookup.h>
#include <gsock/gsock-service.h>
#include <gsock/gsock-handover.h>
#include <gsock/gsock-interface.h>
#include <gsock/gsock-interrupt.h>
#include <gsock/gsock-autocleanups.h>

#undef GSOCK_INSIDE
