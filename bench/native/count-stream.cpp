// Reads endless HTTP/1.1 answers as fast as they come and counts the messages in them.
//
//   count-stream PORT REQUEST_FILE CONNECTIONS SECONDS MARKER
//
// A message is one occurrence of MARKER in the raw bytes, so that SSE, Connect and gRPC are counted
// alike. A chunk boundary inside a marker loses that one, which happens to far fewer than one in a
// thousand. Prints one line of JSON.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

static double now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int connect_to(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) {
    perror("count-stream: connect");
    exit(1);
  }
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: count-stream PORT REQUEST_FILE CONNECTIONS SECONDS MARKER\n");
    return 2;
  }
  std::ifstream file(argv[2], std::ios::binary);
  const std::string request((std::istreambuf_iterator<char>(file)), {});
  const std::string marker = argv[5];
  std::vector<pollfd> sockets(atoi(argv[3]));
  for (auto &each : sockets) {
    each.fd = connect_to(atoi(argv[1]));
    each.events = POLLIN;
    if (send(each.fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) {
      perror("count-stream: send");
      return 1;
    }
  }

  // The end of one read is kept in front of the next, in case a marker lies across.
  const size_t keep = marker.size() - 1;
  std::vector<std::string> kept(sockets.size());
  std::vector<uint64_t> counts(sockets.size());
  std::vector<char> buffer(keep + 256 * 1024);
  uint64_t bytes = 0;
  size_t ended = 0;
  const double begin = now();
  const double end = begin + atof(argv[4]);
  while (now() < end) {
    poll(sockets.data(), sockets.size(), 50);
    for (size_t i = 0; i < sockets.size(); i++) {
      if ((sockets[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      memcpy(buffer.data(), kept[i].data(), kept[i].size());
      const size_t before = kept[i].size();
      const ssize_t size =
          recv(sockets[i].fd, buffer.data() + before, buffer.size() - before, MSG_DONTWAIT);
      if (size < 0 && errno == EAGAIN) continue;
      if (size <= 0) {
        close(sockets[i].fd);
        sockets[i].fd = -1;
        ended++;
        continue;
      }
      bytes += size;
      const char *at = buffer.data();
      const char *stop = buffer.data() + before + size;
      while (const void *found = memmem(at, stop - at, marker.data(), marker.size())) {
        counts[i]++;
        at = static_cast<const char *>(found) + marker.size();
      }
      const size_t rest = std::min<size_t>(keep, stop - at);
      kept[i].assign(stop - rest, rest);
    }
  }
  uint64_t messages = 0;
  size_t silent = 0;
  for (const uint64_t count : counts) {
    messages += count;
    if (count == 0) silent++;
  }
  printf("{\"messages\":%lu,\"bytes\":%lu,\"seconds\":%.4f,\"ended\":%zu,\"silent\":%zu}\n",
         messages, bytes, now() - begin, ended, silent);
}
