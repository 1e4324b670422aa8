import { UnknownName } from "../errors.ts";
import type { Sampler } from "../sampler.ts";
import { dpmpp2m } from "./dpmpp2m.ts";
import { euler } from "./euler.ts";

/** A sampler by ComfyUI's name, and how it differs from the others around its loop. */
export interface SamplerEntry {
  readonly run: Sampler;
  /** Where a mask keeps the old picture, noise it afresh (seed + 1) and not with the start noise. */
  readonly freshMaskNoise?: boolean;
  /** KSampler makes one more step for it and drops the second-last sigma. */
  readonly dropsPenultimate?: boolean;
}

const samplers: Readonly<Record<string, SamplerEntry>> = {
  euler: { run: euler },
  dpmpp_2m: { run: dpmpp2m },
  ddim: { run: euler, freshMaskNoise: true },
};

/** ComfyUI's names, in its order. */
export const samplerNames: readonly string[] = Object.keys(samplers);

/** Throws UnknownName, which lists what there is. */
export function samplerByName(name: string): SamplerEntry {
  const entry = Object.hasOwn(samplers, name) ? samplers[name] : undefined;
  if (entry === undefined) throw new UnknownName("sampler", name, samplerNames);
  return entry;
}
