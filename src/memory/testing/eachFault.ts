/** Which calls of a kind fail: the nth, and all after it when `forGood`. */
export interface Fault {
  readonly what: "allocate" | "upload" | "read" | "host";
  readonly nth: number;
  readonly forGood: boolean;
}

/** Whether this call, the `nth` of its kind, fails. */
export const hits = (fault: Fault, what: Fault["what"], nth: number): boolean =>
  fault.what === what && (fault.forGood ? nth >= fault.nth : nth === fault.nth);

/**
 * Runs `run` with the 1st call of each kind failing, the 2nd, ... until one run meets no fault of that kind; each once, and for good. `run` returns
 * how many calls of the fault's kind it made. Source: SQLite's malloc tests.
 */
export async function eachFault(run: (fault: Fault) => Promise<number>): Promise<number> {
  let runs = 0;
  for (const what of ["allocate", "upload", "read", "host"] as const) {
    for (const forGood of [false, true]) {
      for (let nth = 1; ; nth++) {
        runs++;
        if ((await run({ what, nth, forGood })) < nth) break;
      }
    }
  }
  return runs;
}
