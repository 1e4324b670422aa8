import path from "node:path";
import type { Bench, Figure } from "../bench.ts";
import { bareLoop } from "../support/bareLoop.ts";
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
  { ...TINY, rounds: 101 },
];

/** What our own runtime costs: its step over the same graphs in a bare loop, everything resident. */
export const bareGgml: Bench = async ({ folder, device, threads, full }) => {
  const figures: Figure[] = [];
  for (const { name, sizes, shape, rounds: count } of MODELS) {
    const file = path.join(folder, `${sizes.hidden}.safetensors`);
    await writeFlux2(file, sizes);
    const bare = await bareLoop({ device, threads }, file, shape);
    const ours = await steps(await openDevice({ device, threads }), file, shape);
    const cpu: Record<"ours" | "bare", number[]> = { ours: [], bare: [] };
    const costs = await rounds(full ? 3 * count : count, {
      ours: cpuTime(ours.step, cpu.ours),
      bare: cpuTime(async () => bare.step(), cpu.bare),
    });
    await ours.close();
    bare.close();
    const ratio = interval(ratios(costs.ours, costs.bare));
    figures.push({
      what: `step over a bare ggml loop (${name})`,
      value: showInterval(ratio),
      goal: "<= 1.05",
      wall: true,
      verdict: atMost(ratio.median, 1.05),
      note: `processor time ${showInterval(interval(ratios(cpu.ours, cpu.bare).slice(1)))}; ${showFastest(costs.ours, costs.bare)}; ours ${showInterval(interval(costs.ours), " ms")}; bare ${showInterval(interval(costs.bare), " ms")}`,
    });
  }
  return figures;
};
