/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keywords of the operators, one table each; those of make-socket are in gsock-request.c. */

#include <gsock/gsock-op-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-types.h>
#include <gsock/gsock-enum-types.h>

#include <stddef.h>

/* Sorted by length, then by name. */

static const GSockKeyword bind_rows[] = {
  { .name = "host", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_BIND_HOST, .offset = offsetof (GSockBindSpec, host) },
  { .name = "port", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_BIND_PORT, .offset = offsetof (GSockBindSpec, port), .minimum = 0, .maximum = 65535 },
  { .name = "local-host", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_BIND_HOST, .offset = offsetof (GSockBindSpec, host) },
  { .name = "local-port", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_BIND_PORT, .offset = offsetof (GSockBindSpec, port), .minimum = 0, .maximum = 65535 },
  { .name = "reuse-port", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_BIND_REUSE_PORT, .offset = offsetof (GSockBindSpec, reuse_port) },
  { .name = "local-address", .type = GSOCK_ARGUMENT_ADDRESS, .id = GSOCK_BIND_ADDRESS, .offset = offsetof (GSockBindSpec, address), .get_type = gsock_address_get_type },
  { .name = "local-service", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_BIND_SERVICE, .offset = offsetof (GSockBindSpec, service) },
  { .name = "reuse-address", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_BIND_REUSE_ADDRESS, .offset = offsetof (GSockBindSpec, reuse_address) },
  { .name = "local-filename", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_BIND_FILENAME, .offset = offsetof (GSockBindSpec, filename) },
};

GSockKeywordTable gsock_bind_keywords = {
  .operator_name = "bind-address",
  .rows = bind_rows,
  .n_rows = G_N_ELEMENTS (bind_rows),
};

static const GSockKeyword listen_rows[] = {
  { .name = "backlog", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_LISTEN_BACKLOG, .offset = offsetof (GSockListenSpec, backlog), .minimum = 0, .maximum = G_MAXINT },
};

GSockKeywordTable gsock_listen_keywords = {
  .operator_name = "listen-on",
  .rows = listen_rows,
  .n_rows = G_N_ELEMENTS (listen_rows),
};

static const GSockKeyword accept_rows[] = {
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_ACCEPT_WAIT, .offset = offsetof (GSockAcceptSpec, wait) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_ACCEPT_TIMEOUT, .offset = offsetof (GSockAcceptSpec, timeout) },
  { .name = "external-format", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_ACCEPT_EXTERNAL_FORMAT, .offset = offsetof (GSockAcceptSpec, external_format) },
  { .name = "input-buffer-size", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_ACCEPT_INPUT_BUFFER_SIZE, .offset = offsetof (GSockAcceptSpec, input_buffer_size), .minimum = 0, .maximum = G_MAXINT },
  { .name = "output-buffer-size", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_ACCEPT_OUTPUT_BUFFER_SIZE, .offset = offsetof (GSockAcceptSpec, output_buffer_size), .minimum = 0, .maximum = G_MAXINT },
};

GSockKeywordTable gsock_accept_keywords = {
  .operator_name = "accept-connection",
  .rows = accept_rows,
  .n_rows = G_N_ELEMENTS (accept_rows),
};

