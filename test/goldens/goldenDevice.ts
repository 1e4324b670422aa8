import type { Precision, Runtime } from "../../src/runtime/runtime.ts";

/** Where model kinds compute: one device for all cases of a run, opened by the first that needs it. */
export interface GoldenDevice {
  /** `fp32` is what the tolerances are made for; `native` shows what the file's own precision costs. */
  readonly precision: Precision;
  runtime(): Promise<Runtime>;
  close(): Promise<void>;
}

/** A device that `open` makes on first use. */
export function lazyDevice(precision: Precision, open: () => Promise<Runtime>): GoldenDevice {
  let opened: Promise<Runtime> | undefined;
  return {
    precision,
    runtime: () => (opened ??= open()),
    close: async () => {
      await (await opened)?.close();
      opened = undefined;
    },
  };
}
