import path from "node:path";
import type { Bench } from "../bench.ts";
import { atMost, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { openDevice } from "../support/openDevice.ts";
import { ratios, rounds } from "../support/pairs.ts";
import { steps } from "../support/steps.ts";
import { writeFlux2 } from "../writeFlux2.ts";

const SHAPE = { batch: 1, height: 8, width: 8, textTokens: 20 };
const MODELS = [
  { name: "0.4 GB", sizes: { hidden: 768, double: 4, single: 16, context: 768 }, rounds: 31 },
  { name: "13 MB", sizes: { hidden: 256, double: 2, single: 8, context: 256 }, rounds: 151 },
] as const;

/** With room for everything, dynamic residency against static. */
export const dynamicOverStatic: Bench = async ({ folder, device, full }) => {
  const figures = [];
  for (const { name, sizes, rounds: count } of MODELS) {
    const file = path.join(folder, `${sizes.hidden}.safetensors`);
    await writeFlux2(file, sizes);
    const dynamic = await steps(await openDevice(device, { policy: "dynamic" }), file, SHAPE);
    const fixed = await steps(await openDevice(device, { policy: "static" }), file, SHAPE);
    const costs = await rounds(full ? 3 * count : count, { dynamic: dynamic.step, static: fixed.step });
    const moved = [dynamic, fixed].map((side) => side.last().movedBytes);
    await dynamic.close();
    await fixed.close();
    const ratio = interval(ratios(costs.dynamic, costs.static));
    figures.push({
      what: `dynamic over static, all fits (${name})`,
      value: showInterval(ratio),
      goal: "the interval reaches 1.01",
      verdict: atMost(ratio.low, 1.01),
      note: `dynamic ${showInterval(interval(costs.dynamic), " ms")}; bytes moved in the last step: ${moved.join(" and ")}`,
    });
  }
  return figures;
};
