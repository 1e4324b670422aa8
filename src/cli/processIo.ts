import type { Io } from "./io.ts";
import { whyNotWritten } from "./whyNotWritten.ts";

/**
 * The process's own streams. A reader that closes early (`weir run ... | head`) ends nothing; results that cannot be written (a full disk) are
 * told, and the process ends with 1.
 */
export function processIo(): Io {
  let told = false;
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (told || error.code === "EPIPE") return;
    told = true;
    process.stderr.write(`weir: the output cannot be written: ${whyNotWritten(error)}\n`);
    // The command does not know of it, and may not even be over.
    process.once("exit", () => {
      process.exitCode ||= 1;
    });
  });
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
