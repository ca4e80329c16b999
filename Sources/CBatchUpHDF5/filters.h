// The filters that this package adds to libhdf5.
#ifndef CBH_FILTERS_H
#define CBH_FILTERS_H

#include <hdf5.h>

// Registers those that libhdf5 has no plugin for, once; while no other thread is in libhdf5.
void cbh_register_filters(void);

#endif
