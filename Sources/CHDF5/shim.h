#if !__has_include(<hdf5.h>)
#error "HDF5 is missing: apt-get install libhdf5-dev, or brew install hdf5"
#endif
#include <hdf5.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Swift imports no macro that calls a function, and no global variable that may change, which the ids of HDF5 are.

static inline hid_t cbu_h5p_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t cbu_h5p_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t cbu_h5p_dataset_access(void) { return H5P_DATASET_ACCESS; }
static inline hid_t cbu_h5p_link_create(void) { return H5P_LINK_CREATE; }
static inline unsigned cbu_h5f_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned cbu_h5f_truncate(void) { return H5F_ACC_TRUNC; }

// A standard type, to be closed; kind is one of i, u, f and b (a bit field). No library before 2.0 has the 16-bit float.
static inline hid_t cbu_h5t_standard(char kind, int size, int is_big_endian) {
  hid_t little = H5I_INVALID_HID;
  if (kind == 'i')
    little = size == 1 ? H5T_STD_I8LE : size == 2 ? H5T_STD_I16LE : size == 4 ? H5T_STD_I32LE : H5T_STD_I64LE;
  else if (kind == 'u')
    little = size == 1 ? H5T_STD_U8LE : size == 2 ? H5T_STD_U16LE : size == 4 ? H5T_STD_U32LE : H5T_STD_U64LE;
  else if (kind == 'f') little = size == 8 ? H5T_IEEE_F64LE : H5T_IEEE_F32LE;
  else little = H5T_STD_B8LE;
  hid_t type = H5Tcopy(little);
  if (type < 0) return type;
  if (kind == 'f' && size == 2)
    if (H5Tset_fields(type, 15, 10, 5, 0, 10) < 0 || H5Tset_size(type, 2) < 0 || H5Tset_ebias(type, 15) < 0) {
      H5Tclose(type);
      return H5I_INVALID_HID;
    }
  if (is_big_endian && H5Tset_order(type, H5T_ORDER_BE) < 0) {
    H5Tclose(type);
    return H5I_INVALID_HID;
  }
  return type;
}

// Texts of `size` bytes, filled up with zeros. As in PyTables' files, the last byte need not be one.
static inline hid_t cbu_h5t_bytes(size_t size) {
  hid_t type = H5Tcopy(H5T_C_S1);
  if (type >= 0 && H5Tset_size(type, size) < 0) {
    H5Tclose(type);
    return H5I_INVALID_HID;
  }
  return type;
}

static inline hid_t cbu_h5t_c_string(size_t size) {
  hid_t type = cbu_h5t_bytes(size);
  if (type >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) < 0) {
    H5Tclose(type);
    return H5I_INVALID_HID;
  }
  return type;
}

// Has the library lock a file while it is open, whatever the build's default. Versions that cannot be asked lock it.
static inline herr_t cbu_h5p_set_locking(hid_t access) {
#if H5_VERSION_GE(1, 12, 1) || (H5_VERS_MAJOR == 1 && H5_VERS_MINOR == 10 && H5_VERS_RELEASE >= 7)
  return H5Pset_file_locking(access, 1, 1);
#else
  (void)access;
  return 0;
#endif
}

// The oldest format of each structure: all versions of the library write the same bytes, without checksums of structures
// that change later.
static inline herr_t cbu_h5p_set_oldest_format(hid_t access) {
  return H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST);
}

// Keeps all structures of a file in memory until it is closed.
static inline herr_t cbu_h5p_keep_metadata(hid_t access) {
  H5AC_cache_config_t config;
  config.version = H5AC__CURR_CACHE_CONFIG_VERSION;
  if (H5Pget_mdc_config(access, &config) < 0) return -1;
  config.evictions_enabled = 0;
  config.incr_mode = H5C_incr__off;
  config.flash_incr_mode = H5C_flash_incr__off;
  config.decr_mode = H5C_decr__off;
  return H5Pset_mdc_config(access, &config);
}

// What tells the objects of a file apart: its address, or what later versions have in its place.
typedef struct {
  uint64_t first, second;
} cbu_h5_identity;

static inline herr_t cbu_h5_identify(hid_t object, cbu_h5_identity *identity) {
  H5O_info_t info;
  memset(identity, 0, sizeof *identity);
#if H5_VERSION_GE(1, 12, 0)
  herr_t result = H5Oget_info3(object, &info, H5O_INFO_BASIC);
  if (result >= 0)
    memcpy(identity, &info.token, sizeof info.token < sizeof *identity ? sizeof info.token : sizeof *identity);
#else
  herr_t result = H5Oget_info(object, &info);
  if (result >= 0) identity->first = info.addr;
#endif
  return result;
}

typedef enum { CBU_H5_HARD, CBU_H5_SOFT, CBU_H5_EXTERNAL, CBU_H5_UNKNOWN } cbu_h5_link_kind;

// Of a soft or external link, `path` is where it leads; `file` is an external one's.
typedef void (*cbu_h5_link_visitor)(const char *name, cbu_h5_link_kind kind, const char *file, const char *path,
                                    void *context);

typedef struct {
  cbu_h5_link_visitor visit;
  void *context;
} cbu_h5_link_visit;

// Has `visit` called with where a link that is not hard leads. What cannot be told is unknown, and hides no other link.
static inline void cbu_h5_visit_value(hid_t group, const char *name, const H5L_info_t *info,
                                      const cbu_h5_link_visit *visit) {
  cbu_h5_link_kind kind = CBU_H5_UNKNOWN;
  const char *file = NULL, *path = NULL;
  size_t size = info->u.val_size;
  char *value = (char *)calloc(1, size + 1);
  if (value && H5Lget_val(group, name, value, size, H5P_DEFAULT) >= 0) {
    if (info->type == H5L_TYPE_SOFT) {
      kind = CBU_H5_SOFT;
      path = value;
    } else if (info->type == H5L_TYPE_EXTERNAL && H5Lunpack_elink_val(value, size, NULL, &file, &path) >= 0) {
      kind = CBU_H5_EXTERNAL;
    }
  }
  visit->visit(name, kind, file, path, visit->context);
  free(value);
}

static inline herr_t cbu_h5_visit_link(hid_t group, const char *name, const H5L_info_t *info, void *data) {
  const cbu_h5_link_visit *visit = (const cbu_h5_link_visit *)data;
  if (info->type == H5L_TYPE_HARD) visit->visit(name, CBU_H5_HARD, NULL, NULL, visit->context);
  else cbu_h5_visit_value(group, name, info, visit);
  return 0;
}

// Calls `visit` for each link of a group, by name.
static inline herr_t cbu_h5_links(hid_t group, cbu_h5_link_visitor visit, void *context) {
  cbu_h5_link_visit data = {visit, context};
  return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, cbu_h5_visit_link, &data);
}

typedef struct {
  char *text;
  size_t size;
} cbu_h5_text;

static inline herr_t cbu_h5_take_description(unsigned n, const H5E_error2_t *error, void *data) {
  cbu_h5_text *buffer = (cbu_h5_text *)data;
  if (n == 0 && error->desc) snprintf(buffer->text, buffer->size, "%s", error->desc);
  return 0;
}

// What the function of the library that failed first says about the last failure of this thread.
static inline void cbu_h5_last_error(char *text, size_t size) {
  cbu_h5_text buffer = {text, size};
  if (size > 0) text[0] = 0;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, cbu_h5_take_description, &buffer);
}

// Keeps the library from printing errors, in this thread. A failure changes what is printed and nothing else.
static inline void cbu_h5_be_quiet(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }
