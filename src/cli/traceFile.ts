import { access, constants, open, rm, writeFile } from "node:fs/promises";
import { FileError } from "../library/errors.ts";
import { chromeTrace } from "../runtime/chromeTrace.ts";
import type { Span } from "../runtime/trace.ts";
import { isDevice } from "./isDevice.ts";
import { whyNotWritten } from "./whyNotWritten.ts";
import { writeWhole } from "./writeWhole.ts";

/** About 100 MB of memory, and as much as a viewer opens; a step of the largest models leaves a few hundred. */
const MAX_SPANS = 500_000;

/** Where `--trace` collects a run's spans, and the file they become. */
export interface TraceFile {
  add(spans: readonly Span[]): void;
  /** Writes the file whole or not at all, and returns a line that says so. Throws FileError. */
  write(): Promise<string>;
}

/** `path` is absolute. Checked before anything runs. Throws FileError. */
export async function openTraceFile(path: string, most: number = MAX_SPANS): Promise<TraceFile> {
  const probe = `${path}.${process.pid}.tmp`;
  const refuse = (error: unknown) =>
    new FileError("cannot-write", `cannot write ${path}: ${whyNotWritten(error)}; choose another place for --trace`);
  try {
    if (await isDevice(path)) await access(path, constants.W_OK);
    else {
      await (await open(probe, "w")).close();
      await rm(probe);
    }
  } catch (error) {
    throw refuse(error);
  }
  const batches: (readonly Span[])[] = [];
  let count = 0;
  let left = 0;
  return {
    add(spans) {
      batches.push(spans);
      count += spans.length;
      // What a run ends with says more than what it began with.
      while (count > most && batches.length > 1) {
        const oldest = batches.shift()!.length;
        count -= oldest;
        left += oldest;
      }
    },
    async write() {
      try {
        await writeWhole(path, (to) => writeFile(to, chromeTrace(batches.flat(), "weir")));
      } catch (error) {
        throw refuse(error);
      }
      const without = left === 0 ? "" : `, without the first ${left}`;
      return `trace: ${count} spans${without} in ${path}; open it in ui.perfetto.dev or chrome://tracing`;
    },
  };
}
