import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { openGgml } from "../../src/ggml/index.ts";
import { flux2Inputs, openFlux2 } from "../../src/models/flux2/index.ts";
import { createRuntime } from "../../src/runtime/createRuntime.ts";
import { writeFlux2File } from "../support/flux2File.ts";

const SHAPE = { batch: 1, height: 2, width: 2, textTokens: 4 };
const CONTEXT = 96;
/** As an encoder, a transformer and a VAE alternate: passes of each a prompt. */
const CHAIN = [
  { name: "first", single: 5, passes: 1 },
  { name: "second", single: 8, passes: 3 },
  { name: "third", single: 1, passes: 1 },
] as const;
const PROMPTS = 8;

/** Prompts over three models on the CPU as a device with memory of its own. Shares are of all weights. */
async function prompts(folder: string, vramShare: number, ramShare: number) {
  const library = await openGgml({ env: { WEIR_DISCRETE_CPU: "1" } });
  const { backend, memory } = library.open("cpu", { threads: 1 });
  const models = await Promise.all(
    CHAIN.map(async ({ name }) => openFlux2(await openSafetensors(path.join(folder, `${name}.safetensors`)))),
  );
  const all = models.flatMap(({ weights }) => weights).reduce((sum, { entry }) => sum + entry.bytes, 0);
  const runtime = createRuntime({
    backend,
    memory,
    policy: "dynamic",
    precision: "native",
    vram: 2 ** 30,
    vramWeights: { bytes: Math.ceil(all * vramShare) },
    ram: Math.ceil(all * ramShare),
  });
  const hashes: string[] = [];
  const held: { vram: number; ram: number; read: number }[] = [];
  try {
    const loaded = models.map((model) => runtime.load(model));
    for (let prompt = 0; prompt < PROMPTS; prompt++) {
      const hash = createHash("sha256");
      for (const [i, { passes }] of CHAIN.entries()) {
        const model = loaded[i]!.model as (typeof models)[number];
        const run = await loaded[i]!.begin([model.pass(SHAPE)], { repeat: passes });
        for (let pass = 0; pass < passes; pass++) {
          const x = Float32Array.from({ length: 128 * SHAPE.height * SHAPE.width }, (_, n) => Math.sin(n + prompt));
          const context = Float32Array.from({ length: SHAPE.textTokens * CONTEXT }, (_, n) => Math.cos(n));
          const [out] = await run.pass([flux2Inputs(model.dims, SHAPE, { x, context, sigma: [1 - pass / 4] })]);
          hash.update(new Uint8Array(out!["out"]!.slice().buffer));
        }
        run.end();
      }
      hashes.push(hash.digest("hex"));
      const { vram, ram, counters } = runtime.stats();
      held.push({ vram: vram.used, ram: ram!.used, read: counters.readBytes });
    }
    await runtime.trim();
    const { vram, ram } = runtime.stats();
    return { all, hashes, held, peakRam: ram!.peak, after: [vram.byKind["weights"]!.used, ram!.cached] };
  } finally {
    await runtime.close();
    memory.close();
  }
}

test("three models take turns on a real device: the same pictures at every budget, memory is flat, and what a tier can hold is read once", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "weir-several-"));
  try {
    for (const { name, single } of CHAIN)
      await writeFlux2File(path.join(folder, `${name}.safetensors`), {
        hidden: 128,
        double: 1,
        single,
        context: CONTEXT,
      });
    const roomy = await prompts(folder, 1.1, 0);
    expect(roomy.held.at(-1)!.read).toBe(roomy.held[0]!.read);
    const last = (held: readonly { read: number }[]) => held.at(-1)!.read - held.at(-2)!.read;
    const perPrompt: number[] = [];
    for (const [vram, ram] of [
      [0.7, 2],
      [0.7, 0.6],
      [0.7, 0],
      [0.5, 0.3],
    ] as const) {
      const run = await prompts(folder, vram, ram);
      expect(run.hashes).toEqual(roomy.hashes);
      // From the third prompt on nothing grows, and all of it can be had back.
      const steady = run.held.slice(2);
      expect(Math.max(...steady.map((at) => at.vram))).toBeLessThanOrEqual(1.02 * steady[0]!.vram);
      expect(Math.max(...steady.map((at) => at.ram))).toBeLessThanOrEqual(1.02 * steady[0]!.ram);
      expect(run.after).toEqual([0, 0]);
      perPrompt.push(last(run.held));
    }
    // RAM that holds all: each weight is read once. Less: the more is read, the less the tiers hold; never all of it again.
    expect(perPrompt[0]).toBe(0);
    expect(perPrompt[1]).toBeLessThan(perPrompt[2]!);
    expect(perPrompt[2]).toBeLessThan(roomy.all);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
