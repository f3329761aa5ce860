// Many tRPC WebSockets with one subscription each, in one process.
//
//   ws-subscribers PORT PATH SOCKETS
//
// Takes orders from standard input, one a line, and answers each with a line of JSON:
//   open            connects every socket and finishes its handshake
//   subscribe TEXT  sends TEXT, a tRPC message, on every socket; `#` stands for one of 100 topics
//   count SECONDS   counts messages for so long
// A message is one occurrence of `"sentAtNs":"N"`, where N is what CLOCK_MONOTONIC said when it was
// made; the latencies are the ages of messages as they arrive, in milliseconds.
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

static const std::string MARKER = "\"sentAtNs\":\"";

struct Socket {
  int fd = -1;
  std::string received;  // the beginning of a frame whose end has not come yet
};

static int epoll = -1;
static std::vector<Socket> sockets;
static std::vector<int64_t> ages;
static bool counting = false;
static size_t closed = 0;

static int64_t now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// A frame of RFC 6455, section 5.2. Clients must mask; a mask of zeros is one, and costs nothing.
static void send_frame(int fd, int opcode, const std::string &payload) {
  std::string frame(1, static_cast<char>(0x80 | opcode));
  if (payload.size() < 126) {
    frame.push_back(static_cast<char>(0x80 | payload.size()));
  } else {
    frame.push_back(static_cast<char>(0x80 | 126));
    frame.push_back(static_cast<char>(payload.size() >> 8));
    frame.push_back(static_cast<char>(payload.size()));
  }
  frame.append(4, '\0').append(payload);
  if (send(fd, frame.data(), frame.size(), MSG_NOSIGNAL) < 0) perror("ws-subscribers: send");
}

static void take_text(Socket &socket, const char *at, const char *end) {
  // tRPC's keep-alive is text, unlike WebSocket's own.
  if (end - at == 4 && memcmp(at, "PING", 4) == 0) send_frame(socket.fd, 1, "PONG");
  if (!counting) return;
  const int64_t time = now();
  while (const void *found = memmem(at, end - at, MARKER.data(), MARKER.size())) {
    at = static_cast<const char *>(found) + MARKER.size();
    ages.push_back(time - strtoll(at, nullptr, 10));
  }
}

static void take_frames(Socket &socket) {
  size_t at = 0;
  const auto *bytes = reinterpret_cast<const uint8_t *>(socket.received.data());
  const size_t size = socket.received.size();
  while (size - at >= 2) {
    size_t head = 2;
    uint64_t length = bytes[at + 1] & 127;
    if (length == 126) head = 4;
    if (length == 127) head = 10;
    if (size - at < head) break;
    if (head > 2) {
      length = 0;
      for (size_t i = 2; i < head; i++) length = length << 8 | bytes[at + i];
    }
    if (size - at < head + length) break;
    const char *payload = socket.received.data() + at + head;
    const int opcode = bytes[at] & 15;
    if (opcode == 1) take_text(socket, payload, payload + length);
    if (opcode == 9) send_frame(socket.fd, 10, std::string(payload, length));
    at += head + length;
  }
  socket.received.erase(0, at);
}

static void read_from(Socket &socket) {
  char buffer[64 * 1024];
  const ssize_t size = recv(socket.fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0) {
    close(socket.fd);
    socket.fd = -1;
    closed++;
    return;
  }
  socket.received.append(buffer, size);
  take_frames(socket);
}

static void serve_until(int64_t end) {
  epoll_event events[1024];
  while (now() < end) {
    const int count = epoll_wait(epoll, events, 1024, 10);
    for (int i = 0; i < count; i++) read_from(sockets[events[i].data.u32]);
  }
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void open_one(Socket &socket, uint32_t index, int port, const std::string &path) {
  socket.fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket.fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
    fail("ws-subscribers: connect");
  const std::string request = "GET " + path +
                              " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  if (send(socket.fd, request.data(), request.size(), MSG_NOSIGNAL) < 0)
    fail("ws-subscribers: send");
  std::string answer;
  char buffer[4096];
  while (answer.find("\r\n\r\n") == std::string::npos) {
    const ssize_t size = recv(socket.fd, buffer, sizeof buffer, 0);
    if (size <= 0) fail("ws-subscribers: handshake");
    answer.append(buffer, size);
  }
  if (answer.compare(0, 12, "HTTP/1.1 101") != 0) {
    fprintf(stderr, "ws-subscribers: refused: %s\n", answer.c_str());
    exit(1);
  }
  socket.received = answer.substr(answer.find("\r\n\r\n") + 4);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = index;
  epoll_ctl(epoll, EPOLL_CTL_ADD, socket.fd, &event);
}

static double percentile(double share) {
  if (ages.empty()) return 0;
  return ages[std::min(ages.size() - 1, static_cast<size_t>(share * ages.size()))] / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: ws-subscribers PORT PATH SOCKETS\n");
    return 2;
  }
  sockets.resize(atoi(argv[3]));
  const rlimit files{sockets.size() + 64, sockets.size() + 64};
  setrlimit(RLIMIT_NOFILE, &files);
  epoll = epoll_create1(0);
  std::string order;
  while (std::getline(std::cin, order)) {
    if (order == "open") {
      for (uint32_t i = 0; i < sockets.size(); i++) open_one(sockets[i], i, atoi(argv[1]), argv[2]);
    } else if (order.compare(0, 10, "subscribe ") == 0) {
      for (size_t i = 0; i < sockets.size(); i++) {
        std::string text = order.substr(10);
        const size_t at = text.find('#');
        if (at != std::string::npos) text.replace(at, 1, std::to_string(i % 100));
        send_frame(sockets[i].fd, 1, text);
      }
      serve_until(now() + 2000000000);
    } else if (order.compare(0, 6, "count ") == 0) {
      // What lies in the sockets' buffers came before.
      serve_until(now() + 100000000);
      counting = true;
      const int64_t begin = now();
      serve_until(begin + static_cast<int64_t>(atof(order.c_str() + 6) * 1e9));
      counting = false;
      const double seconds = (now() - begin) / 1e9;
      std::sort(ages.begin(), ages.end());
      printf("{\"messages\":%zu,\"seconds\":%.4f,\"closed\":%zu,\"p50Ms\":%.4f,\"p99Ms\":%.4f}\n",
             ages.size(), seconds, closed, percentile(0.5), percentile(0.99));
      ages.clear();
      fflush(stdout);
      continue;
    } else {
      fprintf(stderr, "ws-subscribers: what is \"%s\"?\n", order.c_str());
      return 2;
    }
    printf("{\"closed\":%zu}\n", closed);
    fflush(stdout);
  }
}
