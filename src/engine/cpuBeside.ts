import type { RunStats, Runtime } from "../runtime/runtime.ts";

/** What the CPU holds beside the main device, where a workflow puts a model there (CLIPLoader's `device`). */
export interface CpuBeside {
  /** Its runtime, made by the first who asks. A failure to make it is the asker's; the next one tries again. */
  runtime(): Promise<Runtime>;
  /** The same, once it is there. */
  readonly opened: Runtime | undefined;
  /** Bytes in its pool; 0 while nobody has asked for it. */
  readonly used: number;
  stats(): readonly RunStats[];
  trim(): Promise<void>;
  close(): Promise<void>;
}

/** `open` makes the runtime, its `close` included; nothing is opened before it is needed. */
export function cpuBeside(open: () => Promise<{ readonly runtime: Runtime; close(): Promise<void> }>): CpuBeside {
  let opening: ReturnType<typeof open> | undefined;
  let opened: Awaited<ReturnType<typeof open>> | undefined;
  return {
    async runtime() {
      opening ??= open();
      try {
        opened = await opening;
      } catch (error) {
        opening = undefined;
        throw error;
      }
      return opened.runtime;
    },
    get opened() {
      return opened?.runtime;
    },
    get used() {
      return opened?.runtime.stats().vram.used ?? 0;
    },
    stats: () => (opened ? [opened.runtime.stats()] : []),
    trim: async () => opened?.runtime.trim(),
    async close() {
      await opening?.catch(() => {});
      await opened?.close();
    },
  };
}
