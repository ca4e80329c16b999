// The libraries that decode and encode, or what to install.
#ifndef CBI_LIBRARIES_H
#define CBI_LIBRARIES_H

// jpeglib.h names size_t and FILE without including what declares them.
#include <stddef.h>
#include <stdio.h>

#if !__has_include(<jpeglib.h>)
#error "libjpeg is missing: apt-get install libjpeg-dev, or brew install jpeg-turbo"
#endif
#if !__has_include(<png.h>)
#error "libpng is missing: apt-get install libpng-dev, or brew install libpng"
#endif

#include <jpeglib.h>
#include <png.h>

#endif