static const GSockKeyword connect_rows[] = {
  { .name = "host", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_CONNECT_HOST, .offset = offsetof (GSockConnectSpec, host) },
  { .name = "ipv6", .type = GSOCK_ARGUMENT_ENUM, .id = GSOCK_CONNECT_IPV6, .offset = offsetof (GSockConnectSpec, ipv6), .minimum = GSOCK_IPV6_MODE_NO, .maximum = GSOCK_IPV6_MODE_ONLY, .get_type = gsock_ipv6_mode_get_type },
  { .name = "port", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_CONNECT_PORT, .offset = offsetof (GSockConnectSpec, port), .minimum = 1, .maximum = 65535 },
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_CONNECT_WAIT, .offset = offsetof (GSockConnectSpec, wait) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_CONNECT_TIMEOUT, .offset = offsetof (GSockConnectSpec, timeout) },
  { .name = "remote-host", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_CONNECT_HOST, .offset = offsetof (GSockConnectSpec, host) },
  { .name = "remote-port", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_CONNECT_PORT, .offset = offsetof (GSockConnectSpec, port), .minimum = 1, .maximum = 65535 },
  { .name = "remote-address", .type = GSOCK_ARGUMENT_ADDRESS, .id = GSOCK_CONNECT_ADDRESS, .offset = offsetof (GSockConnectSpec, address), .get_type = gsock_address_get_type },
  { .name = "remote-service", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_CONNECT_SERVICE, .offset = offsetof (GSockConnectSpec, service) },
  { .name = "remote-filename", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_CONNECT_FILENAME, .offset = offsetof (GSockConnectSpec, filename) },
  { .name = "remote-connectable", .type = GSOCK_ARGUMENT_OBJECT, .id = GSOCK_CONNECT_CONNECTABLE, .offset = offsetof (GSockConnectSpec, connectable), .get_type = g_socket_connectable_get_type },
};

GSockKeywordTable gsock_connect_keywords = {
  .operator_name = "connect",
  .rows = connect_rows,
  .n_rows = G_N_ELEMENTS (connect_rows),
};

static const GSockKeyword send_rows[] = {
  { .name = "end", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_SEND_END, .offset = offsetof (GSockSendSpec, end), .minimum = 0, .maximum = G_MAXINT },
  { .name = "ipv6", .type = GSOCK_ARGUMENT_ENUM, .id = GSOCK_SEND_IPV6, .offset = offsetof (GSockSendSpec, ipv6), .minimum = GSOCK_IPV6_MODE_NO, .maximum = GSOCK_IPV6_MODE_ONLY, .get_type = gsock_ipv6_mode_get_type },
  { .name = "more", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_MORE },
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_SEND_WAIT, .offset = offsetof (GSockSendSpec, wait) },
  { .name = "flags", .type = GSOCK_ARGUMENT_FLAGS, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags) },
  { .name = "start", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_SEND_START, .offset = offsetof (GSockSendSpec, start), .minimum = 0, .maximum = G_MAXINT },
  { .name = "confirm", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_CONFIRM },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_SEND_TIMEOUT, .offset = offsetof (GSockSendSpec, timeout) },
  { .name = "dont-wait", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_DONT_WAIT },
  { .name = "fast-open", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_FAST_OPEN },
  { .name = "no-signal", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_NO_SIGNAL },
  { .name = "dont-route", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_DONT_ROUTE },
  { .name = "out-of-band", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_OUT_OF_BAND },
  { .name = "remote-host", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_SEND_HOST, .offset = offsetof (GSockSendSpec, host) },
  { .name = "remote-port", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_SEND_PORT, .offset = offsetof (GSockSendSpec, port), .minimum = 1, .maximum = 65535 },
  { .name = "end-of-record", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_END_OF_RECORD },
  { .name = "remote-address", .type = GSOCK_ARGUMENT_ADDRESS, .id = GSOCK_SEND_ADDRESS, .offset = offsetof (GSockSendSpec, address), .get_type = gsock_address_get_type },
  { .name = "remote-filename", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_SEND_FILENAME, .offset = offsetof (GSockSendSpec, filename) },
};

GSockKeywordTable gsock_send_keywords = {
  .operator_name = "send-to",
  .rows = send_rows,
  .n_rows = G_N_ELEMENTS (send_rows),
};

