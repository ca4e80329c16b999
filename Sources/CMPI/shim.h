// The C++ bindings of old, which C code includes nothing of.
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

// Swift imports none of MPI's constants: they are casts, or addresses of the library's variables.

static inline int cbu_mpi_start(int *was_started, int *thread_level) {
  int status = MPI_Initialized(was_started);
  if (status != MPI_SUCCESS || *was_started) return status;
  status = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, thread_level);
  if (status != MPI_SUCCESS) return status;
  status = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  return status == MPI_SUCCESS ? MPI_File_set_errhandler(MPI_FILE_NULL, MPI_ERRORS_RETURN) : status;
}

static inline int cbu_mpi_is_funneled(int thread_level) { return thread_level >= MPI_THREAD_FUNNELED; }
static inline int cbu_mpi_finish(void) { return MPI_Finalize(); }
static inline void cbu_mpi_abort(int code) { MPI_Abort(MPI_COMM_WORLD, code); }
static inline int cbu_mpi_is_success(int status) { return status == MPI_SUCCESS; }
static inline int cbu_mpi_rank(int *rank) { return MPI_Comm_rank(MPI_COMM_WORLD, rank); }
static inline int cbu_mpi_size(int *size) { return MPI_Comm_size(MPI_COMM_WORLD, size); }

enum { CBU_MPI_TEXT_CAPACITY = MPI_MAX_ERROR_STRING + 1 };
static inline void cbu_mpi_error_text(int status, char *text) {
  int length = 0;
  if (MPI_Error_string(status, text, &length) != MPI_SUCCESS) length = 0;
  text[length] = 0;
}

static inline int cbu_mpi_broadcast(void *bytes, int count, int root) {
  return MPI_Bcast(bytes, count, MPI_BYTE, root, MPI_COMM_WORLD);
}

// The largest of the numbers that all ranks have.
static inline int cbu_mpi_maximum(long long own, long long *largest) {
  return MPI_Allreduce(&own, largest, 1, MPI_LONG_LONG, MPI_MAX, MPI_COMM_WORLD);
}

// From all ranks to all, as many bytes of each.
static inline int cbu_mpi_gather(const void *own, void *all, int count) {
  return MPI_Allgather(own, count, MPI_BYTE, all, count, MPI_BYTE, MPI_COMM_WORLD);
}

// The r-th part of each rank's bytes to rank r.
static inline int cbu_mpi_transpose(const void *own, void *received, int count) {
  return MPI_Alltoall(own, count, MPI_BYTE, received, count, MPI_BYTE, MPI_COMM_WORLD);
}

static inline int cbu_mpi_open_for_writing(const char *path, MPI_File *file) {
  return MPI_File_open(MPI_COMM_WORLD, path, MPI_MODE_WRONLY, MPI_INFO_NULL, file);
}

static inline int cbu_mpi_write_together(MPI_File file, long long offset, const void *bytes, int count) {
  MPI_Status status;
  return MPI_File_write_at_all(file, offset, bytes, count, MPI_BYTE, &status);
}

static inline int cbu_mpi_sync(MPI_File file) { return MPI_File_sync(file); }
static inline int cbu_mpi_close(MPI_File *file) { return MPI_File_close(file); }
