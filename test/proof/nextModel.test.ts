import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import type { EngineOptions } from "../../src/engine/messages.ts";
import type { MemoryEvent } from "../../src/memory/eventLog.ts";
import { parseJson } from "../../src/workflow/losslessJson.ts";
import type { Prompt } from "../../src/workflow/node.ts";

/** The demo's three models over several prompts of one engine, on a device with memory of its own that the CPU plays. */
const demo = path.join(import.meta.dirname, "..", "..", "demo");
let folder: string;
let workflow: Prompt;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "weir-next-"));
  workflow = parseJson(await readFile(path.join(demo, "klein.json"), "utf8")) as Prompt;
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => void vi.stubEnv("WEIR_DISCRETE_CPU", "1"));
afterEach(() => void vi.unstubAllEnvs());

interface Change {
  readonly text?: string;
  readonly seed?: number;
  readonly side?: number;
  /** Before it, all weights leave every tier. */
  readonly free?: boolean;
}

const prompt = ({ text, seed = 1, side = 64 }: Change): Prompt =>
  Object.fromEntries(
    Object.entries(workflow).map(([id, node]) => {
      const inputs = { ...node.inputs };
      for (const name of ["width", "height"]) if (name in inputs) inputs[name] = side;
      if ("steps" in inputs) inputs["steps"] = 2;
      if ("noise_seed" in inputs) inputs["noise_seed"] = seed;
      if (text !== undefined && node.class_type === "CLIPTextEncode") inputs["text"] = text;
      return [id, { ...node, inputs }];
    }),
  );

/** What each prompt moved into device memory and read from files, and the reasons of all moves. */
async function run(changes: readonly Change[], options: Partial<EngineOptions>) {
  const moves: Extract<MemoryEvent, { kind: "move" }>[] = [];
  const engine = await createEngine(
    {
      device: "cpu",
      baseDirectory: demo,
      outputDirectory: folder,
      disableDynamicVram: false,
      forceFp32: false,
      disableMetadata: true,
      verbose: true,
      ...options,
    },
    { onCrumb() {}, onStage() {} },
  );
  try {
    const each: { moved: number; read: number }[] = [];
    for (const [n, change] of changes.entries()) {
      if (change.free) await engine.free({ freeMemory: false, unloadModels: true });
      const { counters: before } = engine.stats();
      const job = { id: `${n}`, prompt: prompt(change), extraPngInfo: {} };
      const result = await engine.run(job, new AbortController().signal, (event) => {
        if (event.kind === "memory" && event.event.kind === "move") moves.push(event.event);
      });
      expect(result.status).toBe("success");
      const { counters } = engine.stats();
      each.push({ moved: counters.movedBytes - before.movedBytes, read: counters.readBytes - before.readBytes });
    }
    return { each, moves };
  } finally {
    await engine.close();
  }
}

const session: readonly Change[] = [
  {},
  { seed: 2 },
  { text: "a blue star", seed: 3 },
  { side: 96 },
  { text: "a dog", side: 64 },
];

test("another seed, text or size reads and uploads nothing that still fits", async () => {
  const { each, moves } = await run(session, { vram: "400MB", ram: "0" });
  expect(each[0]!.moved).toBeGreaterThan(10e6);
  expect(each.slice(1)).toEqual(each.slice(1).map(() => ({ moved: 0, read: 0 })));
  // Each weight moved once.
  expect(new Set(moves.map(({ weight }) => weight)).size).toBe(moves.filter(({ to }) => to === "vram").length);
});

test("what comes next is read ahead while the text is encoded, once its loader has run", async () => {
  const again = { text: "a blue star", free: true };
  const { each, moves } = await run([{}, again], { vram: "400MB", ram: "0" });
  // The demo's graph loads its transformer after the text: in the first prompt nobody knows of it.
  const ahead = moves.filter(({ reason }) => reason === "ahead");
  const bytes = ahead.reduce((sum, move) => sum + move.bytes, 0);
  expect(bytes).toBeGreaterThan(10e6);
  // Nothing is brought that is not used; what the times make of the layers is kept, so that those weights are not needed again.
  expect(each[1]!.moved).toBeLessThan(each[0]!.moved);
  expect(each[1]!.read).toBeLessThan(each[0]!.read);
});