static const GSockKeyword receive_rows[] = {
  { .name = "end", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_RECEIVE_END, .offset = offsetof (GSockReceiveSpec, end), .minimum = 0, .maximum = G_MAXINT },
  { .name = "peek", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_RECEIVE_FLAGS, .offset = offsetof (GSockReceiveSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_PEEK },
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_RECEIVE_WAIT, .offset = offsetof (GSockReceiveSpec, wait) },
  { .name = "flags", .type = GSOCK_ARGUMENT_FLAGS, .id = GSOCK_RECEIVE_FLAGS, .offset = offsetof (GSockReceiveSpec, flags) },
  { .name = "start", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_RECEIVE_START, .offset = offsetof (GSockReceiveSpec, start), .minimum = 0, .maximum = G_MAXINT },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_RECEIVE_TIMEOUT, .offset = offsetof (GSockReceiveSpec, timeout) },
  { .name = "truncate", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_RECEIVE_FLAGS, .offset = offsetof (GSockReceiveSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_TRUNCATE },
  { .name = "wait-all", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_RECEIVE_FLAGS, .offset = offsetof (GSockReceiveSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_WAIT_ALL },
  { .name = "dont-wait", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_RECEIVE_FLAGS, .offset = offsetof (GSockReceiveSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_DONT_WAIT },
  { .name = "error-queue", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_RECEIVE_FLAGS, .offset = offsetof (GSockReceiveSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_ERROR_QUEUE },
  { .name = "out-of-band", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_RECEIVE_FLAGS, .offset = offsetof (GSockReceiveSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_OUT_OF_BAND },
};

GSockKeywordTable gsock_receive_keywords = {
  .operator_name = "receive-from",
  .rows = receive_rows,
  .n_rows = G_N_ELEMENTS (receive_rows),
};

/* As send-to; start and end count datagrams. */
static const GSockKeyword send_many_rows[] = {
  { .name = "end", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_SEND_END, .offset = offsetof (GSockSendSpec, end), .minimum = 0, .maximum = G_MAXINT },
  { .name = "ipv6", .type = GSOCK_ARGUMENT_ENUM, .id = GSOCK_SEND_IPV6, .offset = offsetof (GSockSendSpec, ipv6), .get_type = gsock_ipv6_mode_get_type },
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_SEND_WAIT, .offset = offsetof (GSockSendSpec, wait) },
  { .name = "flags", .type = GSOCK_ARGUMENT_FLAGS, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags) },
  { .name = "start", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_SEND_START, .offset = offsetof (GSockSendSpec, start), .minimum = 0, .maximum = G_MAXINT },
  { .name = "confirm", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_CONFIRM },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_SEND_TIMEOUT, .offset = offsetof (GSockSendSpec, timeout) },
  { .name = "dont-wait", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_DONT_WAIT },
  { .name = "no-signal", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_NO_SIGNAL },
  { .name = "dont-route", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_DONT_ROUTE },
  { .name = "remote-host", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_SEND_HOST, .offset = offsetof (GSockSendSpec, host) },
  { .name = "remote-port", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_SEND_PORT, .offset = offsetof (GSockSendSpec, port), .minimum = 1, .maximum = 65535 },
  { .name = "remote-address", .type = GSOCK_ARGUMENT_ADDRESS, .id = GSOCK_SEND_ADDRESS, .offset = offsetof (GSockSendSpec, address), .get_type = gsock_address_get_type },
  { .name = "remote-filename", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_SEND_FILENAME, .offset = offsetof (GSockSendSpec, filename) },
};

GSockKeywordTable gsock_send_many_keywords = {
  .operator_name = "send-many",
  .rows = send_many_rows,
  .n_rows = G_N_ELEMENTS (send_many_rows),
};

static const GSockKeyword receive_many_rows[] = {
  { .name = "size", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_RECEIVE_MANY_SIZE, .offset = offsetof (GSockReceiveManySpec, size), .minimum = 0, .maximum = G_MAXINT },
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_RECEIVE_MANY_WAIT, .offset = offsetof (GSockReceiveManySpec, wait) },
  { .name = "flags", .type = GSOCK_ARGUMENT_FLAGS, .id = GSOCK_RECEIVE_MANY_FLAGS, .offset = offsetof (GSockReceiveManySpec, flags) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_RECEIVE_MANY_TIMEOUT, .offset = offsetof (GSockReceiveManySpec, timeout) },
  { .name = "truncate", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_RECEIVE_MANY_FLAGS, .offset = offsetof (GSockReceiveManySpec, flags), .flag = GSOCK_MESSAGE_FLAGS_TRUNCATE },
  { .name = "dont-wait", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_RECEIVE_MANY_FLAGS, .offset = offsetof (GSockReceiveManySpec, flags), .flag = GSOCK_MESSAGE_FLAGS_DONT_WAIT },
};

