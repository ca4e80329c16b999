// For pread and flock beside a C standard.
#define _GNU_SOURCE
#include "cbatchup_hdf5.h"

#if !__has_include(<hdf5.h>)
#error "HDF5 is missing: apt-get install libhdf5-dev, or brew install hdf5"
#endif
#include <errno.h>
#include <hdf5.h>
#if __has_include(<H5FDdevelop.h>)
// Where versions from 1.13 on declare the structures of drivers.
#include <H5FDdevelop.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filters.h"

struct cbh_file {
  // Negative once the caller has released it.
  int descriptor;
  bool locks;
  bool has_failed_write;
  int error;
  // The caller and each opening by libhdf5.
  int holder_count;
};

typedef struct {
  H5FD_t base;
  cbh_file *file;
  // The end of the addresses that libhdf5 has given out, and the end of the bytes of the file.
  haddr_t end_of_addresses, end_of_file;
} opening;

static const uint64_t address_limit = INT64_MAX;
// Darwin refuses more than INT_MAX bytes at once.
static const size_t transfer_limit = 1 << 30;

cbh_file *cbh_file_create(int descriptor, bool locks) {
  cbh_file *file = calloc(1, sizeof *file);
  if (!file) return NULL;
  file->descriptor = descriptor;
  file->locks = locks;
  file->holder_count = 1;
  return file;
}

static void drop(cbh_file *file) {
  if (--file->holder_count == 0) free(file);
}

void cbh_file_release(cbh_file *file) {
  file->descriptor = -1;
  drop(file);
}

int cbh_file_take_error(cbh_file *file) {
  int error = file->error;
  file->error = 0;
  return error;
}

static herr_t failed(cbh_file *file, int error) {
  if (file->error == 0) file->error = error;
  return -1;
}

static H5FD_t *open_file(const char *name, unsigned flags, hid_t access, haddr_t max_address) {
  (void)name, (void)flags, (void)max_address;
  cbh_file *const *info = H5Pget_driver_info(access);
  if (!info) return NULL;
  cbh_file *file = *info;
  struct stat status;
  if (fstat(file->descriptor, &status) != 0) {
    failed(file, errno);
    return NULL;
  }
  opening *opened = calloc(1, sizeof *opened);
  if (!opened) return NULL;
  opened->file = file;
  opened->end_of_file = (haddr_t)status.st_size;
  file->holder_count++;
  return &opened->base;
}

static herr_t close_file(H5FD_t *base) {
  drop(((opening *)base)->file);
  free(base);
  return 0;
}

// As the library's own driver for files has them, so that it lays out files alike.
static herr_t query(const H5FD_t *base, unsigned long *flags) {
  (void)base;
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE
           | H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_SUPPORTS_SWMR_IO;
#ifdef H5FD_FEAT_DEFAULT_VFD_COMPATIBLE
  *flags |= H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
#endif
  return 0;
}

static haddr_t get_end_of_addresses(const H5FD_t *base, H5FD_mem_t type) {
  (void)type;
  return ((const opening *)base)->end_of_addresses;
}

static herr_t set_end_of_addresses(H5FD_t *base, H5FD_mem_t type, haddr_t address) {
  (void)type;
  ((opening *)base)->end_of_addresses = address;
  return 0;
}

static haddr_t get_end_of_file(const H5FD_t *base, H5FD_mem_t type) {
  (void)type;
  return ((const opening *)base)->end_of_file;
}

static bool is_representable(haddr_t address, size_t size) {
  return address <= address_limit && size <= address_limit - address;
}

// Behind the end of the file, there are zeros.
static herr_t read_bytes(H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void *bytes) {
  (void)type, (void)transfer;
  cbh_file *file = ((opening *)base)->file;
  if (!is_representable(address, size)) return failed(file, EOVERFLOW);
  char *next = bytes;
  while (size > 0) {
    ssize_t count = pread(file->descriptor, next, size < transfer_limit ? size : transfer_limit, (off_t)address);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(file, errno);
    if (count == 0) break;
    next += count;
    address += (haddr_t)count;
    size -= (size_t)count;
  }
  memset(next, 0, size);
  return 0;
}

// Returns the system's error code.
static int write_bytes(int descriptor, const char *bytes, size_t size, haddr_t address) {
  while (size > 0) {
    ssize_t count = pwrite(descriptor, bytes, size < transfer_limit ? size : transfer_limit, (off_t)address);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) return ENOSPC;
    bytes += count;
    address += (haddr_t)count;
    size -= (size_t)count;
  }
  return 0;
}

static void note_written(cbh_file *file, int error) {
  if (error == 0) return;
  failed(file, error);
  file->has_failed_write = true;
}

static bool is_writable(const cbh_file *file) { return file->descriptor >= 0 && !file->has_failed_write; }

static herr_t write_or_pretend(H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size,
                               const void *bytes) {
  (void)type, (void)transfer;
  opening *opened = (opening *)base;
  cbh_file *file = opened->file;
  if (!is_representable(address, size)) {
    note_written(file, EFBIG);
    return 0;
  }
  if (is_writable(file)) note_written(file, write_bytes(file->descriptor, bytes, size, address));
  if (opened->end_of_file < address + size) opened->end_of_file = address + size;
  return 0;
}

// Makes the file as long as its addresses go.
static herr_t truncate_or_pretend(H5FD_t *base, hid_t transfer, hbool_t is_closing) {
  (void)transfer, (void)is_closing;
  opening *opened = (opening *)base;
  cbh_file *file = opened->file;
  if (opened->end_of_addresses == opened->end_of_file) return 0;
  if (is_writable(file)) {
    int result;
    do result = ftruncate(file->descriptor, (off_t)opened->end_of_addresses);
    while (result != 0 && errno == EINTR);
    note_written(file, result == 0 ? 0 : errno);
  }
  opened->end_of_file = opened->end_of_addresses;
  return 0;
}

static herr_t change_lock(cbh_file *file, int operation) {
  if (!file->locks || file->descriptor < 0) return 0;
  int result;
  do result = flock(file->descriptor, operation | LOCK_NB);
  while (result != 0 && errno == EINTR);
  // The file system may have no locks.
  return result == 0 || errno == ENOSYS ? 0 : failed(file, errno);
}

static herr_t lock_file(H5FD_t *base, hbool_t is_exclusive) {
  return change_lock(((opening *)base)->file, is_exclusive ? LOCK_EX : LOCK_SH);
}

static herr_t unlock_file(H5FD_t *base) { return change_lock(((opening *)base)->file, LOCK_UN); }

static const H5FD_class_t driver_class = {
#ifdef H5FD_CLASS_VERSION
    .version = H5FD_CLASS_VERSION,
    // Beyond those that are registered with the HDF Group.
    .value = 60619,
#endif
    .name = "batchup_descriptor",
    .maxaddr = INT64_MAX,
    .fc_degree = H5F_CLOSE_WEAK,
    .fapl_size = sizeof(cbh_file *),
    .open = open_file,
    .close = close_file,
    .query = query,
    .get_eoa = get_end_of_addresses,
    .set_eoa = set_end_of_addresses,
    .get_eof = get_end_of_file,
    .read = read_bytes,
    .write = write_or_pretend,
    .truncate = truncate_or_pretend,
    .lock = lock_file,
    .unlock = unlock_file,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

int cbh_file_set(int64_t access, cbh_file *file) {
  cbh_register_filters();
  hid_t driver = H5FDregister(&driver_class);
  if (driver < 0) return -1;
  // The list, and then the file, hold the driver.
  herr_t result = H5Pset_driver(access, driver, &file);
  return H5FDunregister(driver) < 0 ? -1 : result;
}
