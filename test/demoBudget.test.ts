import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEngine } from "../src/engine/engine.ts";
import type { EngineOptions, JobResult } from "../src/engine/messages.ts";
import { liveBufferBytes } from "../src/ggml/index.ts";
import type { RunStats } from "../src/runtime/runtime.ts";
import { parseJson } from "../src/workflow/losslessJson.ts";
import type { Prompt } from "../src/workflow/node.ts";

/**
 * The demo, three models in one workflow, at the smallest `--vram` with which it runs, at 1.25 times that, with all the room there is, and with
 * dynamic VRAM off: the same bytes. The engine runs in this process, so that the sum of live ggml buffers can be read at every stage.
 */
const demo = path.join(import.meta.dirname, "..", "demo");
let folder: string;
let prompt: Prompt;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "weir-demo-"));
  const workflow = parseJson(await readFile(path.join(demo, "klein.json"), "utf8")) as Prompt;
  // A smaller picture in fewer steps: what is compared are bytes, and the second step is the steady one.
  prompt = Object.fromEntries(
    Object.entries(workflow).map(([id, node]) => {
      const inputs = { ...node.inputs };
      for (const side of ["width", "height"]) if (side in inputs) inputs[side] = 64;
      if ("steps" in inputs) inputs["steps"] = 3;
      return [id, { ...node, inputs }];
    }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Outcome {
  readonly result: JobResult;
  readonly hash: string;
  /** The most that live ggml buffers held at any stage. */
  readonly livePeak: number;
  readonly resident: string;
}

async function draw(options: Partial<EngineOptions>): Promise<Outcome> {
  let livePeak = 0;
  const engine = await createEngine(
    {
      device: "cpu",
      baseDirectory: demo,
      outputDirectory: folder,
      disableDynamicVram: false,
      forceFp32: false,
      disableMetadata: true,
      verbose: false,
      ...options,
    },
    { onCrumb: () => {}, onStage: () => void (livePeak = Math.max(livePeak, liveBufferBytes())) },
  );
  try {
    const result = await engine.run({ id: "job", prompt, extraPngInfo: {} }, new AbortController().signal, () => {});
    if (result.status !== "success") return { result, hash: "", livePeak, resident: "" };
    const images = Object.values(result.outputs).flatMap((ui) => (ui["images"] ?? []) as { filename: string }[]);
    const bytes = await readFile(path.join(folder, images[0]!.filename));
    const resident = [...engine.stats().residency.resident].sort((a, b) => a - b).join();
    return { result, hash: createHash("sha256").update(bytes).digest("hex"), livePeak, resident };
  } finally {
    await engine.close();
    expect(liveBufferBytes()).toBe(0);
  }
}

const statsOf = ({ result }: Outcome): RunStats => {
  if (result.status !== "success") throw new Error(JSON.stringify(result));
  return result.stats;
};

/** Asks for almost nothing and follows what each refusal says it needs: one step for each model that asks for more than those before it. */
async function smallest(flag: "vram" | "vramWeights"): Promise<{ bytes: number; outcome: Outcome }> {
  for (let bytes = 100_000, refusals = 0; ; refusals++) {
    const outcome = await draw({ [flag]: `${bytes}B` });
    const { result } = outcome;
    if (result.status !== "error") {
      expect(refusals).toBeGreaterThan(0);
      return { bytes, outcome };
    }
    expect(result.error.code).toBe("does-not-fit");
    expect(result.error.message).toMatch(/needs .* in all; the budget is .*\. Try --vram/);
    const needed = result.error.detail?.["needed"] as number;
    expect(needed).toBeGreaterThan(bytes);
    bytes = needed;
  }
}

test("the demo: the same bytes at its smallest budgets, at 1.25 x them, with all the room, and statically", async () => {
  const all = await draw({});
  const fixed = await draw({ disableDynamicVram: true });
  const runs: { readonly outcome: Outcome; readonly vram?: number; readonly weights?: number }[] = [];
  for (const flag of ["vram", "vramWeights"] as const) {
    const { bytes, outcome } = await smallest(flag);
    expect((await draw({ [flag]: `${bytes - 1}B` })).result.status).toBe("error");
    const more = Math.floor(1.25 * bytes);
    const key = flag === "vram" ? "vram" : "weights";
    runs.push({ outcome, [key]: bytes }, { outcome: await draw({ [flag]: `${more}B` }), [key]: more });
  }
  const outcomes = [all, fixed, ...runs.map(({ outcome }) => outcome)];
  expect(outcomes.map(({ result }) => result.status)).toEqual(outcomes.map(() => "success"));
  expect(new Set(outcomes.map(({ hash }) => hash)).size).toBe(1);

  for (const { outcome, vram, weights } of runs) {
    const stats = statsOf(outcome).vram;
    if (vram !== undefined) expect(stats.budget).toBe(vram);
    expect(stats.peak).toBeLessThanOrEqual(stats.budget);
    expect(stats.byKind["weights"]!.peak).toBeLessThanOrEqual(weights ?? stats.budget);
    expect(outcome.livePeak).toBeGreaterThan(0);
    expect(outcome.livePeak).toBeLessThanOrEqual(stats.peak);
  }
  const moved = (outcome: Outcome): number => statsOf(outcome).counters.movedBytes;
  expect(moved(all)).toBeGreaterThan(20e6);
  expect(moved(fixed)).toBe(moved(all));
  // The smallest `--vram` is what the VAE's activations ask for: room in which the transformer stays. The smallest weights make all of it stream.
  expect(moved(runs[0]!.outcome)).toBeGreaterThanOrEqual(moved(all));
  expect(moved(runs[2]!.outcome)).toBeGreaterThan(moved(runs[3]!.outcome));
  expect(moved(runs[3]!.outcome)).toBeGreaterThan(1.5 * moved(all));
  // Budgets leave other weights behind, though two of them may end with the same.
  const left = [all, runs[0]!.outcome, runs[2]!.outcome, runs[3]!.outcome].map(({ resident }) => resident);
  expect(new Set(left).size).toBeGreaterThanOrEqual(3);
});
