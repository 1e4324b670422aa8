import path from "node:path";
import type { Bench } from "../bench.ts";
import { bareLoop } from "../support/bareLoop.ts";
import { atMost, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { openDevice } from "../support/openDevice.ts";
import { ratios, rounds } from "../support/pairs.ts";
import { steps } from "../support/steps.ts";
import { writeFlux2 } from "../writeFlux2.ts";

const MODELS = [
  {
    name: "0.4 GB, 84 tokens",
    sizes: { hidden: 768, double: 4, single: 16, context: 768 },
    shape: { batch: 1, height: 8, width: 8, textTokens: 20 },
    rounds: 21,
  },
  {
    // Graphs so small that whatever surrounds them shows: the size of the demo's model.
    name: "13 MB, 84 tokens",
    sizes: { hidden: 256, double: 2, single: 8, context: 256 },
    shape: { batch: 1, height: 8, width: 8, textTokens: 20 },
    rounds: 101,
  },
] as const;

/** What our own runtime costs: its step over the same graphs in a bare loop, everything resident. */
export const bareGgml: Bench = async ({ folder, device, full }) => {
  const figures = [];
  for (const { name, sizes, shape, rounds: count } of MODELS) {
    const file = path.join(folder, `${sizes.hidden}.safetensors`);
    await writeFlux2(file, sizes);
    const bare = await bareLoop(device, file, shape);
    const ours = await steps(await openDevice(device), file, shape);
    const costs = await rounds(full ? 3 * count : count, { ours: ours.step, bare: async () => bare.step() });
    await ours.close();
    bare.close();
    const ratio = interval(ratios(costs.ours, costs.bare));
    figures.push({
      what: `step over a bare ggml loop (${name})`,
      value: showInterval(ratio),
      goal: "<= 1.05",
      verdict: atMost(ratio.median, 1.05),
      note: `ours ${showInterval(interval(costs.ours), " ms")}; bare ${showInterval(interval(costs.bare), " ms")}`,
    });
  }
  return figures;
};
