/** Signals by which a process dies on its own, in words a user can act on. */
const SIGNALS: Readonly<Record<string, string>> = {
  SIGABRT: "SIGABRT: a check inside the compute library failed",
  SIGSEGV: "SIGSEGV: memory was used wrongly inside the compute library or a driver",
  SIGBUS: "SIGBUS: a mapped file or memory went away",
  SIGILL: "SIGILL: this processor lacks an instruction that the compute library was built with",
  SIGFPE: "SIGFPE: arithmetic failed inside the compute library",
  SIGKILL: "SIGKILL: the system killed it: out of memory?",
  SIGTERM: "SIGTERM: something asked it to stop",
};

/** Windows has no signals: the exit code is an NTSTATUS. Source: ntstatus.h. */
const STATUSES: Readonly<Record<number, string>> = {
  3221225477: "0xC0000005: access violation inside the compute library or a driver",
  3221225501: "0xC000001D: this processor lacks an instruction that the compute library was built with",
  3221225725: "0xC00000FD: stack overflow",
  3221225786: "0xC000013A: it was interrupted",
  3221226505: "0xC0000409: a check inside the compute library failed",
};

/** How a process ended, in words: "SIGSEGV: ..." or "exit code 3". Node gives one of the two. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return SIGNALS[signal] ?? signal;
  if (code === null) return "it ended without a code";
  // 128 + n: a shell or a container reports a signal this way.
  if (code === 134) return SIGNALS["SIGABRT"]!;
  if (code === 137) return SIGNALS["SIGKILL"]!;
  if (code === 139) return SIGNALS["SIGSEGV"]!;
  return STATUSES[code] ?? `exit code ${code}`;
}
