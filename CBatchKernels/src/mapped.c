#ifdef __linux__
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#ifdef __linux__
#include <ucontext.h>
#endif

#include "cbk_gather.h"
#include "cbk_mapped.h"

/// The copy that a thread is at: what it reads, and the way out of it.
typedef struct mapped_guard {
  sigjmp_buf way_out;
  uintptr_t start, end;
  /// Whether the thread blocks SIGBUS outside of the copy.
  bool was_blocked;
  /// Whether a SIGBUS arrived that some process had sent, and that was to wait.
  volatile sig_atomic_t has_arrived;
} mapped_guard;

static atomic_bool is_disabled;

// A handler must not allocate, which the first look of a thread at its variables may do in other models.
#ifdef __ELF__
__attribute__((tls_model("initial-exec")))
#endif
static _Thread_local mapped_guard *volatile current_guard;

static struct sigaction previous_action;

/// Whether some process has sent the signal, instead of a fault.
static bool is_sent(const siginfo_t *info) { return info->si_code <= 0 || info->si_code == SI_USER; }

/// What would have happened without this handler.
static void pass_on(int signal, siginfo_t *info, void *context) {
  if (previous_action.sa_flags & SA_SIGINFO) {
    previous_action.sa_sigaction(signal, info, context);
  } else if (previous_action.sa_handler != SIG_DFL && previous_action.sa_handler != SIG_IGN) {
    previous_action.sa_handler(signal);
  } else if (previous_action.sa_handler == SIG_DFL || !is_sent(info)) {
    // A fault happens again on return, and cannot be ignored; a signal that some process sent has to be sent again, and
    // comes when this handler returns.
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(signal, &action, NULL);
    if (is_sent(info)) raise(signal);
  }
}

static void handle_fault(int signal, siginfo_t *info, void *context) {
  mapped_guard *guard = current_guard;
  uintptr_t address = (uintptr_t)info->si_addr;
  if (guard && !is_sent(info) && address >= guard->start && address < guard->end) {
    // What was blocked before; a sanitizer blocks everything meanwhile, and a fault that is blocked ends the process.
    pthread_sigmask(SIG_SETMASK, &((const ucontext_t *)context)->uc_sigmask, NULL);
    siglongjmp(guard->way_out, 1);
  }
  if (guard && guard->was_blocked && is_sent(info)) {
    guard->has_arrived = 1;
    return;
  }
  pass_on(signal, info, context);
}

static void install_handler(void) {
  struct sigaction action = {.sa_sigaction = handle_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, NULL, &previous_action);
  sigaction(SIGBUS, &action, NULL);
}

static void mask_fault(int how) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGBUS);
  pthread_sigmask(how, &signals, NULL);
}

static void watch(mapped_guard *guard, const void *source, size_t count) {
  static pthread_once_t installation = PTHREAD_ONCE_INIT;
  pthread_once(&installation, install_handler);
  guard->start = (uintptr_t)source;
  guard->end = guard->start + count;
  // Each time, since threads may block and unblock signals at any time. It takes as long as asking for the file's size.
  sigset_t blocked;
  sigemptyset(&blocked);
  pthread_sigmask(SIG_BLOCK, NULL, &blocked);
  guard->was_blocked = sigismember(&blocked, SIGBUS) == 1;
  guard->has_arrived = 0;
}

// The fences keep the compiler from moving reads of the mapping out of what is guarded.
static void enter(mapped_guard *guard) {
  current_guard = guard;
  // The system ends a process at a fault whose signal is blocked.
  if (guard->was_blocked) mask_fault(SIG_UNBLOCK);
  atomic_signal_fence(memory_order_seq_cst);
}

/// Also after a fault.
static void leave(const mapped_guard *guard) {
  atomic_signal_fence(memory_order_seq_cst);
  if (guard->was_blocked) mask_fault(SIG_BLOCK);
  current_guard = NULL;
  if (guard->has_arrived) raise(SIGBUS);
}

void cbk_mapped_set_guarded(bool is_guarded) { atomic_store_explicit(&is_disabled, !is_guarded, memory_order_relaxed); }

bool cbk_mapped_is_guarded(void) { return !atomic_load_explicit(&is_disabled, memory_order_relaxed); }

bool cbk_mapped_copy(const void *source, void *destination, size_t count) {
  if (count == 0) return true;
  if (!cbk_mapped_is_guarded()) {
    memcpy(destination, source, count);
    return true;
  }
  mapped_guard guard;
  watch(&guard, source, count);
  if (sigsetjmp(guard.way_out, 0)) {
    leave(&guard);
    return false;
  }
  enter(&guard);
  memcpy(destination, source, count);
  leave(&guard);
  return true;
}

size_t cbk_mapped_gather_u32(const void *source, size_t row_count, const uint32_t *indices, void *destination,
                             size_t count, size_t row_bytes) {
  if (!cbk_mapped_is_guarded()) return cbk_gather_u32(source, row_count, indices, destination, count, row_bytes);
  mapped_guard guard;
  watch(&guard, source, row_count * row_bytes);
  if (sigsetjmp(guard.way_out, 0)) {
    leave(&guard);
    return CBK_MAPPED_FAULT;
  }
  enter(&guard);
  size_t valid = cbk_gather_u32(source, row_count, indices, destination, count, row_bytes);
  leave(&guard);
  return valid;
}

size_t cbk_mapped_gather_u64(const void *source, size_t row_count, const uint64_t *indices, void *destination,
                             size_t count, size_t row_bytes) {
  if (!cbk_mapped_is_guarded()) return cbk_gather_u64(source, row_count, indices, destination, count, row_bytes);
  mapped_guard guard;
  watch(&guard, source, row_count * row_bytes);
  if (sigsetjmp(guard.way_out, 0)) {
    leave(&guard);
    return CBK_MAPPED_FAULT;
  }
  enter(&guard);
  size_t valid = cbk_gather_u64(source, row_count, indices, destination, count, row_bytes);
  leave(&guard);
  return valid;
}
