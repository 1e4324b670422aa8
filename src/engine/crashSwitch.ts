/**
 * A deliberate fault, for tests only: `WEIR_TEST_CRASH=stage:N:abort` ends the engine by a native abort when its Nth stage (counted from
 * 1, over all models, since the process began) is about to run; `stage:N:kill` by SIGKILL. Only the first engine process of a
 * supervisor obeys, so that the job's second run succeeds; `stage:N:abort:always` is for every one.
 */
export const CRASH_VARIABLE = "WEIR_TEST_CRASH";

export interface CrashSwitch {
  readonly stage: number;
  readonly how: "abort" | "kill";
  readonly always: boolean;
}

/** `null`: not set. Throws on a value that means nothing: a fault that silently does not happen proves nothing. */
export function parseCrashSwitch(text: string | undefined): CrashSwitch | null {
  if (text === undefined || text === "") return null;
  const match = /^stage:([1-9]\d*):(abort|kill)(:always)?$/.exec(text);
  if (!match) throw new Error(`${CRASH_VARIABLE} is "${text}"; expected stage:N:abort or stage:N:kill, and :always`);
  return { stage: Number(match[1]), how: match[2] as "abort" | "kill", always: match[3] !== undefined };
}

/** Counts stages and dies at the chosen one. Does nothing without a switch. */
export function crashAt(crash: CrashSwitch | null): () => void {
  if (!crash) return () => {};
  let stages = 0;
  return () => {
    stages += 1;
    if (stages !== crash.stage) return;
    if (crash.how === "abort") process.abort();
    process.kill(process.pid, "SIGKILL");
    // The signal is on its way; nothing of ours may run before it is here.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
}
