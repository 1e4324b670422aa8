import path from "node:path";
import type { Bench, Figure } from "../bench.ts";
import { cpuTime } from "../support/cpuTime.ts";
import { atMost, showFastest, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { MID } from "../support/midModel.ts";
import { openDevice } from "../support/openDevice.ts";
import { rounds } from "../support/pairs.ts";
import { plainReader } from "../support/plainReader.ts";
import { steps } from "../support/steps.ts";
import { writeFlux2 } from "../writeFlux2.ts";

const { sizes: SIZES, shape: SHAPE } = MID;
/** About what one weight has here. */
const PIECE = 4 * 2 ** 20;

/** What streaming costs beyond the bytes that have to move. */
export const streaming: Bench = async ({ folder, device, threads, full }) => {
  const file = path.join(folder, "model.safetensors");
  await writeFlux2(file, SIZES);
  const figures: Figure[] = [];
  for (const discrete of device === "cpu" ? [false, true] : [false]) {
    const resident = await steps(await openDevice({ device, threads, discrete }), file, SHAPE);
    for (const share of [0.5, 0.25]) {
      const streamed = await steps(
        await openDevice({ device, threads, discrete }, { vramWeights: { share } }),
        file,
        SHAPE,
      );
      const reader = await plainReader(file, PIECE, discrete ? new Uint8Array(PIECE) : undefined);
      await streamed.step();
      await streamed.step();
      const moved = streamed.last().movedBytes;
      const cpu: Record<"streamed" | "resident" | "reads", number[]> = { streamed: [], resident: [], reads: [] };
      const costs = await rounds(full ? 45 : 15, {
        streamed: cpuTime(streamed.step, cpu.streamed),
        resident: cpuTime(resident.step, cpu.resident),
        reads: cpuTime(() => reader.read(moved), cpu.reads),
      });
      await reader.close();
      await streamed.close();
      const work = cpu.streamed.map((ms, i) => ms / (cpu.resident[i]! + cpu.reads[i]!)).slice(1);
      const ratio = interval(costs.streamed.map((ms, i) => ms / (costs.resident[i]! + costs.reads[i]!)));
      const hidden = interval(costs.streamed.map((ms, i) => 1 - (ms - costs.resident[i]!) / costs.reads[i]!));
      const speed = moved / 1e6 / interval(costs.reads).median;
      const where = `${discrete ? "discrete, " : ""}${100 * share} %`;
      figures.push(
        {
          what: `step at ${where} over compute + moved bytes`,
          value: showInterval(ratio),
          goal: "<= 1.10",
          wall: true,
          verdict: atMost(ratio.median, 1.1),
          note: `processor time ${showInterval(interval(work))}; ${showFastest(
            costs.streamed,
            costs.resident.map((ms, i) => ms + costs.reads[i]!),
          )}; streaming ${showInterval(interval(costs.streamed), " ms")}; resident ${interval(costs.resident).median.toFixed(0)} ms; ${(moved / 1e6).toFixed(0)} MB at ${speed.toFixed(1)} GB/s`,
        },
        { what: `hidden share of uploads at ${where}`, value: showInterval(hidden) },
      );
    }
    await resident.close();
  }
  return figures;
};
