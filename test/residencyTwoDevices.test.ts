import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSafetensors } from "../src/formats/safetensors.ts";
import { arrayMemory } from "../src/memory/arrayMemory.ts";
import type { MemoryEvent } from "../src/memory/eventLog.ts";
import { RamTier } from "../src/memory/ramTier.ts";
import { type Happening, needlessReads } from "../src/memory/testing/needlessReads.ts";
import { createReferenceBackend } from "../src/reference/index.ts";
import { createRuntime } from "../src/runtime/createRuntime.ts";
import { Faults } from "./proof/faults.ts";
import { openTiny, type TinyFile, tinyInput, writeTinyFile } from "./proof/tinyModel.ts";
import { watch } from "./proof/watched.ts";

/**
 * Two reference devices with memory of their own, each with a pool and a residency, and one RAM tier that feeds both. Under every submission the bytes
 * are those of the file (`watch`); who gave what to whom is in two logs, each of which names its device.
 */
const MODELS = [
  { name: "left", stages: 7, passes: 3 },
  { name: "right", stages: 5, passes: 2 },
] as const;
const TOKENS = 2;
const ROUNDS = 4;

let folder: string;
const files: TinyFile[] = [];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "weir-pair-"));
  for (const [i, { name, stages }] of MODELS.entries())
    files.push(await writeTinyFile(path.join(folder, `${name}.safetensors`), name, stages, i + 1));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bytesOf = (file: TinyFile): number => [...file.resident.values()].reduce((sum, { length }) => sum + length, 0);

interface Options {
  /** Of each model's weights, what its device may hold. */
  readonly vram: number;
  /** Of both models' weights, what RAM may hold, staging included. */
  readonly ram: number;
  /** Both devices at the same time, or in turn. */
  readonly together: boolean;
}

async function pair({ vram, ram, together }: Options) {
  const all = bytesOf(files[0]!) + bytesOf(files[1]!);
  const tier = new RamTier(arrayMemory, Math.ceil(all * ram));
  const merged: Happening[] = [];
  const logs: MemoryEvent[][] = [[], []];
  const devices = MODELS.map(({ name, stages }, i) => {
    const { backend, memory } = watch(createReferenceBackend(), new Faults(), {
      discrete: true,
      expected: (weight) => files[i]!.resident.get(weight),
    });
    const device = `reference${i}`;
    const info = { ...backend.info, id: device };
    const runtime = createRuntime({
      backend: Object.create(backend, { info: { value: info } }) as typeof backend,
      memory: { ...memory, device },
      policy: "dynamic",
      precision: "native",
      vram: 2 ** 30,
      vramWeights: { bytes: Math.ceil(bytesOf(files[i]!) * vram) },
      ramTier: tier,
      onMemoryEvent(event) {
        logs[i]!.push(event);
        if (!("weight" in event)) return;
        // Weights are numbered from 0 in each residency.
        const own = { ...event, weight: 1000 * i + event.weight };
        merged.push(own);
        if (own.kind === "move" && own.from === "disk") merged.push({ kind: "read", weight: own.weight });
      },
    });
    return { name, stages, runtime };
  });
  const outputs: string[][] = [[], []];
  try {
    const models = await Promise.all(
      devices.map(async ({ name, stages }) =>
        openTiny(await openSafetensors(path.join(folder, `${name}.safetensors`)), name, stages),
      ),
    );
    const loaded = devices.map(({ runtime }, i) => runtime.load(models[i]!));
    const draw = async (i: number, round: number): Promise<void> => {
      const { passes, stages } = MODELS[i]!;
      const run = await loaded[i]!.begin([models[i]!.pass(TOKENS)], { repeat: passes });
      for (let pass = 0; pass < passes; pass++) {
        const [out] = await run.pass([tinyInput(TOKENS, 10 * round + pass)]);
        outputs[i]!.push(Buffer.from(out![`x.${stages}`]!.buffer).toString("hex"));
      }
      run.end();
      tier.checkInvariants();
    };
    for (let round = 0; round < ROUNDS; round++) {
      if (together) await Promise.all([draw(0, round), draw(1, round)]);
      else for (const i of [0, 1]) await draw(i, round);
    }
    const reads = devices.map(({ runtime }) => runtime.stats().counters.readBytes);
    const cached = devices.map(({ runtime }) => runtime.stats().residency.ramBytes);
    const peak = tier.ledger.peak;
    const limit = tier.limit;
    expect(cached[0]! + cached[1]!).toBe(tier.used);
    // Freeing one device leaves the other's copies.
    await devices[0]!.runtime.trim();
    expect(tier.used).toBe(cached[0]! + cached[1]!);
    await devices[0]!.runtime.close();
    expect(tier.used).toBe(devices[1]!.runtime.stats().residency.ramBytes);
    await devices[1]!.runtime.close();
    expect([tier.used, tier.ledger.usedBy("weights")]).toEqual([0, 0]);
    return { all, outputs, logs, merged, reads, cached, peak, limit, budget: tier.budget };
  } finally {
    for (const { runtime } of devices) await runtime.close();
  }
}

test("two devices, two pools, one RAM tier: the same outputs at every budget, in turn and at the same time", async () => {
  const roomy = await pair({ vram: 1.1, ram: 2, together: false });
  for (const options of [
    { vram: 0.4, ram: 1.3, together: false },
    { vram: 0.4, ram: 0.5, together: false },
    { vram: 0.4, ram: 0.5, together: true },
    { vram: 0.3, ram: 0, together: true },
  ]) {
    const run = await pair(options);
    expect(run.outputs).toEqual(roomy.outputs);
    // Staging has to be there even where RAM may hold nothing.
    if (options.ram > 0) expect(run.peak).toBeLessThanOrEqual(run.budget);
    for (const [i, log] of run.logs.entries()) {
      expect(log.length).toBeGreaterThan(20);
      expect(new Set(log.map(({ device }) => device))).toEqual(new Set([`reference${i}`]));
    }
    expect(needlessReads(run.merged, run.limit)).toEqual([]);
  }
});

test("RAM that holds both models reads each weight once; where it holds less, one device's copies make way for the other's", async () => {
  const both = await pair({ vram: 0.4, ram: 1.3, together: false });
  expect(both.reads).toEqual(files.map(bytesOf));
  expect(both.cached.every((bytes) => bytes > 0)).toBe(true);
  const tight = await pair({ vram: 0.4, ram: 0.5, together: false });
  const read = (sides: readonly number[]) => sides[0]! + sides[1]!;
  expect(read(tight.reads)).toBeGreaterThan(read(both.reads));
  expect(tight.logs.every((log) => log.some((event) => event.kind === "drop" && event.from === "ram"))).toBe(true);
});