GSockKeywordTable gsock_receive_many_keywords = {
  .operator_name = "receive-many",
  .rows = receive_many_rows,
  .n_rows = G_N_ELEMENTS (receive_many_rows),
};

/* As send-to, but for the part to send. */
static const GSockKeyword send_message_rows[] = {
  { .name = "ipv6", .type = GSOCK_ARGUMENT_ENUM, .id = GSOCK_SEND_IPV6, .offset = offsetof (GSockSendSpec, ipv6), .minimum = GSOCK_IPV6_MODE_NO, .maximum = GSOCK_IPV6_MODE_ONLY, .get_type = gsock_ipv6_mode_get_type },
  { .name = "more", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_MORE },
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_SEND_WAIT, .offset = offsetof (GSockSendSpec, wait) },
  { .name = "flags", .type = GSOCK_ARGUMENT_FLAGS, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags) },
  { .name = "confirm", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_CONFIRM },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_SEND_TIMEOUT, .offset = offsetof (GSockSendSpec, timeout) },
  { .name = "dont-wait", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_DONT_WAIT },
  { .name = "fast-open", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_FAST_OPEN },
  { .name = "no-signal", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_NO_SIGNAL },
  { .name = "dont-route", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_DONT_ROUTE },
  { .name = "out-of-band", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_OUT_OF_BAND },
  { .name = "remote-host", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_SEND_HOST, .offset = offsetof (GSockSendSpec, host) },
  { .name = "remote-port", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_SEND_PORT, .offset = offsetof (GSockSendSpec, port), .minimum = 1, .maximum = 65535 },
  { .name = "end-of-record", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_SEND_FLAGS, .offset = offsetof (GSockSendSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_END_OF_RECORD },
  { .name = "remote-address", .type = GSOCK_ARGUMENT_ADDRESS, .id = GSOCK_SEND_ADDRESS, .offset = offsetof (GSockSendSpec, address), .get_type = gsock_address_get_type },
  { .name = "remote-filename", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_SEND_FILENAME, .offset = offsetof (GSockSendSpec, filename) },
};

GSockKeywordTable gsock_send_message_keywords = {
  .operator_name = "send-message",
  .rows = send_message_rows,
  .n_rows = G_N_ELEMENTS (send_message_rows),
};

