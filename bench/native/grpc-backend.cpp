// A gRPC backend that costs next to nothing, so that what is measured is never this: every method
// answers with bytes made beforehand, whatever the request says.
//
//   grpc-backend PORT MANIFEST
//
// MANIFEST has a line per method: PATH KIND FILE. KIND is `unary`, or `stream`, which repeats the
// message of FILE for as long as the client opens its flow-control windows.
#include <arpa/inet.h>
#include <nghttp2/nghttp2.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

struct Answer {
  bool endless = false;
  std::string bytes;
};

struct Stream {
  const Answer *answer = nullptr;
  size_t offset = 0;
};

struct Connection {
  int fd = -1;
  nghttp2_session *session = nullptr;
  std::string pending;  // framed bytes that the socket has not taken yet
  std::unordered_map<int32_t, std::unique_ptr<Stream>> streams;
};

static std::map<std::string, Answer> answers;
static const Answer unknown_method;
// Enough to keep a socket busy, little enough not to buffer an endless stream in memory.
static const size_t PENDING_LIMIT = 256 * 1024;

static nghttp2_nv header(const char *name, const char *value) {
  return {(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value), NGHTTP2_NV_FLAG_NONE};
}

// gRPC's Length-Prefixed-Message: one byte "not compressed", four bytes length, the message.
static std::string to_frame(const std::string &message) {
  const uint32_t length = htonl(message.size());
  std::string frame(1, '\0');
  frame.append(reinterpret_cast<const char *>(&length), sizeof length);
  return frame + message;
}

static ssize_t read_answer(nghttp2_session *session, int32_t id, uint8_t *to, size_t room,
                           uint32_t *flags, nghttp2_data_source *source, void *) {
  auto *stream = static_cast<Stream *>(source->ptr);
  const auto &bytes = stream->answer->bytes;
  size_t written = 0;
  while (written < room) {
    const size_t part = std::min(room - written, bytes.size() - stream->offset);
    memcpy(to + written, bytes.data() + stream->offset, part);
    written += part;
    stream->offset += part;
    if (stream->offset < bytes.size()) continue;
    if (!stream->answer->endless) break;
    stream->offset = 0;
  }
  if (stream->offset == bytes.size()) {
    *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
    const nghttp2_nv trailers[] = {header("grpc-status", "0")};
    nghttp2_submit_trailer(session, id, trailers, 1);
  }
  return static_cast<ssize_t>(written);
}

static void answer(Connection *connection, int32_t id, Stream *stream) {
  const nghttp2_nv status = header(":status", "200");
  const nghttp2_nv type = header("content-type", "application/grpc");
  if (stream->answer == nullptr || stream->answer == &unknown_method) {
    const nghttp2_nv only[] = {status, type, header("grpc-status", "12")};
    nghttp2_submit_response(connection->session, id, only, 3, nullptr);
    return;
  }
  const nghttp2_nv head[] = {status, type};
  nghttp2_data_provider provider;
  provider.source.ptr = stream;
  provider.read_callback = read_answer;
  nghttp2_submit_response(connection->session, id, head, 2, &provider);
}

static int on_begin_headers(nghttp2_session *, const nghttp2_frame *frame, void *user) {
  auto *connection = static_cast<Connection *>(user);
  connection->streams[frame->hd.stream_id] = std::make_unique<Stream>();
  return 0;
}

static int on_header(nghttp2_session *, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_length, const uint8_t *value, size_t value_length, uint8_t,
                     void *user) {
  if (name_length != 5 || memcmp(name, ":path", 5) != 0) return 0;
  auto *connection = static_cast<Connection *>(user);
  const auto found = answers.find(std::string(reinterpret_cast<const char *>(value), value_length));
  connection->streams[frame->hd.stream_id]->answer =
      found == answers.end() ? &unknown_method : &found->second;
  return 0;
}

static int on_frame(nghttp2_session *, const nghttp2_frame *frame, void *user) {
  if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
  if (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) return 0;
  auto *connection = static_cast<Connection *>(user);
  const auto found = connection->streams.find(frame->hd.stream_id);
  if (found != connection->streams.end()) answer(connection, found->first, found->second.get());
  return 0;
}

