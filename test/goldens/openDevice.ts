import type { Precision } from "../../src/runtime/runtime.ts";
import { type GoldenDevice, lazyDevice } from "./goldenDevice.ts";

/** The device that `--device` names; opened when the first model kind asks for it. */
export function openDevice(options: {
  readonly name: string | undefined;
  readonly precision: Precision;
}): GoldenDevice {
  return lazyDevice(options.precision, async () => {
    throw new Error(`no kind that needs a device is built yet (asked for ${options.name ?? "the default device"})`);
  });
}