static const GSockKeyword receive_message_rows[] = {
  { .name = "peek", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_MESSAGE_FLAGS, .offset = offsetof (GSockMessageSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_PEEK },
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_MESSAGE_WAIT, .offset = offsetof (GSockMessageSpec, wait) },
  { .name = "flags", .type = GSOCK_ARGUMENT_FLAGS, .id = GSOCK_MESSAGE_FLAGS, .offset = offsetof (GSockMessageSpec, flags) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_MESSAGE_TIMEOUT, .offset = offsetof (GSockMessageSpec, timeout) },
  { .name = "truncate", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_MESSAGE_FLAGS, .offset = offsetof (GSockMessageSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_TRUNCATE },
  { .name = "wait-all", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_MESSAGE_FLAGS, .offset = offsetof (GSockMessageSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_WAIT_ALL },
  { .name = "dont-wait", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_MESSAGE_FLAGS, .offset = offsetof (GSockMessageSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_DONT_WAIT },
  { .name = "error-queue", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_MESSAGE_FLAGS, .offset = offsetof (GSockMessageSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_ERROR_QUEUE },
  { .name = "out-of-band", .type = GSOCK_ARGUMENT_FLAG, .id = GSOCK_MESSAGE_FLAGS, .offset = offsetof (GSockMessageSpec, flags), .flag = GSOCK_MESSAGE_FLAGS_OUT_OF_BAND },
};

GSockKeywordTable gsock_receive_message_keywords = {
  .operator_name = "receive-message",
  .rows = receive_message_rows,
  .n_rows = G_N_ELEMENTS (receive_message_rows),
};

static const GSockKeyword send_descriptor_rows[] = {
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_SEND_WAIT, .offset = offsetof (GSockSendSpec, wait) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_SEND_TIMEOUT, .offset = offsetof (GSockSendSpec, timeout) },
  { .name = "remote-address", .type = GSOCK_ARGUMENT_ADDRESS, .id = GSOCK_SEND_ADDRESS, .offset = offsetof (GSockSendSpec, address), .get_type = gsock_address_get_type },
  { .name = "remote-filename", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_SEND_FILENAME, .offset = offsetof (GSockSendSpec, filename) },
};

GSockKeywordTable gsock_send_descriptor_keywords = {
  .operator_name = "send-file-descriptor",
  .rows = send_descriptor_rows,
  .n_rows = G_N_ELEMENTS (send_descriptor_rows),
};

static const GSockKeyword receive_descriptor_rows[] = {
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_RECEIVE_MANY_WAIT, .offset = offsetof (GSockReceiveManySpec, wait) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_RECEIVE_MANY_TIMEOUT, .offset = offsetof (GSockReceiveManySpec, timeout) },
};

GSockKeywordTable gsock_receive_descriptor_keywords = {
  .operator_name = "receive-file-descriptor",
  .rows = receive_descriptor_rows,
  .n_rows = G_N_ELEMENTS (receive_descriptor_rows),
};

static const GSockKeyword receive_descriptors_rows[] = {
  { .name = "size", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_RECEIVE_MANY_SIZE, .offset = offsetof (GSockReceiveManySpec, size), .minimum = 1, .maximum = 65536 },
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_RECEIVE_MANY_WAIT, .offset = offsetof (GSockReceiveManySpec, wait) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_RECEIVE_MANY_TIMEOUT, .offset = offsetof (GSockReceiveManySpec, timeout) },
};

GSockKeywordTable gsock_receive_descriptors_keywords = {
  .operator_name = "receive-file-descriptors",
  .rows = receive_descriptors_rows,
  .n_rows = G_N_ELEMENTS (receive_descriptors_rows),
};

static const GSockKeyword send_socket_rows[] = {
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_SEND_WAIT, .offset = offsetof (GSockSendSocketSpec, send.wait) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_SEND_TIMEOUT, .offset = offsetof (GSockSendSocketSpec, send.timeout) },
  { .name = "remote-address", .type = GSOCK_ARGUMENT_ADDRESS, .id = GSOCK_SEND_ADDRESS, .offset = offsetof (GSockSendSocketSpec, send.address), .get_type = gsock_address_get_type },
  { .name = "remote-filename", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_SEND_FILENAME, .offset = offsetof (GSockSendSocketSpec, send.filename) },
  { .name = "unlink-on-close", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_SEND_UNLINK_ON_CLOSE, .offset = offsetof (GSockSendSocketSpec, unlink_on_close) },
};

GSockKeywordTable gsock_send_socket_keywords = {
  .operator_name = "send-socket",
  .rows = send_socket_rows,
  .n_rows = G_N_ELEMENTS (send_socket_rows),
};

static const GSockKeyword receive_socket_rows[] = {
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_RECEIVE_SOCKET_WAIT, .offset = offsetof (GSockReceiveSocketSpec, wait) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_RECEIVE_SOCKET_TIMEOUT, .offset = offsetof (GSockReceiveSocketSpec, timeout) },
  { .name = "external-format", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_RECEIVE_SOCKET_EXTERNAL_FORMAT, .offset = offsetof (GSockReceiveSocketSpec, external_format) },
  { .name = "unlink-on-close", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_RECEIVE_SOCKET_UNLINK_ON_CLOSE, .offset = offsetof (GSockReceiveSocketSpec, unlink_on_close) },
  { .name = "input-buffer-size", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_RECEIVE_SOCKET_INPUT_BUFFER_SIZE, .offset = offsetof (GSockReceiveSocketSpec, input_buffer_size), .minimum = 0, .maximum = G_MAXINT },
  { .name = "output-buffer-size", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_RECEIVE_SOCKET_OUTPUT_BUFFER_SIZE, .offset = offsetof (GSockReceiveSocketSpec, output_buffer_size), .minimum = 0, .maximum = G_MAXINT },
};

