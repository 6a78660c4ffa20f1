/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The numbers of socket options: the system's headers, and what they do not have. A constant that is
 * -1 is an option that this system cannot have. */

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>

/* What Linux got after the oldest headers that gsock builds with. Two architectures number the level
 * SOL_SOCKET in a way of their own: there only the headers are to be believed. */
#if defined(__linux__) && !defined(__sparc__) && !defined(__hppa__)
#define GSOCK_SYS_LINUX_SOCKET(number) (number)
#else
#define GSOCK_SYS_LINUX_SOCKET(number) (-1)
#endif

#ifdef __linux__
#define GSOCK_SYS_LINUX(number) (number)
#else
#define GSOCK_SYS_LINUX(number) (-1)
#endif

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD GSOCK_SYS_LINUX_SOCKET (76)
#endif
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD GSOCK_SYS_LINUX_SOCKET (77)
#endif
#ifndef IP_RECVFRAGSIZE
#define IP_RECVFRAGSIZE GSOCK_SYS_LINUX (25)
#endif
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE GSOCK_SYS_LINUX (51)
#endif
#ifndef IPV6_FLOWINFO
#define IPV6_FLOWINFO GSOCK_SYS_LINUX (11)
#endif
#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND GSOCK_SYS_LINUX (78)
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT GSOCK_SYS_LINUX (103)
#endif
#ifndef UDP_GRO
#define UDP_GRO GSOCK_SYS_LINUX (104)
#endif

/* Only <linux/icmp.h> has it, which does not go together with <netinet/ip_icmp.h>. */
#ifndef ICMP_FILTER
#define ICMP_FILTER GSOCK_SYS_LINUX (1)
#endif

/* What other systems have and Linux has not. */
#ifndef SO_USELOOPBACK
#define SO_USELOOPBACK (-1)
#endif
#ifndef SO_NOSIGPIPE
#define SO_NOSIGPIPE (-1)
#endif
#ifndef TCP_NOOPT
#define TCP_NOOPT (-1)
#endif
#ifndef TCP_NOPUSH
#define TCP_NOPUSH (-1)
#endif

/* The GNU C library's manual calls the type of a socket its style. */
#ifndef SO_STYLE
#define SO_STYLE SO_TYPE
#endif

/* The values of IP_MTU_DISCOVER and IPV6_MTU_DISCOVER that came later than the rest. */
#ifndef IP_PMTUDISC_INTERFACE
#define IP_PMTUDISC_INTERFACE 4
#endif
#ifndef IP_PMTUDISC_OMIT
#define IP_PMTUDISC_OMIT 5
#endif
#ifndef IPV6_PMTUDISC_INTERFACE
#define IPV6_PMTUDISC_INTERFACE 4
#endif
#ifndef IPV6_PMTUDISC_OMIT
#define IPV6_PMTUDISC_OMIT 5
#endif
/* The control message in which a pidfd comes. */
#ifdef SCM_PIDFD
#define GSOCK_SYS_SCM_PIDFD SCM_PIDFD
#else
#define GSOCK_SYS_SCM_PIDFD 0x04
#endif

