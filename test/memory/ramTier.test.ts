import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { openGgml } from "../../src/ggml/index.ts";
import { createRuntime, type RuntimeOptions } from "../../src/runtime/createRuntime.ts";
import { hashOfPasses, writeModel } from "./hashOfPasses.ts";

const PASSES = 3;

/** A synthetic Flux 2 on the CPU as a device with memory of its own: what came out, and what moved. */
async function draw(file: string, given: Partial<RuntimeOptions>) {
  const library = await openGgml({ env: { WEIR_DISCRETE_CPU: "1" } });
  const { backend, memory } = library.open("cpu", { threads: 1 });
  const runtime = createRuntime({ backend, memory, policy: "dynamic", precision: "native", vram: 2 ** 30, ...given });
  try {
    const hash = await hashOfPasses(runtime, file, PASSES);
    return { hash, ...runtime.stats() };
  } finally {
    await runtime.close();
    memory.close();
  }
}

test("on a real device: RAM holds what vram does not, the bytes are the same, and only what neither holds is read again", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "weir-ram-"));
  try {
    const file = path.join(folder, "model.safetensors");
    await writeModel(file);
    const vramWeights = { share: 0.4 };
    const none = await draw(file, { vramWeights });
    const all = await draw(file, { vramWeights, ram: 2 ** 30 });
    const { modelBytes, pinnedBytes } = none.residency;
    expect(none.counters.readBytes).toBe(none.counters.movedBytes);
    expect(all.counters.movedBytes).toBe(none.counters.movedBytes);
    expect(all.counters.readBytes).toBeLessThanOrEqual(none.passes[0]!.modelBytes);
    const { staging } = none.ram!;
    const budget = Math.ceil(0.3 * none.passes[0]!.modelBytes) + staging;
    const some = await draw(file, { vramWeights, ram: budget });
    expect(some.ram!.peak).toBeLessThanOrEqual(budget);
    expect(some.counters.readBytes).toBeGreaterThan(all.counters.readBytes);
    expect(some.counters.readBytes).toBeLessThan(none.counters.readBytes);
    expect(new Set([none, all, some].map(({ hash }) => hash)).size).toBe(1);
    expect([modelBytes, pinnedBytes]).toEqual([0, 0]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