GSockKeywordTable gsock_receive_socket_keywords = {
  .operator_name = "receive-socket",
  .rows = receive_socket_rows,
  .n_rows = G_N_ELEMENTS (receive_socket_rows),
};

static const GSockKeyword send_credentials_rows[] = {
  { .name = "gid", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_CREDENTIALS_GID, .offset = offsetof (GSockCredentialsSpec, gid), .minimum = 0, .maximum = G_MAXINT },
  { .name = "pid", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_CREDENTIALS_PID, .offset = offsetof (GSockCredentialsSpec, pid), .minimum = 1, .maximum = G_MAXINT },
  { .name = "uid", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_CREDENTIALS_UID, .offset = offsetof (GSockCredentialsSpec, uid), .minimum = 0, .maximum = G_MAXINT },
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_CREDENTIALS_WAIT, .offset = offsetof (GSockCredentialsSpec, wait) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_CREDENTIALS_TIMEOUT, .offset = offsetof (GSockCredentialsSpec, timeout) },
};

GSockKeywordTable gsock_send_credentials_keywords = {
  .operator_name = "send-credentials",
  .rows = send_credentials_rows,
  .n_rows = G_N_ELEMENTS (send_credentials_rows),
};

static const GSockKeyword receive_credentials_rows[] = {
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_CREDENTIALS_WAIT, .offset = offsetof (GSockReceiveCredentialsSpec, wait) },
  { .name = "pidfd", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_CREDENTIALS_PIDFD, .offset = offsetof (GSockReceiveCredentialsSpec, pidfd) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_CREDENTIALS_TIMEOUT, .offset = offsetof (GSockReceiveCredentialsSpec, timeout) },
};

GSockKeywordTable gsock_receive_credentials_keywords = {
  .operator_name = "receive-credentials",
  .rows = receive_credentials_rows,
  .n_rows = G_N_ELEMENTS (receive_credentials_rows),
};

static const GSockKeyword read_line_rows[] = {
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_READ_WAIT, .offset = offsetof (GSockReadSpec, wait) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_READ_TIMEOUT, .offset = offsetof (GSockReadSpec, timeout) },
  { .name = "maximum-length", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_READ_MAXIMUM_LENGTH, .offset = offsetof (GSockReadSpec, maximum_length), .minimum = 0, .maximum = G_MAXINT },
};

static const GSockKeyword read_char_rows[] = {
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_READ_WAIT, .offset = offsetof (GSockReadSpec, wait) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_READ_TIMEOUT, .offset = offsetof (GSockReadSpec, timeout) },
};

static const GSockKeyword read_text_rows[] = {
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_READ_WAIT, .offset = offsetof (GSockReadSpec, wait) },
  { .name = "partial", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_READ_PARTIAL, .offset = offsetof (GSockReadSpec, partial) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_READ_TIMEOUT, .offset = offsetof (GSockReadSpec, timeout) },
};

static const GSockKeyword write_rows[] = {
  { .name = "wait", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_WRITE_WAIT, .offset = offsetof (GSockWriteSpec, wait) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_WRITE_TIMEOUT, .offset = offsetof (GSockWriteSpec, timeout) },
};

GSockKeywordTable gsock_read_line_keywords = {
  .operator_name = "read-line",
  .rows = read_line_rows,
  .n_rows = G_N_ELEMENTS (read_line_rows),
};

GSockKeywordTable gsock_read_char_keywords = {
  .operator_name = "read-char",
  .rows = read_char_rows,
  .n_rows = G_N_ELEMENTS (read_char_rows),
};

GSockKeywordTable gsock_read_text_keywords = {
  .operator_name = "read-text",
  .rows = read_text_rows,
  .n_rows = G_N_ELEMENTS (read_text_rows),
};

GSockKeywordTable gsock_read_bytes_keywords = {
  .operator_name = "read-bytes",
  .rows = read_text_rows,
  .n_rows = G_N_ELEMENTS (read_text_rows),
};

GSockKeywordTable gsock_write_text_keywords = {
  .operator_name = "write-text",
  .rows = write_rows,
  .n_rows = G_N_ELEMENTS (write_rows),
};

