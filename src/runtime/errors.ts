import type { DoesNotFit } from "../memory/residency.ts";
import { formatBytes } from "./formatBytes.ts";

/** A schedule that cannot run within the budget, with both numbers and the flag that helps. */
export class DoesNotFitError extends Error {
  override readonly name = "DoesNotFitError";
  readonly code = "does-not-fit";
  readonly detail: DoesNotFit & { readonly model: string };
  /**
   * `policy` "static": everything is placed at once, so the numbers are the whole model's and the way out is another. `vramFlag`: what sets
   * the ceiling on everything.
   */
  constructor(
    model: string,
    why: DoesNotFit,
    {
      policy = "dynamic",
      vramFlag = "--vram",
    }: { readonly policy?: "dynamic" | "static"; readonly vramFlag?: string } = {},
  ) {
    const { stage, weightBytes, reservedBytes, budget, limit, needed } = why;
    const flag = limit === "vram" ? vramFlag : "--vram-weights";
    const have = limit === "vram" ? budget.vram : budget.weights;
    const beside = limit === "vram" ? ` and ${formatBytes(reservedBytes)} for activations beside them` : "";
    const who = policy === "static" ? "with dynamic VRAM off the model" : `stage ${stage}`;
    const instead = policy === "static" ? "Leave --disable-dynamic-vram out, or try" : "Try";
    super(
      `${model}: ${who} needs ${formatBytes(weightBytes)} of weights at once${beside}, ${formatBytes(needed)} in all; the budget is ${formatBytes(have)}. ${instead} ${flag} ${formatBytes(needed, "up").replace(" ", "")}.`,
    );
    this.detail = { ...why, model };
  }
}

/** The device has less room than the budget promised: somebody else took it. */
export class DeviceFullError extends Error {
  override readonly name = "DeviceFullError";
  readonly code = "device-full";
  constructor(device: string, what: string, bytes: number, budget: number) {
    super(
      `${device} has no room for ${formatBytes(bytes)} of ${what}, though the budget is ${formatBytes(budget)}: other programs may hold its memory. Close them, or try a smaller --vram.`,
    );
  }
}

/** A file holds a weight in an encoding that this version does not compute with. */
export class UnsupportedEncodingError extends Error {
  override readonly name = "UnsupportedEncodingError";
  readonly code = "unsupported-encoding";
  constructor(file: string, weight: string, encoding: string, supported: readonly string[]) {
    super(`${file}: ${weight} is stored as ${encoding}; supported are ${supported.join(", ")}.`);
  }
}
