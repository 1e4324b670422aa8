import { closeSync, openSync, readSync } from "node:fs";
import path from "node:path";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { openFlux2 } from "../../src/models/flux2/index.ts";
import type { Bench, BenchContext, Figure } from "../bench.ts";
import { dropFromCache } from "../support/dropFromCache.ts";
import { atLeast, showFastest, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { openDevice } from "../support/openDevice.ts";
import { ratios, rounds } from "../support/pairs.ts";
import { timed } from "../support/timed.ts";
import { writeFlux2 } from "../writeFlux2.ts";

const SIZES = { hidden: 1024, double: 4, single: 20, context: 1024 };
const SHAPE = { batch: 1, height: 4, width: 4, textTokens: 8 };

/** How fast weights come from a file into the pool, against a program that only reads. */
export const filePool: Bench = async (context) => {
  const file = path.join(context.folder, "model.safetensors");
  const bytes = await writeFlux2(file, SIZES);
  const figures = [await measure(context, file, bytes, false)];
  if (await dropFromCache(file)) figures.push(await measure(context, file, bytes, true));
  return figures;
};

async function measure(
  { device, full, threads }: BenchContext,
  file: string,
  bytes: number,
  cold: boolean,
): Promise<Figure> {
  const runtime = await openDevice({ device, threads }, { policy: "static" });
  const model = openFlux2(await openSafetensors(file));
  const loaded = runtime.load(model);
  const def = model.pass(SHAPE);
  const pooled = async () => {
    await runtime.trim();
    if (cold) await dropFromCache(file);
    // Static residency loads everything before `begin` resolves.
    const start = performance.now();
    const run = await loaded.begin([def], { repeat: 1 });
    const ms = performance.now() - start;
    run.end();
    return ms;
  };
  const plain = async () => {
    if (cold) await dropFromCache(file);
    const handle = openSync(file, "r");
    // Fresh memory of the file's size, as the pool's is: its pages are touched for the first time. Reads that block, so that no event loop
    // stands between them.
    let into: Buffer | undefined = Buffer.allocUnsafeSlow(bytes);
    const ms = await timed(() => {
      for (let at = 0; at < bytes; ) at += readSync(handle, into!, at, Math.min(2 ** 24, bytes - at), at);
    });
    closeSync(handle);
    into = undefined;
    globalThis.gc!();
    return ms;
  };
  const costs = await rounds(full ? 31 : 11, { pooled, plain });
  await runtime.close();
  const ratio = interval(ratios(costs.plain, costs.pooled));
  const speed = (ms: number) => `${(bytes / 1e6 / ms).toFixed(2)} GB/s`;
  return {
    what: `file to pool over plain reads, ${cold ? "cold" : "warm"} page cache`,
    value: showInterval(ratio),
    goal: ">= 0.8",
    wall: true,
    verdict: atLeast(ratio.median, 0.8),
    note: `${showFastest(costs.plain, costs.pooled)}; ${(bytes / 1e9).toFixed(2)} GB; pool ${speed(interval(costs.pooled).median)}, plain ${speed(interval(costs.plain).median)}`,
  };
}
