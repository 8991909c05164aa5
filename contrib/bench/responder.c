/*
 * The authoritative server of the benches: answers every A query with one address that follows from
 * the name, so that the other side can tell a right answer from a wrong one.
 *
 *   responder ADDRESS PORT
 *
 * n<NUMBER>.anything is 11.0.0.0 plus the number, any other name is 11.255.255.254; TTL 60. Other
 * types get an answer without records. It does as little as it can: it must never be the slowest.
 * SIGTERM ends it; it then prints how many queries it has answered, so that a cache shows.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, ROOM = 1232, RECORD = 16, HEADER = 12 };

static unsigned char packets[BATCH][ROOM];
static struct iovec parts[BATCH];
static struct sockaddr_in peers[BATCH];
static struct mmsghdr messages[BATCH];
static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static uint32_t address_of(const unsigned char *label)
{
	uint32_t number = 0;
	if (label[0] < 2 || (label[1] | 0x20) != 'n')
		return 0x0bfffffe;
	for (int i = 2; i <= label[0]; i++) {
		if (label[i] < '0' || label[i] > '9')
			return 0x0bfffffe;
		number = number * 10 + (label[i] - '0');
	}
	return 0x0b000000 | (number & 0xffffff);
}

/* Turns a query into its response; 0 when it is none. */
static int answer(unsigned char *p, int length)
{
	int at = HEADER;
	if (length < HEADER + 5 || (p[2] & 0x80))
		return 0;
	while (at < length && p[at] != 0)
		at += p[at] + 1;
	at += 5;
	if (at > length || at + RECORD > ROOM)
		return 0;
	int is_a = p[at - 4] == 0 && p[at - 3] == 1;
	p[2] = 0x84 | (p[2] & 0x01);
	p[3] = 0x80;
	memcpy(p + 4, "\0\1\0\0\0\0\0\0", 8);
	if (!is_a)
		return at;
	p[7] = 1;
	memcpy(p + at, "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4", 12);
	uint32_t address = htonl(address_of(p + HEADER));
	memcpy(p + at + 12, &address, 4);
	return at + RECORD;
}

int main(int count, char **arguments)
{
	struct sockaddr_in own = {.sin_family = AF_INET};
	int buffer = 8 << 20;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (count != 3 || inet_pton(AF_INET, arguments[1], &own.sin_addr) != 1) {
		fprintf(stderr, "usage: responder ADDRESS PORT\n");
		return 1;
	}
	own.sin_port = htons(atoi(arguments[2]));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer);
	if (bind(fd, (void *)&own, sizeof own)) {
		perror("bind");
		return 2;
	}
	long answered = 0;
	struct timeval second = {1, 0};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
	sigaction(SIGTERM, &(struct sigaction){.sa_handler = stop}, NULL);
	while (!stopped) {
		for (int i = 0; i < BATCH; i++) {
			parts[i] = (struct iovec){packets[i], ROOM};
			messages[i].msg_hdr = (struct msghdr){
				.msg_name = &peers[i], .msg_namelen = sizeof peers[i],
				.msg_iov = &parts[i], .msg_iovlen = 1};
		}
		int received = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
		int ready = 0;
		for (int i = 0; i < received; i++) {
			int length = answer(packets[i], messages[i].msg_len);
			if (length == 0)
				continue;
			parts[i].iov_len = length;
			messages[ready++].msg_hdr = messages[i].msg_hdr;
		}
		for (int sent = 0; sent < ready;) {
			int done = sendmmsg(fd, messages + sent, ready - sent, 0);
			if (done <= 0)
				break;
			sent += done;
		}
		answered += ready;
	}
	printf("%ld\n", answered);
	return 0;
}