static int on_close(nghttp2_session *, int32_t id, uint32_t, void *user) {
  static_cast<Connection *>(user)->streams.erase(id);
  return 0;
}

static int listen_on(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 ||
      listen(fd, 4096) != 0) {
    perror("grpc-backend: listen");
    exit(1);
  }
  return fd;
}

static void watch(int epoll, int operation, Connection *connection, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = connection;
  epoll_ctl(epoll, operation, connection->fd, &event);
}

static Connection *accept_one(int epoll, int listener, nghttp2_session_callbacks *callbacks) {
  const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
  if (fd < 0) return nullptr;
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  auto *connection = new Connection;
  connection->fd = fd;
  nghttp2_session_server_new(&connection->session, callbacks, connection);
  // Requests are thrown away, so their windows can be as wide as the specification allows.
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1000},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20}};
  nghttp2_submit_settings(connection->session, NGHTTP2_FLAG_NONE, settings, 2);
  nghttp2_session_set_local_window_size(connection->session, NGHTTP2_FLAG_NONE, 0, 1 << 24);
  watch(epoll, EPOLL_CTL_ADD, connection, EPOLLIN);
  return connection;
}

// False when the connection is over.
static bool serve(Connection *connection) {
  char buffer[64 * 1024];
  for (;;) {
    const ssize_t size = recv(connection->fd, buffer, sizeof buffer, 0);
    if (size == 0 || (size < 0 && errno != EAGAIN)) return false;
    if (size < 0) break;
    if (nghttp2_session_mem_recv(connection->session, reinterpret_cast<uint8_t *>(buffer), size) < 0)
      return false;
    if (size < static_cast<ssize_t>(sizeof buffer)) break;
  }
  // One connection with an endless stream and a quick reader must not keep the others waiting.
  for (int turn = 0; turn < 2; turn++) {
    while (connection->pending.size() < PENDING_LIMIT) {
      const uint8_t *bytes = nullptr;
      const ssize_t size = nghttp2_session_mem_send(connection->session, &bytes);
      if (size < 0) return false;
      if (size == 0) break;
      connection->pending.append(reinterpret_cast<const char *>(bytes), size);
    }
    if (connection->pending.empty()) break;
    const ssize_t sent =
        send(connection->fd, connection->pending.data(), connection->pending.size(), MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN;
    connection->pending.erase(0, sent);
  }
  return nghttp2_session_want_read(connection->session) ||
         nghttp2_session_want_write(connection->session);
}

static void load(const char *manifest) {
  std::ifstream lines(manifest);
  std::string path, kind, file;
  while (lines >> path >> kind >> file) {
    std::ifstream bytes(file, std::ios::binary);
    if (!bytes) {
      fprintf(stderr, "grpc-backend: cannot read %s\n", file.c_str());
      exit(1);
    }
    const std::string message((std::istreambuf_iterator<char>(bytes)), {});
    answers[path] = {kind == "stream", to_frame(message)};
  }
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: grpc-backend PORT MANIFEST\n");
    return 2;
  }
  load(argv[2]);
  nghttp2_session_callbacks *callbacks;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);

  const int epoll = epoll_create1(0);
  Connection listener;
  listener.fd = listen_on(atoi(argv[1]));
  watch(epoll, EPOLL_CTL_ADD, &listener, EPOLLIN);
  epoll_event events[256];
  for (;;) {
    const int count = epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < count; i++) {
      auto *connection = static_cast<Connection *>(events[i].data.ptr);
      if (connection == &listener) {
        connection = accept_one(epoll, listener.fd, callbacks);
        if (connection == nullptr) continue;
      }
      if (serve(connection)) {
        const bool has_more =
            !connection->pending.empty() || nghttp2_session_want_write(connection->session);
        watch(epoll, EPOLL_CTL_MOD, connection, has_more ? EPOLLIN | EPOLLOUT : EPOLLIN);
        continue;
      }
      nghttp2_session_del(connection->session);
      close(connection->fd);
      delete connection;
    }
  }
}
