#if !__has_include(<curl/curl.h>)
#error "libcurl is missing: apt-get install libcurl4-openssl-dev, or brew install curl"
#endif
#include <curl/curl.h>
