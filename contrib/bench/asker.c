/*
 * Asks names at a steady rate, times every answer and checks it.
 *
 *   asker ADDRESS PORT RATE SECONDS FIRST[+COUNT] SUFFIX NETWORK/LENGTH [PAIRS]
 *
 * Asks n<FIRST>.SUFFIX, n<FIRST+1>.SUFFIX and so on; with a COUNT only so many names, over and over. An
 * answer is right when its last record is an A record: with NETWORK/LENGTH 0.0.0.0/0 of the address that the responder gives to
 * the name, else of any address in the network. PAIRS is a file for lines "number address". Prints one
 * line of JSON: numbers of queries and microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { ROOM = 1232, HEADER = 12, LAST_SECONDS = 3 };

static double *sent_at; /* microseconds, 0 once answered; the query's ID is the low half of its index */
static double *took;
static long sent, answered, wrong, first, count = 1L << 40;
static uint32_t network, mask;
static FILE *pairs;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static long number_of(long index)
{
	return first + index % count;
}

static int query(unsigned char *p, long index, const char *suffix)
{
	char name[256];
	int at = HEADER;
	memset(p, 0, HEADER);
	p[0] = index >> 8;
	p[1] = index;
	p[2] = 1;
	p[5] = 1;
	snprintf(name, sizeof name, "n%ld.%s", number_of(index), suffix);
	for (char *label = strtok(name, "."); label; label = strtok(NULL, ".")) {
		p[at++] = strlen(label);
		memcpy(p + at, label, strlen(label));
		at += strlen(label);
	}
	memcpy(p + at, "\0\0\1\0\1", 5);
	return at + 5;
}

static int is_right(const unsigned char *p, int length, long number, uint32_t *address)
{
	if (length < HEADER + 16 || (p[3] & 15) != 0 || p[7] == 0)
		return 0;
	/* An OPT record of 11 octets may follow. */
	int end = p[11] == 1 ? length - 11 : length;
	if (end < HEADER + 16 || p[end - 6] != 0 || p[end - 5] != 4)
		return 0;
	memcpy(address, p + end - 4, 4);
	*address = ntohl(*address);
	if (mask == 0)
		return *address == (0x0b000000 | (uint32_t)(number & 0xffffff));
	return (*address & mask) == network;
}

static void receive(int fd)
{
	unsigned char p[ROOM];
	for (;;) {
		int length = recv(fd, p, sizeof p, MSG_DONTWAIT);
		if (length < 0)
			return;
		long index = (sent - 1) & ~0xffffL;
		index |= length >= 2 ? p[0] << 8 | p[1] : 0;
		if (index >= sent)
			index -= 0x10000;
		if (length < HEADER || index < 0 || sent_at[index] == 0) {
			wrong++;
			continue;
		}
		uint32_t address = 0;
		took[answered++] = now() - sent_at[index];
		sent_at[index] = 0;
		if (!is_right(p, length, number_of(index), &address))
			wrong++;
		else if (pairs)
			fprintf(pairs, "%ld %u.%u.%u.%u\n", number_of(index), address >> 24, address >> 16 & 255,
				address >> 8 & 255, address & 255);
	}
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double quantile(double q)
{
	return answered ? took[(long)(q * (answered - 1))] : 0;
}

int main(int arguments, char **a)
{
	struct sockaddr_in server = {.sin_family = AF_INET};
	char text[32];
	int bits;
	if (arguments < 8 || inet_pton(AF_INET, a[1], &server.sin_addr) != 1 ||
	    sscanf(a[5], "%ld+%ld", &first, &count) < 1 || count < 1 ||
	    sscanf(a[7], "%31[0-9.]/%d", text, &bits) != 2 || inet_pton(AF_INET, text, &network) != 1) {
		fprintf(stderr, "usage: asker ADDRESS PORT RATE SECONDS FIRST[+COUNT] SUFFIX NETWORK/LENGTH [PAIRS]\n");
		return 1;
	}
	server.sin_port = htons(atoi(a[2]));
	double gap = 1e6 / atof(a[3]);
	long total = atof(a[3]) * atof(a[4]);
	network = ntohl(network);
	mask = bits ? ~0U << (32 - bits) : 0;
	sent_at = calloc(total + 1, sizeof *sent_at);
	took = calloc(total + 1, sizeof *took);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), buffer = 4 << 20;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
	if (!sent_at || !took || connect(fd, (void *)&server, sizeof server) ||
	    (arguments > 8 && !(pairs = fopen(a[8], "w")))) {
		perror("asker");
		return 2;
	}
	double start = now(), end = start + gap * total + LAST_SECONDS * 1e6;
	while ((sent < total || answered < sent) && now() < end) {
		unsigned char p[ROOM];
		double due = start + gap * sent;
		if (sent < total && now() >= due) {
			int length = query(p, sent, a[6]);
			sent_at[sent++] = now();
			send(fd, p, length, 0);
		}
		receive(fd);
		double rest = sent < total ? start + gap * sent - now() : 10000;
		/* Sleeping costs more than it saves when the next query is near. */
		if (rest > 200) {
			struct timespec wait = {0, (rest - 100) * 1000};
			ppoll(&(struct pollfd){fd, POLLIN, 0}, 1, &wait, NULL);
		}
	}
	qsort(took, answered, sizeof *took, ascending);
	printf("{\"sent\": %ld, \"lost\": %ld, \"wrong\": %ld, \"p50\": %.0f, \"p99\": %.0f, \"max\": %.0f}\n",
	       sent, sent - answered, wrong, quantile(0.5), quantile(0.99), quantile(1));
	return 0;
}