GSockKeywordTable gsock_write_line_keywords = {
  .operator_name = "write-line",
  .rows = write_rows,
  .n_rows = G_N_ELEMENTS (write_rows),
};

GSockKeywordTable gsock_write_bytes_keywords = {
  .operator_name = "write-bytes",
  .rows = write_rows,
  .n_rows = G_N_ELEMENTS (write_rows),
};

GSockKeywordTable gsock_finish_output_keywords = {
  .operator_name = "finish-output",
  .rows = write_rows,
  .n_rows = G_N_ELEMENTS (write_rows),
};

static const GSockKeyword from_fd_rows[] = {
  { .name = "dup", .type = GSOCK_ARGUMENT_BOOLEAN, .id = GSOCK_FROM_FD_DUP, .offset = offsetof (GSockFromFdSpec, dup) },
  { .name = "connect", .type = GSOCK_ARGUMENT_ENUM, .id = GSOCK_FROM_FD_CONNECT, .offset = offsetof (GSockFromFdSpec, role), .minimum = GSOCK_ROLE_ACTIVE, .maximum = GSOCK_ROLE_PASSIVE, .get_type = gsock_role_get_type },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_FROM_FD_TIMEOUT, .offset = offsetof (GSockFromFdSpec, timeout) },
  { .name = "external-format", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_FROM_FD_EXTERNAL_FORMAT, .offset = offsetof (GSockFromFdSpec, external_format) },
  { .name = "input-buffer-size", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_FROM_FD_INPUT_BUFFER_SIZE, .offset = offsetof (GSockFromFdSpec, input_buffer_size), .minimum = 0, .maximum = G_MAXINT },
  { .name = "output-buffer-size", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_FROM_FD_OUTPUT_BUFFER_SIZE, .offset = offsetof (GSockFromFdSpec, output_buffer_size), .minimum = 0, .maximum = G_MAXINT },
};

GSockKeywordTable gsock_from_fd_keywords = {
  .operator_name = "make-socket-from-fd",
  .rows = from_fd_rows,
  .n_rows = G_N_ELEMENTS (from_fd_rows),
};

static const GSockKeyword pair_rows[] = {
  { .name = "type", .type = GSOCK_ARGUMENT_ENUM, .id = GSOCK_PAIR_TYPE, .offset = offsetof (GSockPairSpec, type), .minimum = GSOCK_SOCKET_TYPE_STREAM, .maximum = GSOCK_SOCKET_TYPE_SEQPACKET, .get_type = gsock_socket_type_get_type },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_PAIR_TIMEOUT, .offset = offsetof (GSockPairSpec, timeout) },
  { .name = "protocol", .type = GSOCK_ARGUMENT_PROTOCOL, .id = GSOCK_PAIR_PROTOCOL, .offset = offsetof (GSockPairSpec, protocol) },
  { .name = "external-format", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_PAIR_EXTERNAL_FORMAT, .offset = offsetof (GSockPairSpec, external_format) },
  { .name = "input-buffer-size", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_PAIR_INPUT_BUFFER_SIZE, .offset = offsetof (GSockPairSpec, input_buffer_size), .minimum = 0, .maximum = G_MAXINT },
  { .name = "output-buffer-size", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_PAIR_OUTPUT_BUFFER_SIZE, .offset = offsetof (GSockPairSpec, output_buffer_size), .minimum = 0, .maximum = G_MAXINT },
};

GSockKeywordTable gsock_pair_keywords = {
  .operator_name = "make-socket-pair",
  .rows = pair_rows,
  .n_rows = G_N_ELEMENTS (pair_rows),
};

/* Whether a socket of this family has such names; a keyword that was not given is NULL. */
gboolean
gsock_check_names (const char *operator_name, const GSockFamily *family, const char *host_keyword, const char *filename_keyword, GError **error)
{
  const char *wrong = host_keyword != NULL && !family->internet ? host_keyword
                      : filename_keyword != NULL && !family->local ? filename_keyword : NULL;

  return wrong == NULL
         || gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "%s: %s does not go with a socket of the address family %s",
                                 operator_name, wrong, family->name);
}
