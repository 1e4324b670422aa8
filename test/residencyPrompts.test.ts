import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSafetensors } from "../src/formats/safetensors.ts";
import { liveBufferBytes, openGgml } from "../src/ggml/index.ts";
import type { MemoryEvent } from "../src/memory/eventLog.ts";
import { type Happening, needlessReads } from "../src/memory/testing/needlessReads.ts";
import { createRuntime } from "../src/runtime/createRuntime.ts";
import { random } from "./proof/random.ts";
import { openTiny, type TinyModel, tinyInput, writeTinyFile } from "./proof/tinyModel.ts";

/**
 * Prompts over two transformers, two text encoders and a VAE on a real device, which the CPU plays with memory of its own: at budgets of VRAM that change
 * from prompt to prompt, with the next models read ahead. WEIR_TEST_PROMPTS: how many.
 */
const PROMPTS = Number(process.env["WEIR_TEST_PROMPTS"] ?? 100);
const TOKENS = 3;
/** What each is, how many stages it has and how often it runs in a prompt. */
const MODELS = [
  { name: "transformer-a", stages: 12, passes: 3 },
  { name: "transformer-b", stages: 9, passes: 3 },
  { name: "encoder-a", stages: 6, passes: 1 },
  { name: "encoder-b", stages: 5, passes: 1 },
  { name: "vae", stages: 3, passes: 1 },
] as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "weir-prompts-"));
  for (const [i, { name, stages }] of MODELS.entries())
    await writeTinyFile(path.join(folder, `${name}.safetensors`), name, stages, i + 1);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What was read: each move from disk but those that came to nothing. */
function happenings(events: readonly MemoryEvent[]): Happening[] {
  const all: Happening[] = [];
  /** Where the last decision to read a weight is in the list. */
  const last = new Map<number, number>();
  for (const event of events) {
    if (event.kind === "undone" && event.from === "disk") {
      // Its read goes: the decision stays in the log.
      const at = last.get(event.weight);
      if (at !== undefined) all[at + 1] = event;
    }
    if (event.kind !== "move" || event.from !== "disk") {
      all.push(event);
      continue;
    }
    last.set(event.weight, all.length);
    all.push(event, { kind: "read", weight: event.weight });
  }
  return all;
}

/** Shares are of all weights. `outputs`: of each prompt, what its VAE made. */
async function session(prompts: number, vramShare: number, ramShare: number, seed: number) {
  const library = await openGgml({ env: { WEIR_DISCRETE_CPU: "1" } });
  const { backend, memory } = library.open("cpu", { threads: 1 });
  const models = await Promise.all(
    MODELS.map(async ({ name, stages }) =>
      openTiny(await openSafetensors(path.join(folder, `${name}.safetensors`)), name, stages),
    ),
  );
  const all = models.flatMap(({ weights }) => weights).reduce((sum, { entry }) => sum + entry.bytes, 0);
  const events: MemoryEvent[] = [];
  const ram = Math.ceil(all * ramShare);
  const plenty = 2 ** 30;
  const runtime = createRuntime({
    backend,
    memory,
    policy: "dynamic",
    precision: "native",
    vram: plenty,
    vramWeights: { bytes: Math.ceil(all * vramShare) },
    ram,
    onMemoryEvent: (event) => void events.push(event),
  });
  const draw = random(seed);
  const outputs: string[] = [];
  const held: { readonly vram: number; readonly ram: number; readonly live: number }[] = [];
  try {
    const loaded = models.map((model) => runtime.load(model));
    for (let prompt = 0; prompt < prompts; prompt++) {
      const chain = [2 + draw(2), draw(2), 4];
      let x = tinyInput(TOKENS, draw(1000))["x.0"];
      // What other programs leave of the device: now less than weights would take, now plenty.
      runtime.setVram(draw(3) === 0 ? Math.ceil(all * (0.25 + draw(60) / 100)) : plenty);
      for (const [at, i] of chain.entries()) {
        const later = chain.map((j) => loaded[j]!);
        runtime.announceNext({ soon: later.slice(at + 1), later });
        const run = await loaded[i]!.begin([(loaded[i]!.model as TinyModel).pass(TOKENS)], {
          repeat: MODELS[i]!.passes,
        });
        for (let pass = 0; pass < MODELS[i]!.passes; pass++) {
          const [out] = await run.pass([{ "x.0": x }]);
          x = out![`x.${MODELS[i]!.stages}`]!;
        }
        run.end();
      }
      outputs.push(Buffer.from(x.buffer, x.byteOffset, x.byteLength).toString("hex"));
      const stats = runtime.stats();
      held.push({ vram: stats.vram.used, ram: stats.ram!.used, live: liveBufferBytes() });
    }
    const { counters, ram: kept } = runtime.stats();
    await runtime.trim();
    const after = runtime.stats();
    return {
      ...{ all, ram, outputs, held, counters, events },
      staging: kept!.staging,
      peakRam: kept!.peak,
      after: [after.vram.byKind["weights"]!.used, after.ram!.cached],
    };
  } finally {
    await runtime.close();
    memory.close();
  }
}

test(`${PROMPTS} prompts over five models at random budgets, with read-ahead: the same outputs, memory is flat, and nothing is read twice that RAM could hold`, async () => {
  const roomy = await session(PROMPTS, 2, 0, 7);
  expect(roomy.counters.readBytes).toBeGreaterThan(0);
  expect(new Set(roomy.outputs).size).toBeGreaterThan(PROMPTS / 2);
  let [ahead, saved, again] = [0, 0, 0];
  const draw = random(11);
  for (const ram of [1.5, draw(100) / 100, draw(100) / 100]) {
    const vram = 0.3 + draw(50) / 100;
    const run = await session(PROMPTS, vram, ram, 7);
    expect(run.outputs).toEqual(roomy.outputs);
    expect(needlessReads(happenings(run.events), run.ram - run.staging)).toEqual([]);
    // Flat: the later half of the prompts holds no more than the earlier one, and never more than it may.
    const half = Math.floor(run.held.length / 2);
    for (const tier of ["vram", "ram"] as const) {
      const of = (list: typeof run.held) => Math.max(...list.map((at) => at[tier]));
      expect(of(run.held.slice(half))).toBeLessThanOrEqual(1.02 * of(run.held.slice(0, half)));
    }
    for (const at of run.held) expect(at.live).toBe(at.vram);
    expect(run.peakRam).toBeLessThanOrEqual(run.ram);
    expect(run.after).toEqual([0, 0]);
    const reads = happenings(run.events).flatMap((each) => (each.kind === "read" ? [each.weight] : []));
    again += needlessReads(happenings(run.events), 2 * run.all).length;
    if (ram > 1) expect(new Set(reads).size).toBe(reads.length);
    ahead += run.counters.movedBytesByReason.ahead ?? 0;
    saved += run.counters.movedBytes - run.counters.readBytes;
  }
  // The test is about something: with more RAM than there was, reads would have been needless.
  expect(again).toBeGreaterThan(0);
  expect(ahead).toBeGreaterThan(0);
  expect(saved).toBeGreaterThan(roomy.all);
});
