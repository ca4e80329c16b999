#if !defined(__APPLE__)
// Clocks and signals, which strict C leaves out.
#define _POSIX_C_SOURCE 200809L
#endif

#include "cbatchup_download.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct transfer {
  const cbd_request *request;
  CURL *easy;
  CURLM *multi;
  // How long the server has been waited for, and how many bytes of the body came, since it last had sent enough.
  double waited_seconds;
  size_t byte_count;
  // Whether a connection was made, without TLS.
  bool has_connected;
  bool is_stopped;
} transfer;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void begin_wait(transfer *transfer) {
  transfer->waited_seconds = 0;
  transfer->byte_count = 0;
}

static size_t take_header(char *line, size_t size, size_t count, void *context) {
  transfer *transfer = context;
  long status = 0;
  // The end of a header. There may be any number of interim answers before the one that counts.
  if (*line == '\r' || *line == '\n') curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200) begin_wait(transfer);
  transfer->is_stopped = !transfer->request->take_header(transfer->request->context, line, size * count);
  return transfer->is_stopped ? 0 : size * count;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
  transfer *transfer = context;
  transfer->is_stopped = !transfer->request->take_body(transfer->request->context, bytes, size * count);
  transfer->byte_count += size * count;
  if (transfer->byte_count >= transfer->request->least_byte_count) begin_wait(transfer);
  return transfer->is_stopped ? 0 : size * count;
}

static int close_socket(void *context, curl_socket_t socket) {
  transfer *transfer = context;
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  transfer->has_connected = getpeername(socket, (struct sockaddr *)&address, &length) == 0;
  return close(socket);
}

static void limit_protocols(CURL *easy, bool allows_plain_redirects) {
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, allows_plain_redirects ? "http,https" : "https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  long plain = allows_plain_redirects ? CURLPROTO_HTTP : 0;
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS, plain | (long)CURLPROTO_HTTPS);
#endif
}

static bool set_up(transfer *transfer, char *message) {
  const cbd_request *request = transfer->request;
  transfer->easy = curl_easy_init();
  transfer->multi = curl_multi_init();
  if (!transfer->easy || !transfer->multi) return false;
  CURL *easy = transfer->easy;
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, message);
  // Signals are the program's.
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // This includes the TLS handshake. Zero would be a limit of libcurl's own.
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(request->connection_seconds * 1000) + 1);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, request->fields);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, request->redirect_limit);
  // A server may compress although it was asked not to.
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  bool is_plain = strncasecmp(request->address, "http:", 5) == 0;
  limit_protocols(easy, is_plain || request->allows_plain_redirects);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
  return curl_easy_setopt(easy, CURLOPT_URL, request->address) == CURLE_OK
         && curl_multi_add_handle(transfer->multi, easy) == CURLM_OK;
}

static cbd_status status_of(CURLcode code, bool has_connected) {
  switch (code) {
  case CURLE_OK: return CBD_OK;
  // The only limit that libcurl knows is that of connecting, which ends with the TLS handshake.
  case CURLE_OPERATION_TIMEDOUT: return has_connected ? CBD_NO_HANDSHAKE : CBD_UNCONNECTED;
  case CURLE_URL_MALFORMAT: return CBD_BAD_ADDRESS;
  case CURLE_TOO_MANY_REDIRECTS:
  // The first address has a protocol that is known.
  case CURLE_UNSUPPORTED_PROTOCOL: return CBD_REDIRECT;
  default: return CBD_CONNECTION;
  }
}

static cbd_status run(transfer *transfer, char *message) {
  const cbd_request *request = transfer->request;
  int running = 1;
  while (true) {
    if (curl_multi_perform(transfer->multi, &running) != CURLM_OK) return CBD_CONNECTION;
    if (transfer->is_stopped || !running) break;
    if (!request->goes_on(request->context)) return CBD_STOPPED;
    if (transfer->waited_seconds > request->stall_seconds) return CBD_STALLED;
    double start = now();
    if (curl_multi_poll(transfer->multi, NULL, 0, 100, NULL) != CURLM_OK) return CBD_CONNECTION;
    // Only this time is the server's: not that in which bytes are hashed and written, or this process is stopped.
    double seconds = now() - start;
    transfer->waited_seconds += seconds < 0.2 ? seconds : 0.2;
  }
  if (transfer->is_stopped) return CBD_STOPPED;
  int left = 0;
  const CURLMsg *end = curl_multi_info_read(transfer->multi, &left);
  if (!end || end->msg != CURLMSG_DONE) return CBD_CONNECTION;
  if (!message[0]) snprintf(message, CBD_MESSAGE_LENGTH, "%s", curl_easy_strerror(end->data.result));
  return status_of(end->data.result, transfer->has_connected);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialize(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

cbd_status cbd_perform(const cbd_request *request, char message[CBD_MESSAGE_LENGTH]) {
  pthread_once(&once, initialize);
  // libcurl's TLS writes to connections that the server has closed.
  sigset_t pipe, before;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  // libcurl wants that much for its messages.
  _Static_assert(CBD_MESSAGE_LENGTH >= CURL_ERROR_SIZE, "room for libcurl's messages");
  message[0] = 0;
  transfer transfer = {.request = request};
  cbd_status status = set_up(&transfer, message) ? run(&transfer, message) : CBD_CONNECTION;
  if (status >= CBD_BAD_ADDRESS && !message[0]) snprintf(message, CBD_MESSAGE_LENGTH, "libcurl cannot start");
  if (transfer.easy && transfer.multi) curl_multi_remove_handle(transfer.multi, transfer.easy);
  curl_easy_cleanup(transfer.easy);
  curl_multi_cleanup(transfer.multi);
  sigset_t pending;
  int signal = 0;
  if (sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1 && !sigismember(&before, SIGPIPE)) {
    sigwait(&pipe, &signal);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return status;
}
