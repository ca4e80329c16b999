#if !__has_include(<matio.h>)
#error "matio is missing: apt-get install libmatio-dev, or brew install libmatio"
#endif
#include <matio.h>
