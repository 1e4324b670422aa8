import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { liveBufferBytes } from "../../src/ggml/index.ts";
import type { Bench } from "../bench.ts";
import { showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { openDevice } from "../support/openDevice.ts";
import { steps } from "../support/steps.ts";
import { writeFlux2 } from "../writeFlux2.ts";

/** 693 x 1536^2 parameters in the matrices of blocks and modulation: 3.3 GB in bf16. */
const SIZES = { hidden: 1536, double: 8, single: 36, context: 1536 };
const SHAPE = { batch: 1, height: 4, width: 4, textTokens: 16 };
const BUDGET = 400e6;

/** A model eight times its budget: flat memory, the bytes that move, and an event loop that turns. */
export const bigModel: Bench = async ({ folder, device, threads, full, say }) => {
  const file = path.join(folder, "model.safetensors");
  const bytes = await writeFlux2(file, SIZES);
  say(`${(bytes / 1e9).toFixed(2)} GB written`);
  globalThis.gc!();
  const start = process.memoryUsage().rss;
  const sampler = monitorEventLoopDelay({ resolution: 1 });
  sampler.enable();
  const run = await steps(await openDevice({ device, threads }, { vramWeights: { bytes: BUDGET } }), file, SHAPE);
  const rss: number[] = [];
  const times: number[] = [];
  const gaps: number[] = [];
  const began = performance.now();
  for (let step = 0; step < (full ? 24 : 8) && (step < 5 || performance.now() - began < 120_000); step++) {
    times.push(await run.step());
    rss.push(process.memoryUsage().rss);
    gaps.push(sampler.max / 1e6);
    sampler.reset();
    say(`step ${step}: ${times.at(-1)!.toFixed(0)} ms, ${(rss.at(-1)! / 1e6).toFixed(0)} MB resident`);
  }
  sampler.disable();
  const { movedBytes, modelBytes, pinnedBytes } = run.last();
  const peak = run.runtime.stats().vram.byKind["weights"]!.peak;
  const live = liveBufferBytes();
  await run.close();
  const steady = rss.slice(1);
  const growth = steady.at(-1)! - steady[0]!;
  return [
    {
      what: `${(bytes / 1e9).toFixed(2)} GB at --vram-weights 400MB: memory from the 2nd to the last of ${rss.length} steps`,
      value: `${growth >= 0 ? "+" : ""}${(growth / 1e6).toFixed(1)} MB`,
      goal: "flat",
      verdict: growth < 20e6 ? "met" : `missed by ${(growth / 1e6).toFixed(0)} MB`,
      note: `RSS ${(start / 1e6).toFixed(0)} MB before, ${(Math.max(...rss) / 1e6).toFixed(0)} MB at most; buffers ${(live / 1e6).toFixed(0)} MB, weights' peak ${(peak / 1e6).toFixed(0)} MB`,
    },
    {
      what: "bytes moved in a steady step over M - R",
      value: (movedBytes / (modelBytes - pinnedBytes)).toFixed(4),
      goal: "<= 1.02",
      verdict: movedBytes <= 1.02 * (modelBytes - pinnedBytes) ? "met" : "missed",
      note: `${(movedBytes / 1e9).toFixed(2)} GB moved, ${(modelBytes / 1e9).toFixed(2)} GB in all; step ${showInterval(interval(times.slice(1)), " ms")}`,
    },
    {
      what: "longest gap of the event loop while it runs",
      value: `${Math.max(...gaps).toFixed(0)} ms`,
      note: `the first step, which compiles, ${gaps[0]!.toFixed(0)} ms; steady steps at most ${Math.max(...gaps.slice(1)).toFixed(0)} ms; longest gap per step ${showInterval(interval(gaps.slice(1)), " ms")}`,
    },
  ];
};
