import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { openGgml } from "../../src/ggml/index.ts";
import type { MemoryEvent } from "../../src/memory/eventLog.ts";
import { spreadPins } from "../../src/memory/spreadPins.ts";
import { staticPlacement } from "../../src/memory/staticPlacement.ts";
import { createFolders } from "../../src/nodes/folders.ts";
import { recordWorkflow } from "../../src/nodes/planning/recordWorkflow.ts";
import { predict } from "../../src/planner/predict.ts";
import { parseJson } from "../../src/workflow/losslessJson.ts";
import type { Prompt } from "../../src/workflow/node.ts";

/**
 * The demo's workflows, planned from headers and then run: the moves are the same, one by one. The plan is made before the run and knows of it
 * nothing but the budget.
 */
const demo = path.join(import.meta.dirname, "..", "..", "demo");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "weir-planned-"));
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => rm(folder, { recursive: true, force: true }));

async function smaller(file: string): Promise<Prompt> {
  const workflow = parseJson(await readFile(path.join(demo, file), "utf8")) as Prompt;
  return Object.fromEntries(
    Object.entries(workflow).map(([id, node]) => {
      const inputs = { ...node.inputs };
      for (const side of ["width", "height"]) if (side in inputs) inputs[side] = 64;
      if ("steps" in inputs) inputs["steps"] = 3;
      return [id, { ...node, inputs }];
    }),
  );
}

interface Case {
  readonly file: string;
  /** `--vram`: so many bytes beside what the largest run needs for activations; without it, plenty. */
  readonly beside?: number;
  /** `--vram-weights`. */
  readonly weights: { readonly bytes: number } | { readonly share: number };
  readonly fixed?: boolean;
  /** `--ram` of a CPU that plays a device with memory of its own: three tiers. */
  readonly ram?: number;
}

const PLENTY = 400e6;

const cases: readonly Case[] = [
  { file: "klein.json", weights: { bytes: PLENTY } },
  { file: "klein.json", weights: { share: 0.6 } },
  { file: "klein.json", weights: { bytes: 4e6 } },
  { file: "klein.json", beside: 9e6, weights: { bytes: PLENTY } },
  { file: "klein.json", beside: 5e6, weights: { bytes: PLENTY } },
  { file: "klein-cfg.json", weights: { share: 0.45 } },
  { file: "klein.json", weights: { bytes: PLENTY }, fixed: true },
  // Three tiers: room for all, for what streams, for some of it, for none.
  ...[400e6, 8e6, 4e6, 3e6, 0].flatMap((ram) => [
    { file: "klein.json", weights: { share: 0.6 }, ram },
    { file: "klein-cfg.json", weights: { bytes: 4e6 }, ram },
  ]),
  { file: "klein.json", beside: 5e6, weights: { bytes: PLENTY }, ram: 5e6 },
  { file: "klein-lora.json", weights: { share: 0.4 }, ram: 5e6 },
  { file: "klein-lora.json", weights: { share: 0.4 } },
  { file: "klein.json", weights: { bytes: PLENTY }, fixed: true, ram: 5e6 },
  // Too little: the refusal is planned as well.
  { file: "klein.json", weights: { bytes: 1e6 } },
  { file: "klein.json", beside: 1e6, weights: { bytes: PLENTY } },
];

const hooks = { onCrumb() {}, onStage() {}, onSaved() {} };

const decisions = (events: readonly MemoryEvent[]) =>
  events.filter(({ kind }) => kind === "move" || kind === "drop" || kind === "plan");

test.each(cases)(
  "$file, $beside bytes beside activations, weights $weights, RAM $ram: planned as run",
  async (given) => {
    const { file, beside, weights, fixed = false, ram } = given;
    const prompt = await smaller(file);

    vi.stubEnv("WEIR_DISCRETE_CPU", ram === undefined ? "" : "1");
    const { backend, memory } = (await openGgml()).open("cpu");
    const { alignment, maxBufferBytes } = backend.info;
    const recording = await recordWorkflow(prompt, createFolders({ baseDirectory: demo }), {
      device: { info: backend.info, activationBytes: (program) => backend.activationBytes(program) },
      precision: "native",
      vram: PLENTY,
      vramWeights: weights,
    });
    if (recording.status !== "recorded") throw new Error(JSON.stringify(recording));
    const largest = Math.max(...recording.runs.map((run) => run.activationBytes + run.carriedBytes));
    const vram = beside === undefined ? PLENTY : largest + beside;
    const predicted = await predict({
      device: { device: "cpu", alignment, maxChunkBytes: maxBufferBytes, discrete: !backend.info.unified },
      ...(ram !== undefined && { ram }),
      policy: fixed ? staticPlacement : spreadPins,
      budget: { vram, weights: "bytes" in weights ? weights.bytes : vram },
      models: recording.models.map(({ title, weights, afterRuns }) => ({ id: title, weights, afterRuns })),
      runs: recording.runs.map(({ schedule, uses, passes, activationBytes, carriedBytes, budget, next, ahead }) => ({
        schedule,
        next,
        ahead,
        reserved: activationBytes + carriedBytes,
        kept: activationBytes,
        uses: passes * uses.length,
        ...(budget && { budget }),
      })),
    });
    await backend.close();
    memory.close();

    const events: MemoryEvent[] = [];
    const engine = await createEngine(
      {
        device: "cpu",
        baseDirectory: demo,
        outputDirectory: folder,
        vram: `${vram}B`,
        vramWeights: "bytes" in weights ? `${weights.bytes}B` : `${100 * weights.share}%`,
        ...(ram !== undefined && { ram: ram === 0 ? "0" : `${ram}B` }),
        disableDynamicVram: fixed,
        forceFp32: false,
        disableMetadata: true,
        verbose: true,
      },
      hooks,
    );
    try {
      const job = { id: "job", prompt, extraPngInfo: {} };
      const result = await engine.run(job, new AbortController().signal, (event) => {
        if (event.kind === "memory") events.push(event.event);
      });
      expect(decisions(predicted.events)).toEqual(decisions(events));
      if (predicted.doesNotFit !== null) {
        expect(result).toMatchObject({ status: "error", error: { code: "does-not-fit" } });
        expect(result.status === "error" && result.error.detail).toMatchObject(predicted.doesNotFit);
        return;
      }
      expect(result.status).toBe("success");
      expect(decisions(events).length).toBeGreaterThan(100);
      if (result.status !== "success") return;
      expect(predicted.runs.at(-1)!.peakBytes).toBe(result.stats.vram.peak);
      const passes = recording.runs.reduce((sum, run) => sum + run.passes, 0);
      expect(result.stats.passes.length).toBe(passes);
    } finally {
      await engine.close();
    }
  },
);
