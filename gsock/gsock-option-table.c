/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every socket option that gsock knows by name: one row each, and the finding of a row. */

#include <gsock/gsock-option-private.h>

#include <gsock/gsock-keyword-private.h>
#include <gsock/sys/gsock-sys-constants.h>

#include <string.h>

/* Where the kernel takes an option: families and types, both of which must fit. */
#define ANY GSOCK_KIND_ANY
#define INTERNET (GSOCK_KIND_INTERNET | GSOCK_KIND_ANY_TYPE)
#define PACKETS (GSOCK_KIND_INTERNET | GSOCK_KIND_DATAGRAM | GSOCK_KIND_RAW)
#define IPV4_RAW (GSOCK_KIND_IPV4 | GSOCK_KIND_RAW)
#define IPV6 (GSOCK_KIND_IPV6 | GSOCK_KIND_ANY_TYPE)
#define IPV6_PACKETS (GSOCK_KIND_IPV6 | GSOCK_KIND_DATAGRAM | GSOCK_KIND_RAW)
#define IPV6_RAW (GSOCK_KIND_IPV6 | GSOCK_KIND_RAW)
#define TCP (GSOCK_KIND_INTERNET | GSOCK_KIND_STREAM)
#define UDP (GSOCK_KIND_INTERNET | GSOCK_KIND_DATAGRAM)
#define ZERO_COPY (GSOCK_KIND_INTERNET | GSOCK_KIND_OTHER_FAMILY | GSOCK_KIND_STREAM | GSOCK_KIND_DATAGRAM)
#define LOCAL (GSOCK_KIND_LOCAL | GSOCK_KIND_ANY_TYPE)
#define LOCAL_OR_NETLINK (GSOCK_KIND_LOCAL | GSOCK_KIND_OTHER_FAMILY | GSOCK_KIND_ANY_TYPE)
#define NOT_RAW (GSOCK_KIND_INTERNET | GSOCK_KIND_LOCAL | GSOCK_KIND_STREAM | GSOCK_KIND_DATAGRAM | GSOCK_KIND_SEQPACKET)

static const GSockOptionName path_mtu_names[] = {
  { "dont", IP_PMTUDISC_DONT },
  { "want", IP_PMTUDISC_WANT },
  { "do", IP_PMTUDISC_DO },
  { "probe", IP_PMTUDISC_PROBE },
  { "interface", IP_PMTUDISC_INTERFACE },
  { "omit", IP_PMTUDISC_OMIT },
  { NULL },
};

/* The old types of service, the code points of RFC 2474, 2597, 3246, 5865 and 8622 in the upper six
 * bits, and the marks of RFC 3168 in the lower two. */
static const GSockOptionName traffic_names[] = {
  { "lowdelay", IPTOS_LOWDELAY },
  { "throughput", IPTOS_THROUGHPUT },
  { "reliability", IPTOS_RELIABILITY },
  { "mincost", IPTOS_MINCOST },
  { "default", 0x00 },
  { "cs1", 0x20 },
  { "cs2", 0x40 },
  { "cs3", 0x60 },
  { "cs4", 0x80 },
  { "cs5", 0xa0 },
  { "cs6", 0xc0 },
  { "cs7", 0xe0 },
  { "af11", 0x28 },
  { "af12", 0x30 },
  { "af13", 0x38 },
  { "af21", 0x48 },
  { "af22", 0x50 },
  { "af23", 0x58 },
  { "af31", 0x68 },
  { "af32", 0x70 },
  { "af33", 0x78 },
  { "af41", 0x88 },
  { "af42", 0x90 },
  { "af43", 0x98 },
  { "ef", 0xb8 },
  { "voice-admit", 0xb0 },
  { "lower-effort", 0x04 },
  { "ect-1", 0x01 },
  { "ect-0", 0x02 },
  { "ce", 0x03 },
  { NULL },
};

static const GSockOptionName family_names[] = {
  { "ipv4", AF_INET },
  { "ipv6", AF_INET6 },
  { NULL },
};

