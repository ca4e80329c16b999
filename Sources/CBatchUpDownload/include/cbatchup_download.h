// One HTTP request at a time through libcurl, whose options are set by a function with variable arguments, which Swift
// cannot call.
#ifndef CBATCHUP_DOWNLOAD_H
#define CBATCHUP_DOWNLOAD_H

#if !__has_include(<curl/curl.h>)
#error "libcurl is missing: apt-get install libcurl4-openssl-dev, or brew install curl"
#endif
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum cbd_status {
  CBD_OK,
  // One of the functions of the request has said that it is enough.
  CBD_STOPPED,
  // Nothing, or less than the request asks for, came for as long as the request allows.
  CBD_STALLED,
  // There was no connection, or no answer to the start of TLS, within the time that the request allows.
  CBD_UNCONNECTED,
  CBD_NO_HANDSHAKE,
  CBD_BAD_ADDRESS,
  // To an address that is not taken, or to too many.
  CBD_REDIRECT,
  // Anything else that is between here and the server.
  CBD_CONNECTION
} cbd_status;

typedef struct cbd_request {
  const char *address;
  // Lines like "Range: bytes=5-".
  struct curl_slist *fields;
  long redirect_limit;
  // Whether redirects from https: to http: are followed.
  bool allows_plain_redirects;
  double connection_seconds;
  // How long the server is waited for until the header of an answer is complete, and then until each `least_byte_count`
  // bytes of the body are there.
  double stall_seconds;
  size_t least_byte_count;
  // What the functions are called with, all of them on the thread that performs the request. A result of false ends it.
  void *context;
  // Once for each line of a header; those of redirects come, too. A line that starts with "HTTP/" begins a new header.
  bool (*take_header)(void *context, const char *line, size_t length);
  // Only the body of the last answer. Nothing more is read from the server until it returns.
  bool (*take_body)(void *context, const void *bytes, size_t length);
  // Several times a second, whatever happens.
  bool (*goes_on)(void *context);
} cbd_request;

enum { CBD_MESSAGE_LENGTH = 256 };

// Blocks until the answer is complete. `message` says what libcurl has to say, in one line, where the result is none of
// the first five.
cbd_status cbd_perform(const cbd_request *request, char message[CBD_MESSAGE_LENGTH]);

#endif
