import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import type { EngineOptions, JobEvent, JobResult } from "../../src/engine/messages.ts";
import { liveBufferBytes } from "../../src/ggml/index.ts";
import type { RunStats } from "../../src/runtime/runtime.ts";
import { parseJson } from "../../src/workflow/losslessJson.ts";
import type { Prompt } from "../../src/workflow/node.ts";

/**
 * CLIPLoader's `device`: the text encoder on the CPU beside the device that draws. The CPU plays that device (WEIR_DISCRETE_CPU), with memory of its
 * own, so both compute the same numbers and the pictures must be the same bytes.
 */
const demo = path.join(import.meta.dirname, "..", "..", "demo");
let folder: string;
let workflow: Prompt;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "weir-two-"));
  workflow = parseJson(await readFile(path.join(demo, "klein.json"), "utf8")) as Prompt;
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const was = process.env["WEIR_DISCRETE_CPU"];
beforeEach(() => {
  process.env["WEIR_DISCRETE_CPU"] = "1";
});
afterEach(() => {
  if (was === undefined) delete process.env["WEIR_DISCRETE_CPU"];
  else process.env["WEIR_DISCRETE_CPU"] = was;
});

/** A small picture, its text encoder where `device` says. */
const prompt = (device: "default" | "cpu"): Prompt =>
  Object.fromEntries(
    Object.entries(workflow).map(([id, node]) => {
      const inputs = { ...node.inputs };
      for (const side of ["width", "height"]) if (side in inputs) inputs[side] = 64;
      if ("steps" in inputs) inputs["steps"] = 2;
      if (node.class_type === "CLIPLoader") inputs["device"] = device;
      return [id, { ...node, inputs }];
    }),
  );

async function draw(device: "default" | "cpu", options: Partial<EngineOptions> = {}, jobs = 1) {
  const events: JobEvent[] = [];
  const engine = await createEngine(
    {
      device: "cpu",
      baseDirectory: demo,
      outputDirectory: folder,
      disableDynamicVram: false,
      forceFp32: false,
      disableMetadata: true,
      verbose: false,
      trace: true,
      cache: { kind: "none" },
      ...options,
    },
    { onCrumb() {}, onStage() {} },
  );
  try {
    let result: JobResult | undefined;
    for (let n = 0; n < jobs; n++) {
      const job = { id: `job ${n}`, prompt: prompt(device), extraPngInfo: {} };
      result = await engine.run(job, new AbortController().signal, (event) => events.push(event));
    }
    if (result?.status !== "success") return { result, stats: engine.stats(), hash: "", events };
    const images = Object.values(result.outputs).flatMap((ui) => (ui["images"] ?? []) as { filename: string }[]);
    const bytes = await readFile(path.join(folder, images[0]!.filename));
    return { result, stats: result.stats, hash: createHash("sha256").update(bytes).digest("hex"), events };
  } finally {
    await engine.close();
    expect(liveBufferBytes()).toBe(0);
  }
}

const kinds = ({ passes }: RunStats) => [...new Set(passes.map(({ kind }) => kind))];

test("the encoder on the CPU, the rest on the device: the same picture, and each device's numbers are its own", async () => {
  const one = await draw("default", { ram: "1GB" });
  const two = await draw("cpu", { ram: "1GB" });
  expect([one.result?.status, two.result?.status]).toEqual(["success", "success"]);
  expect(two.hash).toBe(one.hash);
  expect(one.stats.others).toBeUndefined();
  const [cpu, ...more] = two.stats.others!;
  expect(more).toEqual([]);
  expect([two.stats.device.unified, cpu!.device.unified]).toEqual([false, true]);
  expect(kinds(one.stats)).toEqual(["text-encoder", "flux2", "vae"]);
  expect(kinds(two.stats)).toEqual(["flux2", "vae"]);
  expect(kinds(cpu!)).toEqual(["text-encoder"]);
  // The encoder's bytes are RAM and no part of --vram.
  expect(cpu!.counters.movedBytes).toBeGreaterThan(5e5);
  expect(two.stats.counters.movedBytes + cpu!.counters.movedBytes).toBe(one.stats.counters.movedBytes);
  expect(cpu!.vram.budget).toBe(1e9);
  // Everything that is told as it happens names its device.
  const stages = two.events.filter((event) => event.kind === "stage");
  expect(stages.every(({ device }) => device === "cpu")).toBe(true);
  expect(stages.some(({ vramBudget }) => vramBudget === 1e9)).toBe(true);
  const spans = two.events.flatMap((event) => (event.kind === "trace" ? event.spans : []));
  expect(spans.filter(({ track, device }) => track !== "nodes" && device !== "cpu")).toEqual([]);
});

test("--ram is for copies and the CPU's pool together; too little is said with the flag that helps", async () => {
  const { result, stats } = await draw("cpu", { ram: "100KB" });
  expect(result).toMatchObject({
    status: "error",
    error: { code: "does-not-fit", message: expect.stringMatching(/text-encoder.*Try --ram \S+\.$/) },
  });
  expect(stats.others![0]!.vram.budget).toBe(100e3);

  // Room for the encoder, and for the copies that a streaming transformer would have.
  const bytes = 40_000_000;
  const shared = await draw("cpu", { ram: `${bytes}B`, vramWeights: "4MB" }, 2);
  expect(shared.result?.status).toBe("success");
  const [cpu] = shared.stats.others!;
  expect(cpu!.vram.peak).toBeLessThanOrEqual(bytes);
  expect(shared.stats.ram!.budget + cpu!.vram.used).toBeLessThanOrEqual(bytes);
});

test("where everything runs on the CPU already, it is the same runtime", async () => {
  delete process.env["WEIR_DISCRETE_CPU"];
  const { result, stats } = await draw("cpu");
  expect(result?.status).toBe("success");
  expect(stats.others).toBeUndefined();
  expect(kinds(stats)).toEqual(["text-encoder", "flux2", "vae"]);
});
