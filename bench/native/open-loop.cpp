// Load at a fixed rate over HTTP/1.1 keep-alive connections.
//
//   open-loop PORT REQUEST_FILE CONNECTIONS RATE SECONDS
//
// Request i is due at i / RATE, whether or not earlier ones were answered, and its latency is counted
// from that moment: a server that stalls is charged for every request that should have been sent
// meanwhile (no coordinated omission). Prints one line of JSON; latencies in milliseconds.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

enum class Part { head, sized_body, chunk_size, chunk, trailers };

struct Connection {
  int fd = -1;
  bool busy = false;
  int64_t due = 0;   // of the request in flight, in ns
  Part part = Part::head;
  std::string text;  // a head, or a line, that is not complete yet
  size_t left = 0;   // bytes of the body or chunk still to come
};

static int64_t now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static std::string request;
static std::vector<int64_t> latencies;
static std::deque<int64_t> waiting;  // due, but every connection was busy
static std::vector<Connection *> idle;
static size_t failures = 0;

static void start(Connection *connection, int64_t due) {
  connection->busy = true;
  connection->due = due;
  connection->part = Part::head;
  connection->text.clear();
  if (send(connection->fd, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    failures++;
  }
}

static void finish(Connection *connection) {
  latencies.push_back(now() - connection->due);
  connection->busy = false;
  if (waiting.empty()) {
    idle.push_back(connection);
    return;
  }
  const int64_t due = waiting.front();
  waiting.pop_front();
  start(connection, due);
}

// The head has arrived: how will the body end? RFC 9112, section 6.3.
static void begin_body(Connection *connection) {
  const std::string &head = connection->text;
  if (head.compare(9, 1, "2") != 0) failures++;
  const char *length = strcasestr(head.c_str(), "\r\ncontent-length:");
  connection->part = length == nullptr ? Part::chunk_size : Part::sized_body;
  connection->left = length == nullptr ? 0 : strtoull(length + 17, nullptr, 10);
  connection->text.clear();
}

// Adds bytes up to the end of a line; true when the line is complete.
static bool take_line(Connection *connection, const char *&at, const char *end) {
  const char *stop = static_cast<const char *>(memchr(at, '\n', end - at));
  connection->text.append(at, stop == nullptr ? end : stop + 1);
  at = stop == nullptr ? end : stop + 1;
  return stop != nullptr;
}

static bool take_bytes(Connection *connection, const char *&at, const char *end) {
  const size_t size = std::min<size_t>(connection->left, end - at);
  at += size;
  connection->left -= size;
  return connection->left == 0;
}

// Reads on in the answer; true when it is complete.
static bool take(Connection *connection, const char *at, const char *end) {
  while (at < end) {
    switch (connection->part) {
      case Part::head:
        if (!take_line(connection, at, end)) return false;
        if (connection->text.size() < 4 ||
            connection->text.compare(connection->text.size() - 4, 4, "\r\n\r\n") != 0)
          break;
        begin_body(connection);
        if (connection->part == Part::sized_body && connection->left == 0) return true;
        break;
      case Part::sized_body:
        if (take_bytes(connection, at, end)) return true;
        break;
      case Part::chunk_size:
        if (!take_line(connection, at, end)) return false;
        connection->left = strtoull(connection->text.c_str(), nullptr, 16);
        connection->part = connection->left == 0 ? Part::trailers : Part::chunk;
        connection->left += 2;  // the chunk's own line end
        connection->text.clear();
        break;
      case Part::chunk:
        if (take_bytes(connection, at, end)) connection->part = Part::chunk_size;
        break;
      case Part::trailers:
        if (!take_line(connection, at, end)) return false;
        if (connection->text == "\r\n") return true;
        connection->text.clear();
        break;
    }
  }
  return false;
}

static bool read_from(Connection *connection) {
  static char buffer[256 * 1024];
  const ssize_t size = recv(connection->fd, buffer, sizeof buffer, 0);
  if (size < 0) return errno == EAGAIN;
  if (size == 0) return false;
  if (!connection->busy) return true;
  if (take(connection, buffer, buffer + size)) finish(connection);
  return true;
}

static int connect_to(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) {
    perror("open-loop: connect");
    exit(1);
  }
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return fd;
}

static double percentile(double share) {
  if (latencies.empty()) return 0;
  const size_t index = std::min(latencies.size() - 1, static_cast<size_t>(share * latencies.size()));
  return latencies[index] / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: open-loop PORT REQUEST_FILE CONNECTIONS RATE SECONDS\n");
    return 2;
  }
  std::ifstream file(argv[2], std::ios::binary);
  request.assign((std::istreambuf_iterator<char>(file)), {});
  const double rate = atof(argv[4]);
  const int64_t total = static_cast<int64_t>(rate * atof(argv[5]));
  latencies.reserve(total);

  const int epoll = epoll_create1(0);
  std::vector<Connection> connections(atoi(argv[3]));
  for (auto &connection : connections) {
    connection.fd = connect_to(atoi(argv[1]));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    epoll_ctl(epoll, EPOLL_CTL_ADD, connection.fd, &event);
    idle.push_back(&connection);
  }
  // epoll_wait counts in milliseconds, which is longer than the gap between two requests.
  const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  epoll_event tick{};
  tick.events = EPOLLIN;
  tick.data.ptr = nullptr;
  epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &tick);

  const int64_t begin = now() + 1000000;
  const auto due_at = [&](int64_t i) { return begin + static_cast<int64_t>(i / rate * 1e9); };
  // A server that cannot follow is given as long again to answer what it owes.
  const int64_t give_up = begin + 2 * static_cast<int64_t>(atof(argv[5]) * 1e9) + 1000000000;
  int64_t sent = 0;
  epoll_event events[512];
  while (static_cast<int64_t>(latencies.size()) < total && now() < give_up) {
    const int64_t time = now();
    for (; sent < total && due_at(sent) <= time; sent++) {
      if (idle.empty()) {
        waiting.push_back(due_at(sent));
        continue;
      }
      Connection *connection = idle.back();
      idle.pop_back();
      start(connection, due_at(sent));
    }
    const int64_t wake = sent < total ? std::max(due_at(sent), time + 1000) : time + 1000000;
    itimerspec spec{};
    spec.it_value.tv_sec = wake / 1000000000;
    spec.it_value.tv_nsec = wake % 1000000000;
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, nullptr);
    const int count = epoll_wait(epoll, events, 512, 100);
    for (int i = 0; i < count; i++) {
      auto *connection = static_cast<Connection *>(events[i].data.ptr);
      if (connection == nullptr) {
        uint64_t expirations;
        if (read(timer, &expirations, sizeof expirations) < 0) continue;
      } else if (!read_from(connection)) {
        fprintf(stderr, "open-loop: the server closed a connection\n");
        return 1;
      }
    }
  }
  const size_t unanswered = total - latencies.size();
  std::sort(latencies.begin(), latencies.end());
  printf("{\"answered\":%zu,\"unanswered\":%zu,\"failures\":%zu,\"p50Ms\":%.4f,\"p99Ms\":%.4f}\n",
         latencies.size(), unanswered, failures, percentile(0.5), percentile(0.99));
}
