import path from "node:path";
import type { Bench, Figure } from "../bench.ts";
import { cpuTime } from "../support/cpuTime.ts";
import { atMost, showFastest, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { MID, TINY } from "../support/midModel.ts";
import { openDevice } from "../support/openDevice.ts";
import { ratios, rounds } from "../support/pairs.ts";
import { steps } from "../support/steps.ts";
import { writeFlux2 } from "../writeFlux2.ts";

const MODELS = [
  { ...MID, rounds: 31 },
  { ...TINY, rounds: 151 },
];

type Policy = "dynamic" | "static";

/** With room for everything, dynamic residency against static. */
export const dynamicOverStatic: Bench = async ({ folder, device, threads, full }) => {
  const figures: Figure[] = [];
  for (const { name, sizes, shape, rounds: count } of MODELS) {
    const file = path.join(folder, `${sizes.hidden}.safetensors`);
    await writeFlux2(file, sizes);
    const dynamic = await steps(await openDevice({ device, threads }, { policy: "dynamic" }), file, shape);
    const fixed = await steps(await openDevice({ device, threads }, { policy: "static" }), file, shape);
    const cpu: Record<Policy, number[]> = { dynamic: [], static: [] };
    const costs = await rounds(full ? 3 * count : count, {
      dynamic: cpuTime(dynamic.step, cpu.dynamic),
      static: cpuTime(fixed.step, cpu.static),
    });
    const moved = [dynamic, fixed].map((side) => side.last().movedBytes);
    await dynamic.close();
    await fixed.close();
    const ratio = interval(ratios(costs.dynamic, costs.static));
    figures.push({
      what: `dynamic over static, all fits (${name})`,
      value: showInterval(ratio),
      goal: "the interval reaches 1.01",
      wall: true,
      verdict: atMost(ratio.low, 1.01),
      note: `processor time ${showInterval(interval(ratios(cpu.dynamic, cpu.static).slice(1)))}; ${showFastest(costs.dynamic, costs.static)}; dynamic ${showInterval(interval(costs.dynamic), " ms")}; bytes moved in the last step: ${moved.join(" and ")}`,
    });
  }
  return figures;
};
