// jpeglib.h names size_t and FILE without including what declares them.
#include <stddef.h>
#include <stdio.h>

#if !__has_include(<jpeglib.h>)
#error "libjpeg is missing: apt-get install libjpeg-dev, or brew install jpeg-turbo"
#endif
#include <jpeglib.h>
