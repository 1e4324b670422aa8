import path from "node:path";
import type { Bench, BenchContext, Figure } from "../bench.ts";
import { dropFromCache } from "../support/dropFromCache.ts";
import { atMost, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { kleinShapes } from "../support/kleinShapes.ts";
import { openDevice } from "../support/openDevice.ts";
import { ratios, rounds } from "../support/pairs.ts";
import { steps } from "../support/steps.ts";
import { writeFlux2 } from "../writeFlux2.ts";

/** Where loading is most of the work: few tokens, so that a pass computes about as long as its weights are read. */
const SHORT = { batch: 1, height: 4, width: 4, textTokens: 16 };

/** The first pass of a klein-shaped file that is not in memory. With one thread computing, reading has a core to itself, as it has beside a card. */
export const firstPass: Bench = async (context) => {
  const file = path.join(context.folder, "model.safetensors");
  const bytes = await writeFlux2(file, kleinShapes(context.full));
  context.say(`${(bytes / 1e9).toFixed(2)} GB written`);
  const figures = [await pass(context, file)];
  if (context.device === "cpu" && context.threads !== 1) figures.push(await pass({ ...context, threads: 1 }, file));
  return figures;
};

/** From the announcement to the end of the first pass, the file not in memory: reading and computing at once, or one after the other. */
async function pass({ device, threads, full }: BenchContext, file: string): Promise<Figure> {
  let cold = true;
  const side = (policy: "dynamic" | "static") => async () => {
    cold = (await dropFromCache(file)) && cold;
    const runtime = await openDevice({ device, threads }, { policy });
    const start = performance.now();
    const run = await steps(runtime, file, SHORT, 2);
    await run.step();
    const ms = performance.now() - start;
    await run.close();
    return ms;
  };
  const costs = await rounds(full ? 11 : 6, { dynamic: side("dynamic"), static: side("static") }, 240, 3);
  const ratio = interval(ratios(costs.dynamic, costs.static));
  return {
    what: `first pass of ${SHORT.textTokens + SHORT.height * SHORT.width} tokens${threads === undefined ? "" : `, ${threads} thread(s)`}, ${cold ? "cold" : "warm"} page cache: dynamic over classic`,
    value: showInterval(ratio),
    goal: "<= 0.75",
    wall: true,
    verdict: atMost(ratio.median, 0.75),
    note: `dynamic ${showInterval(interval(costs.dynamic), " ms")}; classic ${interval(costs.static).median.toFixed(0)} ms`,
  };
}
