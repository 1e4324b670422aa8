import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { openGgml } from "../../src/ggml/index.ts";
import type { MemoryEvent } from "../../src/memory/eventLog.ts";
import { createRuntime } from "../../src/runtime/createRuntime.ts";
import { hashOfPasses, writeModel } from "./hashOfPasses.ts";

const PASSES = 6;

/** A synthetic Flux 2 on the CPU as a device of its own. `curve`: what the device has for us, as a share of `vram`, at each stage. */
async function draw(file: string, vram: number, ram: number, curve: (stage: number) => number) {
  const library = await openGgml({ env: { WEIR_DISCRETE_CPU: "1" } });
  const { backend, memory } = library.open("cpu", { threads: 1 });
  const events: MemoryEvent[] = [];
  const warnings: string[] = [];
  const held: { used: number; available: number }[] = [];
  let stage = 0;
  let available = vram;
  const runtime = createRuntime({
    backend,
    memory,
    policy: "dynamic",
    precision: "native",
    vram,
    ram,
    onMemoryEvent: (event) => events.push(event),
    warn: (text) => warnings.push(text),
    onStage: ({ vramUsed }) => {
      held.push({ used: vramUsed, available });
      available = Math.floor(vram * curve(stage++));
      runtime.setVram(available);
    },
  });
  try {
    const hash = await hashOfPasses(runtime, file, PASSES);
    return { hash, events, warnings, held, stages: stage, stats: runtime.stats() };
  } finally {
    await runtime.close();
    memory.close();
  }
}

test("other programs take and give back a device's memory under a run: weights follow, the picture is the same, and going up and down all the time is told once", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "weir-follow-"));
  try {
    const file = path.join(folder, "model.safetensors");
    await writeModel(file);
    const calm = await draw(file, 2 ** 30, 0, () => 1);
    const peak = calm.stats.vram.peak;
    const perPass = calm.stages / PASSES;
    expect(calm.warnings).toEqual([]);

    const dip = (stage: number) => (stage < 1.5 * perPass ? 1 : stage < 3 * perPass ? 0.5 : 1);
    const dipped = await draw(file, peak, 0, dip);
    expect(dipped.hash).toBe(calm.hash);
    // One stage after the loss at the latest weights have made way; after it all of them are back.
    for (const [i, { used, available }] of dipped.held.entries())
      if (i > 0 && dipped.held[i - 1]!.available === available) expect(used).toBeLessThanOrEqual(available);
    expect(dipped.held.at(-1)!.used).toBe(calm.held.at(-1)!.used);
    const reasons = dipped.events.flatMap((event) => (event.kind === "budget" && event.reason ? [event.reason] : []));
    expect(reasons).toEqual(["pressure", "pressure", "recovery"]);
    expect(dipped.warnings).toEqual([]);

    const shaken = await draw(file, peak, 0, (stage) => (stage % 4 < 2 ? 1 : 0.4));
    expect(shaken.hash).toBe(calm.hash);
    expect(shaken.warnings).toHaveLength(1);
    expect(shaken.warnings[0]).toContain("the budget of device memory goes up and down");

    // With next to nothing left the run goes on with the least that a stage needs.
    const starved = await draw(file, peak, 0, (stage) => (stage < perPass ? 1 : 0));
    expect(starved.hash).toBe(calm.hash);
    expect(starved.held.at(-1)!.used).toBeLessThan(peak / 2);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("a device that has no room for a run's activations gets weights back, and the run goes on", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "weir-refused-"));
  const file = path.join(folder, "model.safetensors");
  await writeModel(file);
  const library = await openGgml({ env: { WEIR_DISCRETE_CPU: "1" } });
  const { backend, memory } = library.open("cpu", { threads: 1 });
  let refusals = 0;
  const refusing = new Proxy(backend, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name === "reserveActivations")
        return (bytes: number) => (bytes > 0 && refusals-- > 0 ? 0 : target.reserveActivations(bytes));
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const runtime = createRuntime({ backend: refusing, memory, policy: "dynamic", precision: "native", vram: 2 ** 30 });
  try {
    const drawn: string[] = [];
    for (const refused of [0, 1]) {
      refusals = refused;
      drawn.push(await hashOfPasses(runtime, file, 1));
    }
    expect(drawn[1]).toBe(drawn[0]);
    const { droppedBytesByReason } = runtime.stats().counters;
    expect(droppedBytesByReason.trim).toBeGreaterThan(0);
    refusals = Number.POSITIVE_INFINITY;
    await expect(hashOfPasses(runtime, file, 1)).rejects.toMatchObject({ code: "device-full" });
  } finally {
    await runtime.close();
    memory.close();
    await rm(folder, { recursive: true, force: true });
  }
});
