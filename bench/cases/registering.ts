import path from "node:path";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { openFlux2 } from "../../src/models/flux2/index.ts";
import type { Bench } from "../bench.ts";
import { atMost, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { openDevice } from "../support/openDevice.ts";
import { writeFlux2 } from "../writeFlux2.ts";

/** dev's real sizes. */
const DEV = { hidden: 6144, double: 8, single: 48, context: 15360 };
const ROUNDS = 11;

/** How long it takes, and how much memory, to make a model of 64 GB known: header, shapes, weights, no bytes. */
export const registering: Bench = async ({ folder, device }) => {
  const file = path.join(folder, "dev.safetensors");
  const bytes = await writeFlux2(file, DEV, { sparse: true, guidance: true });
  const runtime = await openDevice({ device });
  globalThis.gc!();
  const before = process.memoryUsage().rss;
  const times: number[] = [];
  let grown = 0;
  let weights = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const model = openFlux2(await openSafetensors(file));
    const loaded = runtime.load(model);
    times.push(performance.now() - start);
    if (round === 0) grown = process.memoryUsage().rss - before;
    weights = model.weights.length;
    await loaded.close();
  }
  const whole = process.memoryUsage().rss;
  await runtime.close();
  return [
    {
      what: `registering ${(bytes / 1e9).toFixed(1)} GB (${weights} weights): first time`,
      value: `${times[0]!.toFixed(1)} ms`,
      goal: "< 1 s",
      verdict: atMost(times[0]!, 1000),
      note: `again and again: ${showInterval(interval(times.slice(1)), " ms")}`,
    },
    {
      what: "memory it takes (RSS, growth)",
      value: `${(grown / 1e6).toFixed(1)} MB`,
      goal: "< 150 MB",
      verdict: atMost(grown, 150e6),
      note: `the whole process, Node and the loader of TypeScript included: ${(whole / 1e6).toFixed(0)} MB`,
    },
  ];
};
