/* Changes references over many connections. Each connection has its own address, and sends its next change when the answer to
   its last change has arrived. Prints the times of the changes in microseconds, one per line.

   graphload PORT CONNECTIONS WARM_UP_SECONDS SECONDS pair|put TOKEN CONNECTOR CONNECTOR

   "put" sends one PUT for each change, as a client of Reflog does. "pair" sends a GET and then a PUT, as Reflog does to Graph. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct connection {
  int socket, number, changes, is_reading_step;
  double start;
  size_t filled;
  char buffer[16384];
};

static const char *token, *connectors[2];
static int sends_pair;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *what, const char *text) {
  fprintf(stderr, "%s: %s\n", what, text);
  exit(1);
}

static void send_request(struct connection *c) {
  char request[2048], body[256];
  int length;
  if (sends_pair && c->is_reading_step) {
    length = snprintf(request, sizeof request,
      "GET /beta/identity/b2cUserFlows/B2C_1_bench%d/apiConnectorConfiguration?$expand=postFederationSignup HTTP/1.1\r\n"
      "Host: 127.0.0.1\r\nAuthorization: Bearer %s\r\n\r\n", c->number, token);
  } else {
    int body_length = snprintf(body, sizeof body,
      "{\"@odata.id\":\"https://graph.microsoft.com/beta/identity/apiConnectors/%s\"}", connectors[c->changes % 2]);
    length = snprintf(request, sizeof request,
      "PUT /beta/identity/b2cUserFlows/B2C_1_bench%d/apiConnectorConfiguration/postFederationSignup/$ref HTTP/1.1\r\n"
      "Host: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
      c->number, token, body_length, body);
  }
  if (write(c->socket, request, length) != length) fail("write", "the request was not sent");
}

static void begin_change(struct connection *c) {
  c->is_reading_step = sends_pair;
  c->start = now();
  send_request(c);
}

/* Reads what has arrived. Returns 1 if the answer is complete. */
static int receive(struct connection *c) {
  ssize_t count = read(c->socket, c->buffer + c->filled, sizeof c->buffer - 1 - c->filled);
  if (count <= 0) fail("read", "the server closed the connection");
  c->filled += count;
  c->buffer[c->filled] = 0;
  char *end = strstr(c->buffer, "\r\n\r\n");
  if (!end) return 0;
  size_t length = 0;
  char *field = strcasestr(c->buffer, "\r\ncontent-length:");
  if (field && field < end) length = strtoul(field + 17, NULL, 10);
  if (c->filled < (size_t)(end + 4 - c->buffer) + length) return 0;
  if (strncmp(c->buffer, "HTTP/1.1 20", 11)) fail("refused", c->buffer);
  c->filled = 0;
  return 1;
}

int main(int count, char **arguments) {
  if (count != 9) fail("usage", "graphload PORT CONNECTIONS WARM_UP SECONDS pair|put TOKEN CONNECTOR CONNECTOR");
  int connections = atoi(arguments[2]);
  double warm = now() + atof(arguments[3]), end = warm + atof(arguments[4]);
  sends_pair = !strcmp(arguments[5], "pair");
  token = arguments[6];
  connectors[0] = arguments[7];
  connectors[1] = arguments[8];
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int poll = epoll_create1(0);
  for (int number = 0; number < connections; number++) {
    struct connection *c = calloc(1, sizeof *c);
    int on = 1;
    c->number = number;
    c->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(c->socket, (struct sockaddr *)&address, sizeof address)) fail("connect", "the server does not listen");
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poll, EPOLL_CTL_ADD, c->socket, &event);
    begin_change(c);
  }
  while (now() < end) {
    struct epoll_event events[256];
    int ready = epoll_wait(poll, events, 256, 100);
    for (int number = 0; number < ready; number++) {
      struct connection *c = events[number].data.ptr;
      if (!receive(c)) continue;
      if (sends_pair && c->is_reading_step) {
        c->is_reading_step = 0;
        send_request(c);
        continue;
      }
      if (c->start > warm) printf("%.0f\n", (now() - c->start) * 1e6);
      c->changes++;
      begin_change(c);
    }
  }
  return 0;
}
