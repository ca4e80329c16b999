#ifdef __linux__
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#ifdef __linux__
#include <ucontext.h>
#endif

#include "cbatchup_system.h"

/// What a thread reads from a mapped file, and the way out of it.
typedef struct fault_guard {
  sigjmp_buf way_out;
  uintptr_t start, end;
  /// Whether the thread blocks SIGBUS outside of the guarded code.
  bool was_blocked;
  /// Whether a SIGBUS arrived that some process had sent, and that was to wait.
  volatile sig_atomic_t has_arrived;
} fault_guard;

static atomic_bool is_disabled;

// A handler must not allocate, which the first look of a thread at its variables may do in other models.
#ifdef __ELF__
__attribute__((tls_model("initial-exec")))
#endif
static _Thread_local fault_guard *volatile current_guard;

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
  fault_guard *guard = current_guard;
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

static void watch(fault_guard *guard, const void *source, size_t count) {
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
static void enter(fault_guard *guard) {
  current_guard = guard;
  // The system ends a process at a fault whose signal is blocked.
  if (guard->was_blocked) mask_fault(SIG_UNBLOCK);
  atomic_signal_fence(memory_order_seq_cst);
}

/// Also after a fault.
static void leave(const fault_guard *guard) {
  atomic_signal_fence(memory_order_seq_cst);
  if (guard->was_blocked) mask_fault(SIG_BLOCK);
  current_guard = NULL;
  if (guard->has_arrived) raise(SIGBUS);
}

void cbs_fault_guard_set_enabled(bool is_enabled) {
  atomic_store_explicit(&is_disabled, !is_enabled, memory_order_relaxed);
}

bool cbs_fault_guard_is_enabled(void) { return !atomic_load_explicit(&is_disabled, memory_order_relaxed); }

bool cbs_guard_faults(const void *start, size_t count, void (*body)(void *), void *context) {
  if (!cbs_fault_guard_is_enabled()) {
    body(context);
    return true;
  }
  fault_guard guard;
  watch(&guard, start, count);
  if (sigsetjmp(guard.way_out, 0)) {
    leave(&guard);
    return false;
  }
  enter(&guard);
  body(context);
  leave(&guard);
  return true;
}

typedef struct byte_copy {
  const void *source;
  void *destination;
  size_t count;
} byte_copy;

static void run_copy(void *context) {
  const byte_copy *copy = context;
  memcpy(copy->destination, copy->source, copy->count);
}

bool cbs_copy_guarded(const void *source, void *destination, size_t count) {
  byte_copy copy = {.source = source, .destination = destination, .count = count};
  return count == 0 || cbs_guard_faults(source, count, run_copy, &copy);
}
