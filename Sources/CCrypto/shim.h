#if !__has_include(<openssl/evp.h>)
#error "OpenSSL is missing: apt-get install libssl-dev, or brew install openssl"
#endif
#include <openssl/evp.h>