/* Sorted by name. Where two phases would do, the earlier one stands here. */
/* clang-format off */
static const GSockOption rows[] = {
  { .name = "accept-connections", .constant = "SO_ACCEPTCONN", .level = SOL_SOCKET, .number = SO_ACCEPTCONN, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "bind-to-device", .constant = "SO_BINDTODEVICE", .level = SOL_SOCKET, .number = SO_BINDTODEVICE, .type = GSOCK_OPTION_STRING, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_BIND, .kinds = INTERNET },
  { .name = "bind-to-interface-index", .constant = "SO_BINDTOIFINDEX", .level = SOL_SOCKET, .number = SO_BINDTOIFINDEX, .type = GSOCK_OPTION_IFINDEX, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_BIND, .kinds = INTERNET },
  { .name = "broadcast", .constant = "SO_BROADCAST", .level = SOL_SOCKET, .number = SO_BROADCAST, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_CONNECT, .kinds = PACKETS },
  { .name = "busy-poll", .constant = "SO_BUSY_POLL", .level = SOL_SOCKET, .number = SO_BUSY_POLL, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "cookie", .constant = "SO_COOKIE", .level = SOL_SOCKET, .number = SO_COOKIE, .type = GSOCK_OPTION_UINT64, .access = GSOCK_ACCESS_GET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "debug", .constant = "SO_DEBUG", .level = SOL_SOCKET, .number = SO_DEBUG, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "domain", .constant = "SO_DOMAIN", .level = SOL_SOCKET, .number = SO_DOMAIN, .type = GSOCK_OPTION_ADDRESS_FAMILY, .access = GSOCK_ACCESS_GET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "dont-route", .constant = "SO_DONTROUTE", .level = SOL_SOCKET, .number = SO_DONTROUTE, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_CONNECT, .kinds = ANY },
  { .name = "error", .constant = "SO_ERROR", .level = SOL_SOCKET, .number = SO_ERROR, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "icmp-filter", .constant = "ICMP_FILTER", .level = SOL_RAW, .number = ICMP_FILTER, .type = GSOCK_OPTION_UINT32, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV4_RAW },
  { .name = "incoming-cpu", .constant = "SO_INCOMING_CPU", .level = SOL_SOCKET, .number = SO_INCOMING_CPU, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "ip-add-membership", .constant = "IP_ADD_MEMBERSHIP", .level = IPPROTO_IP, .number = IP_ADD_MEMBERSHIP, .type = GSOCK_OPTION_MREQ, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_ANY, .kinds = PACKETS },
  { .name = "ip-add-source-membership", .constant = "IP_ADD_SOURCE_MEMBERSHIP", .level = IPPROTO_IP, .number = IP_ADD_SOURCE_MEMBERSHIP, .type = GSOCK_OPTION_MREQ_SOURCE, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_ANY, .kinds = PACKETS },
  { .name = "ip-bind-address-no-port", .constant = "IP_BIND_ADDRESS_NO_PORT", .level = IPPROTO_IP, .number = IP_BIND_ADDRESS_NO_PORT, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_BIND, .kinds = INTERNET },
  { .name = "ip-block-source", .constant = "IP_BLOCK_SOURCE", .level = IPPROTO_IP, .number = IP_BLOCK_SOURCE, .type = GSOCK_OPTION_MREQ_SOURCE, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_ANY, .kinds = PACKETS },
  { .name = "ip-drop-membership", .constant = "IP_DROP_MEMBERSHIP", .level = IPPROTO_IP, .number = IP_DROP_MEMBERSHIP, .type = GSOCK_OPTION_MREQ, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_ANY, .kinds = PACKETS },
  { .name = "ip-drop-source-membership", .constant = "IP_DROP_SOURCE_MEMBERSHIP", .level = IPPROTO_IP, .number = IP_DROP_SOURCE_MEMBERSHIP, .type = GSOCK_OPTION_MREQ_SOURCE, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_ANY, .kinds = PACKETS },
  { .name = "ip-freebind", .constant = "IP_FREEBIND", .level = IPPROTO_IP, .number = IP_FREEBIND, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_BIND, .kinds = INTERNET },
  { .name = "ip-header-include", .constant = "IP_HDRINCL", .level = IPPROTO_IP, .number = IP_HDRINCL, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV4_RAW },
  { .name = "ip-local-port-range", .constant = "IP_LOCAL_PORT_RANGE", .level = IPPROTO_IP, .number = IP_LOCAL_PORT_RANGE, .type = GSOCK_OPTION_UINT32, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_BIND, .kinds = INTERNET },
  { .name = "ip-minimum-ttl", .constant = "IP_MINTTL", .level = IPPROTO_IP, .number = IP_MINTTL, .type = GSOCK_OPTION_UINT8, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = INTERNET },
  { .name = "ip-mtu", .constant = "IP_MTU", .level = IPPROTO_IP, .number = IP_MTU, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET, .phase = GSOCK_PHASE_ANY, .kinds = INTERNET },
  { .name = "ip-mtu-discover", .constant = "IP_MTU_DISCOVER", .level = IPPROTO_IP, .number = IP_MTU_DISCOVER, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_CONNECT, .kinds = INTERNET, .names = path_mtu_names },
  { .name = "ip-multicast-all", .constant = "IP_MULTICAST_ALL", .level = IPPROTO_IP, .number = IP_MULTICAST_ALL, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = PACKETS },
  { .name = "ip-multicast-interface", .constant = "IP_MULTICAST_IF", .level = IPPROTO_IP, .number = IP_MULTICAST_IF, .type = GSOCK_OPTION_IPV4, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_CONNECT, .kinds = PACKETS },
  { .name = "ip-multicast-loop", .constant = "IP_MULTICAST_LOOP", .level = IPPROTO_IP, .number = IP_MULTICAST_LOOP, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = PACKETS },
  { .name = "ip-multicast-ttl", .constant = "IP_MULTICAST_TTL", .level = IPPROTO_IP, .number = IP_MULTICAST_TTL, .type = GSOCK_OPTION_UINT8, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_CONNECT, .kinds = PACKETS },
  { .name = "ip-no-defrag", .constant = "IP_NODEFRAG", .level = IPPROTO_IP, .number = IP_NODEFRAG, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV4_RAW },
  { .name = "ip-options", .constant = "IP_OPTIONS", .level = IPPROTO_IP, .number = IP_OPTIONS, .type = GSOCK_OPTION_BYTES, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_CONNECT, .kinds = INTERNET },
  { .name = "ip-packet-info", .constant = "IP_PKTINFO", .level = IPPROTO_IP, .number = IP_PKTINFO, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = INTERNET },
  { .name = "ip-receive-error", .constant = "IP_RECVERR", .level = IPPROTO_IP, .number = IP_RECVERR, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = INTERNET },
  { .name = "ip-receive-fragment-size", .constant = "IP_RECVFRAGSIZE", .level = IPPROTO_IP, .number = IP_RECVFRAGSIZE, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = PACKETS },
  { .name = "ip-receive-options", .constant = "IP_RECVOPTS", .level = IPPROTO_IP, .number = IP_RECVOPTS, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = INTERNET },
  { .name = "ip-receive-original-destination-address", .constant = "IP_RECVORIGDSTADDR", .level = IPPROTO_IP, .number = IP_RECVORIGDSTADDR, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = INTERNET },
  { .name = "ip-receive-tos", .constant = "IP_RECVTOS", .level = IPPROTO_IP, .number = IP_RECVTOS, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = INTERNET },
  { .name = "ip-receive-ttl", .constant = "IP_RECVTTL", .level = IPPROTO_IP, .number = IP_RECVTTL, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = INTERNET },
  { .name = "ip-return-options", .constant = "IP_RETOPTS", .level = IPPROTO_IP, .number = IP_RETOPTS, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = INTERNET },
  { .name = "ip-router-alert", .constant = "IP_ROUTER_ALERT", .level = IPPROTO_IP, .number = IP_ROUTER_ALERT, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV4_RAW },
  { .name = "ip-tos", .constant = "IP_TOS", .level = IPPROTO_IP, .number = IP_TOS, .type = GSOCK_OPTION_UINT8, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = INTERNET, .names = traffic_names },
  { .name = "ip-transparent", .constant = "IP_TRANSPARENT", .level = IPPROTO_IP, .number = IP_TRANSPARENT, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_BIND, .kinds = INTERNET },
  { .name = "ip-ttl", .constant = "IP_TTL", .level = IPPROTO_IP, .number = IP_TTL, .type = GSOCK_OPTION_UINT8, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = INTERNET },
  { .name = "ip-unblock-source", .constant = "IP_UNBLOCK_SOURCE", .level = IPPROTO_IP, .number = IP_UNBLOCK_SOURCE, .type = GSOCK_OPTION_MREQ_SOURCE, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_ANY, .kinds = PACKETS },
  { .name = "ipv6-add-membership", .constant = "IPV6_ADD_MEMBERSHIP", .level = IPPROTO_IPV6, .number = IPV6_ADD_MEMBERSHIP, .type = GSOCK_OPTION_MREQ6, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV6_PACKETS },
  { .name = "ipv6-address-form", .constant = "IPV6_ADDRFORM", .level = IPPROTO_IPV6, .number = IPV6_ADDRFORM, .type = GSOCK_OPTION_ADDRESS_FAMILY, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_AFTER, .kinds = IPV6, .names = family_names },
  { .name = "ipv6-authentication-header", .constant = "IPV6_AUTHHDR", .level = IPPROTO_IPV6, .number = IPV6_AUTHHDR, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV6 },
  { .name = "ipv6-destination-options", .constant = "IPV6_DSTOPTS", .level = IPPROTO_IPV6, .number = IPV6_DSTOPTS, .type = GSOCK_OPTION_BYTES, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_CONNECT, .kinds = IPV6 },
  { .name = "ipv6-drop-membership", .constant = "IPV6_DROP_MEMBERSHIP", .level = IPPROTO_IPV6, .number = IPV6_DROP_MEMBERSHIP, .type = GSOCK_OPTION_MREQ6, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV6_PACKETS },
  { .name = "ipv6-flow-info", .constant = "IPV6_FLOWINFO", .level = IPPROTO_IPV6, .number = IPV6_FLOWINFO, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV6 },
  { .name = "ipv6-freebind", .constant = "IPV6_FREEBIND", .level = IPPROTO_IPV6, .number = IPV6_FREEBIND, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_BIND, .kinds = IPV6 },
  { .name = "ipv6-hop-limit", .constant = "IPV6_HOPLIMIT", .level = IPPROTO_IPV6, .number = IPV6_HOPLIMIT, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV6 },
  { .name = "ipv6-hop-options", .constant = "IPV6_HOPOPTS", .level = IPPROTO_IPV6, .number = IPV6_HOPOPTS, .type = GSOCK_OPTION_BYTES, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_CONNECT, .kinds = IPV6 },
  { .name = "ipv6-mtu", .constant = "IPV6_MTU", .level = IPPROTO_IPV6, .number = IPV6_MTU, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV6 },
  { .name = "ipv6-mtu-discover", .constant = "IPV6_MTU_DISCOVER", .level = IPPROTO_IPV6, .number = IPV6_MTU_DISCOVER, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_CONNECT, .kinds = IPV6, .names = path_mtu_names },
  { .name = "ipv6-multicast-hops", .constant = "IPV6_MULTICAST_HOPS", .level = IPPROTO_IPV6, .number = IPV6_MULTICAST_HOPS, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_CONNECT, .kinds = IPV6_PACKETS },
  { .name = "ipv6-multicast-interface", .constant = "IPV6_MULTICAST_IF", .level = IPPROTO_IPV6, .number = IPV6_MULTICAST_IF, .type = GSOCK_OPTION_IFINDEX, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_CONNECT, .kinds = IPV6_PACKETS },
  { .name = "ipv6-multicast-loop", .constant = "IPV6_MULTICAST_LOOP", .level = IPPROTO_IPV6, .number = IPV6_MULTICAST_LOOP, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV6_PACKETS },
  { .name = "ipv6-only", .constant = "IPV6_V6ONLY", .level = IPPROTO_IPV6, .number = IPV6_V6ONLY, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_BIND, .kinds = IPV6 },
  { .name = "ipv6-receive-error", .constant = "IPV6_RECVERR", .level = IPPROTO_IPV6, .number = IPV6_RECVERR, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV6 },
  { .name = "ipv6-receive-hop-limit", .constant = "IPV6_RECVHOPLIMIT", .level = IPPROTO_IPV6, .number = IPV6_RECVHOPLIMIT, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV6 },
  { .name = "ipv6-receive-packet-info", .constant = "IPV6_RECVPKTINFO", .level = IPPROTO_IPV6, .number = IPV6_RECVPKTINFO, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV6 },
  { .name = "ipv6-receive-traffic-class", .constant = "IPV6_RECVTCLASS", .level = IPPROTO_IPV6, .number = IPV6_RECVTCLASS, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV6 },
  { .name = "ipv6-router-alert", .constant = "IPV6_ROUTER_ALERT", .level = IPPROTO_IPV6, .number = IPV6_ROUTER_ALERT, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV6_RAW },
  { .name = "ipv6-routing-header", .constant = "IPV6_RTHDR", .level = IPPROTO_IPV6, .number = IPV6_RTHDR, .type = GSOCK_OPTION_BYTES, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_CONNECT, .kinds = IPV6 },
  { .name = "ipv6-traffic-class", .constant = "IPV6_TCLASS", .level = IPPROTO_IPV6, .number = IPV6_TCLASS, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV6, .names = traffic_names },
  { .name = "ipv6-unicast-hops", .constant = "IPV6_UNICAST_HOPS", .level = IPPROTO_IPV6, .number = IPV6_UNICAST_HOPS, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = IPV6 },
  { .name = "keep-alive", .constant = "SO_KEEPALIVE", .level = SOL_SOCKET, .number = SO_KEEPALIVE, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "linger", .constant = "SO_LINGER", .level = SOL_SOCKET, .number = SO_LINGER, .type = GSOCK_OPTION_LINGER, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "lock-filter", .constant = "SO_LOCK_FILTER", .level = SOL_SOCKET, .number = SO_LOCK_FILTER, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "mark", .constant = "SO_MARK", .level = SOL_SOCKET, .number = SO_MARK, .type = GSOCK_OPTION_UINT32, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "max-pacing-rate", .constant = "SO_MAX_PACING_RATE", .level = SOL_SOCKET, .number = SO_MAX_PACING_RATE, .type = GSOCK_OPTION_UINT32, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "memory-info", .constant = "SO_MEMINFO", .level = SOL_SOCKET, .number = SO_MEMINFO, .type = GSOCK_OPTION_BYTES, .access = GSOCK_ACCESS_GET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "multicast-join-group", .constant = "MCAST_JOIN_GROUP", .level = IPPROTO_IP, .number = MCAST_JOIN_GROUP, .type = GSOCK_OPTION_GROUP_REQ, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_ANY, .kinds = PACKETS },
  { .name = "multicast-join-source-group", .constant = "MCAST_JOIN_SOURCE_GROUP", .level = IPPROTO_IP, .number = MCAST_JOIN_SOURCE_GROUP, .type = GSOCK_OPTION_GROUP_SOURCE_REQ, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_ANY, .kinds = PACKETS },
  { .name = "multicast-leave-group", .constant = "MCAST_LEAVE_GROUP", .level = IPPROTO_IP, .number = MCAST_LEAVE_GROUP, .type = GSOCK_OPTION_GROUP_REQ, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_ANY, .kinds = PACKETS },
  { .name = "multicast-leave-source-group", .constant = "MCAST_LEAVE_SOURCE_GROUP", .level = IPPROTO_IP, .number = MCAST_LEAVE_SOURCE_GROUP, .type = GSOCK_OPTION_GROUP_SOURCE_REQ, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_ANY, .kinds = PACKETS },
  { .name = "no-check", .constant = "SO_NO_CHECK", .level = SOL_SOCKET, .number = SO_NO_CHECK, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = INTERNET },
  { .name = "no-sigpipe", .constant = "SO_NOSIGPIPE", .level = SOL_SOCKET, .number = SO_NOSIGPIPE, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "oob-inline", .constant = "SO_OOBINLINE", .level = SOL_SOCKET, .number = SO_OOBINLINE, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "pass-credentials", .constant = "SO_PASSCRED", .level = SOL_SOCKET, .number = SO_PASSCRED, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_LISTEN, .kinds = LOCAL_OR_NETLINK },
  { .name = "pass-pidfd", .constant = "SO_PASSPIDFD", .level = SOL_SOCKET, .number = SO_PASSPIDFD, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_LISTEN, .kinds = LOCAL },
  { .name = "pass-security", .constant = "SO_PASSSEC", .level = SOL_SOCKET, .number = SO_PASSSEC, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_LISTEN, .kinds = LOCAL_OR_NETLINK },
  { .name = "peek-offset", .constant = "SO_PEEK_OFF", .level = SOL_SOCKET, .number = SO_PEEK_OFF, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = NOT_RAW },
  { .name = "peer-credentials", .constant = "SO_PEERCRED", .level = SOL_SOCKET, .number = SO_PEERCRED, .type = GSOCK_OPTION_UCRED, .access = GSOCK_ACCESS_GET, .phase = GSOCK_PHASE_ANY, .kinds = LOCAL },
  { .name = "peer-groups", .constant = "SO_PEERGROUPS", .level = SOL_SOCKET, .number = SO_PEERGROUPS, .type = GSOCK_OPTION_BYTES, .access = GSOCK_ACCESS_GET, .phase = GSOCK_PHASE_ANY, .kinds = LOCAL },
  { .name = "peer-pidfd", .constant = "SO_PEERPIDFD", .level = SOL_SOCKET, .number = SO_PEERPIDFD, .type = GSOCK_OPTION_FD, .access = GSOCK_ACCESS_GET, .phase = GSOCK_PHASE_ANY, .kinds = LOCAL },
  { .name = "peer-security", .constant = "SO_PEERSEC", .level = SOL_SOCKET, .number = SO_PEERSEC, .type = GSOCK_OPTION_STRING, .access = GSOCK_ACCESS_GET, .phase = GSOCK_PHASE_ANY, .kinds = NOT_RAW },
  { .name = "priority", .constant = "SO_PRIORITY", .level = SOL_SOCKET, .number = SO_PRIORITY, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "protocol", .constant = "SO_PROTOCOL", .level = SOL_SOCKET, .number = SO_PROTOCOL, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "receive-buffer", .constant = "SO_RCVBUF", .level = SOL_SOCKET, .number = SO_RCVBUF, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_LISTEN, .kinds = ANY },
  { .name = "receive-buffer-force", .constant = "SO_RCVBUFFORCE", .level = SOL_SOCKET, .number = SO_RCVBUFFORCE, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_BEFORE_LISTEN, .kinds = ANY },
  { .name = "receive-low-water", .constant = "SO_RCVLOWAT", .level = SOL_SOCKET, .number = SO_RCVLOWAT, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "receive-queue-overflow", .constant = "SO_RXQ_OVFL", .level = SOL_SOCKET, .number = SO_RXQ_OVFL, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "receive-timeout", .constant = "SO_RCVTIMEO", .level = SOL_SOCKET, .number = SO_RCVTIMEO, .type = GSOCK_OPTION_SECONDS, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "reuse-address", .constant = "SO_REUSEADDR", .level = SOL_SOCKET, .number = SO_REUSEADDR, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_BIND, .kinds = ANY },
  { .name = "reuse-port", .constant = "SO_REUSEPORT", .level = SOL_SOCKET, .number = SO_REUSEPORT, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_BIND, .kinds = INTERNET },
  { .name = "send-buffer", .constant = "SO_SNDBUF", .level = SOL_SOCKET, .number = SO_SNDBUF, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_LISTEN, .kinds = ANY },
  { .name = "send-buffer-force", .constant = "SO_SNDBUFFORCE", .level = SOL_SOCKET, .number = SO_SNDBUFFORCE, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_SET, .phase = GSOCK_PHASE_BEFORE_LISTEN, .kinds = ANY },
  { .name = "send-low-water", .constant = "SO_SNDLOWAT", .level = SOL_SOCKET, .number = SO_SNDLOWAT, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "send-timeout", .constant = "SO_SNDTIMEO", .level = SOL_SOCKET, .number = SO_SNDTIMEO, .type = GSOCK_OPTION_SECONDS, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "style", .constant = "SO_STYLE", .level = SOL_SOCKET, .number = SO_STYLE, .type = GSOCK_OPTION_SOCKET_TYPE, .access = GSOCK_ACCESS_GET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "tcp-congestion", .constant = "TCP_CONGESTION", .level = IPPROTO_TCP, .number = TCP_CONGESTION, .type = GSOCK_OPTION_STRING, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_LISTEN, .kinds = TCP },
  { .name = "tcp-cork", .constant = "TCP_CORK", .level = IPPROTO_TCP, .number = TCP_CORK, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = TCP },
  { .name = "tcp-defer-accept", .constant = "TCP_DEFER_ACCEPT", .level = IPPROTO_TCP, .number = TCP_DEFER_ACCEPT, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_LISTEN, .kinds = TCP },
  { .name = "tcp-fast-open", .constant = "TCP_FASTOPEN", .level = IPPROTO_TCP, .number = TCP_FASTOPEN, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_LISTEN, .kinds = TCP },
  { .name = "tcp-fast-open-connect", .constant = "TCP_FASTOPEN_CONNECT", .level = IPPROTO_TCP, .number = TCP_FASTOPEN_CONNECT, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_CONNECT, .kinds = TCP },
  { .name = "tcp-info", .constant = "TCP_INFO", .level = IPPROTO_TCP, .number = TCP_INFO, .type = GSOCK_OPTION_TCP_INFO, .access = GSOCK_ACCESS_GET, .phase = GSOCK_PHASE_ANY, .kinds = TCP },
  { .name = "tcp-keepcnt", .constant = "TCP_KEEPCNT", .level = IPPROTO_TCP, .number = TCP_KEEPCNT, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = TCP },
  { .name = "tcp-keepidle", .constant = "TCP_KEEPIDLE", .level = IPPROTO_TCP, .number = TCP_KEEPIDLE, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = TCP },
  { .name = "tcp-keepintvl", .constant = "TCP_KEEPINTVL", .level = IPPROTO_TCP, .number = TCP_KEEPINTVL, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = TCP },
  { .name = "tcp-linger2", .constant = "TCP_LINGER2", .level = IPPROTO_TCP, .number = TCP_LINGER2, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = TCP },
  { .name = "tcp-maxseg", .constant = "TCP_MAXSEG", .level = IPPROTO_TCP, .number = TCP_MAXSEG, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_LISTEN, .kinds = TCP },
  { .name = "tcp-nodelay", .constant = "TCP_NODELAY", .level = IPPROTO_TCP, .number = TCP_NODELAY, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = TCP },
  { .name = "tcp-noopt", .constant = "TCP_NOOPT", .level = IPPROTO_TCP, .number = TCP_NOOPT, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = TCP },
  { .name = "tcp-nopush", .constant = "TCP_NOPUSH", .level = IPPROTO_TCP, .number = TCP_NOPUSH, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = TCP },
  { .name = "tcp-not-sent-low-water", .constant = "TCP_NOTSENT_LOWAT", .level = IPPROTO_TCP, .number = TCP_NOTSENT_LOWAT, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = TCP },
  { .name = "tcp-quickack", .constant = "TCP_QUICKACK", .level = IPPROTO_TCP, .number = TCP_QUICKACK, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_AFTER, .kinds = TCP },
  { .name = "tcp-save-syn", .constant = "TCP_SAVE_SYN", .level = IPPROTO_TCP, .number = TCP_SAVE_SYN, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_LISTEN, .kinds = TCP },
  { .name = "tcp-syncnt", .constant = "TCP_SYNCNT", .level = IPPROTO_TCP, .number = TCP_SYNCNT, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_CONNECT, .kinds = TCP },
  { .name = "tcp-thin-linear-timeouts", .constant = "TCP_THIN_LINEAR_TIMEOUTS", .level = IPPROTO_TCP, .number = TCP_THIN_LINEAR_TIMEOUTS, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = TCP },
  { .name = "tcp-user-timeout", .constant = "TCP_USER_TIMEOUT", .level = IPPROTO_TCP, .number = TCP_USER_TIMEOUT, .type = GSOCK_OPTION_MILLISECONDS, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = TCP },
  { .name = "tcp-window-clamp", .constant = "TCP_WINDOW_CLAMP", .level = IPPROTO_TCP, .number = TCP_WINDOW_CLAMP, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_BEFORE_LISTEN, .kinds = TCP },
  { .name = "timestamp", .constant = "SO_TIMESTAMP", .level = SOL_SOCKET, .number = SO_TIMESTAMP, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "timestamp-ns", .constant = "SO_TIMESTAMPNS", .level = SOL_SOCKET, .number = SO_TIMESTAMPNS, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "timestamping", .constant = "SO_TIMESTAMPING", .level = SOL_SOCKET, .number = SO_TIMESTAMPING, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "type", .constant = "SO_TYPE", .level = SOL_SOCKET, .number = SO_TYPE, .type = GSOCK_OPTION_SOCKET_TYPE, .access = GSOCK_ACCESS_GET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "udp-cork", .constant = "UDP_CORK", .level = IPPROTO_UDP, .number = UDP_CORK, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = UDP },
  { .name = "udp-gro", .constant = "UDP_GRO", .level = IPPROTO_UDP, .number = UDP_GRO, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = UDP },
  { .name = "udp-segment", .constant = "UDP_SEGMENT", .level = IPPROTO_UDP, .number = UDP_SEGMENT, .type = GSOCK_OPTION_INT, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = UDP },
  { .name = "use-loopback", .constant = "SO_USELOOPBACK", .level = SOL_SOCKET, .number = SO_USELOOPBACK, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ANY },
  { .name = "zero-copy", .constant = "SO_ZEROCOPY", .level = SOL_SOCKET, .number = SO_ZEROCOPY, .type = GSOCK_OPTION_BOOL, .access = GSOCK_ACCESS_GET_SET, .phase = GSOCK_PHASE_ANY, .kinds = ZERO_COPY },
};
/* clang-format on */

