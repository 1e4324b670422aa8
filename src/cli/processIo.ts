import type { Io } from "./io.ts";

/** The process's own streams. A reader that closes early (`weir run ... | head`) ends nothing. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    terminal: process.stderr.isTTY === true && process.env["TERM"] !== "dumb",
    columns: () => process.stderr.columns ?? 80,
    env: process.env,
    cwd: process.cwd(),
    now: () => performance.now(),
    onInterrupt(see) {
      process.on("SIGINT", see);
      process.on("SIGTERM", see);
      return () => {
        process.off("SIGINT", see);
        process.off("SIGTERM", see);
      };
    },
  };
}