/* Other spellings of a constant. */
static const struct
{
  const char *spelling;
  const char *constant;
} aliases[] = {
  { "IPV6_JOIN_GROUP", "IPV6_ADD_MEMBERSHIP" },
  { "IPV6_LEAVE_GROUP", "IPV6_DROP_MEMBERSHIP" },
  { "IP_ORIGDSTADDR", "IP_RECVORIGDSTADDR" },
  { "IP_RECVRETOPTS", "IP_RETOPTS" },
  { "SO_OOBLINE", "SO_OOBINLINE" },
};

typedef struct
{
  GHashTable *by_name;
  GHashTable *by_constant;
} GSockOptionIndex;

static guint
hash_name (gconstpointer key)
{
  guint hash = 5381;

  for (const char *letter = key; *letter != '\0'; letter++)
    hash = hash * 33 + (*letter == '_' ? '-' : *letter);
  return hash;
}

static gboolean
names_equal (gconstpointer name, gconstpointer other)
{
  return gsock_keyword_names_equal (name, other) || gsock_keyword_names_equal (other, name);
}

static gpointer
make_index (gpointer unused)
{
  GSockOptionIndex *made = g_new (GSockOptionIndex, 1);

  made->by_name = g_hash_table_new (hash_name, names_equal);
  made->by_constant = g_hash_table_new (g_str_hash, g_str_equal);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_hash_table_insert (made->by_name, (gpointer) rows[i].name, (gpointer) &rows[i]);
      g_hash_table_insert (made->by_constant, (gpointer) rows[i].constant, (gpointer) &rows[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
    g_hash_table_insert (made->by_constant, (gpointer) aliases[i].spelling,
                         g_hash_table_lookup (made->by_constant, aliases[i].constant));
  return made;
}

const GSockOption *
gsock_option_find (const char *name)
{
  static GOnce once = G_ONCE_INIT;
  GSockOptionIndex *made = g_once (&once, make_index, NULL);

  if (name == NULL)
    return NULL;
  return g_hash_table_lookup (g_ascii_isupper (name[0]) ? made->by_constant : made->by_name, name);
}

const GSockOption *
gsock_option_rows (gsize *n_rows)
{
  *n_rows = G_N_ELEMENTS (rows);
  return rows;
}

void
gsock_option_append_names (GPtrArray *names)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_ptr_array_add (names, (gpointer) rows[i].name);
}
