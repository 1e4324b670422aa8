import { copyFile, mkdir, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobResult } from "../src/engine/messages.ts";
import { startEngine } from "../src/engine/supervisor.ts";
import type { RunStats } from "../src/runtime/runtime.ts";
import type { Prompt } from "../src/workflow/node.ts";

/**
 * An engine that holds two transformers, two text encoders and a VAE, in VRAM and RAM, is killed in its second prompt. The pictures are those of an
 * engine that was not. What it held is gone with its process, copies in RAM too: the job's second run reads each weight again, once.
 */
const root = path.join(import.meta.dirname, "..");
const demo = path.join(root, "demo");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "weir-models-death-"));
  for (const [kind, name, other] of [
    ["diffusion_models", "weir-demo-dit.safetensors", "other-dit.safetensors"],
    ["text_encoders", "weir-demo-te.safetensors", "other-te.safetensors"],
    ["vae", "weir-demo-vae.safetensors", null],
  ] as const) {
    const to = path.join(folder, "models", kind);
    await mkdir(to, { recursive: true });
    await copyFile(path.join(demo, "models", kind, name), path.join(to, name));
    if (other === null) continue;
    await copyFile(path.join(demo, "models", kind, name), path.join(to, other));
    // The encoder's file ends with its tokenizer.
    if (kind === "diffusion_models") await alter(path.join(to, other));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Other values in the last third: the lowest bits of each. A mix-up of the two files shows in the picture. */
async function alter(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    const { size } = await handle.stat();
    const start = 2 * Math.floor(size / 3);
    const bytes = Buffer.alloc(size - start);
    await handle.read(bytes, 0, bytes.length, start);
    for (let i = start % 2; i < bytes.length; i += 2) bytes[i]! ^= 0x1f;
    await handle.write(bytes, 0, bytes.length, start);
  } finally {
    await handle.close();
  }
}

/** The demo's workflow, and beside it the same with the other transformer and the other encoder. One VAE serves both. */
async function twoWorkflows(text: string, seed: number): Promise<Prompt> {
  const one = JSON.parse(await readFile(path.join(demo, "klein.json"), "utf8")) as Record<
    string,
    { class_type: string; inputs: Record<string, unknown> }
  >;
  for (const { inputs } of Object.values(one)) {
    if ("width" in inputs) inputs["width"] = inputs["height"] = 64;
    if ("steps" in inputs) inputs["steps"] = 2;
    if ("text" in inputs) inputs["text"] = text;
    if ("noise_seed" in inputs) inputs["noise_seed"] = seed;
  }
  const shared = "3";
  const second = Object.entries(one).flatMap(([id, node]) => {
    if (id === shared) return [];
    const inputs = Object.fromEntries(
      Object.entries(node.inputs).map(([name, value]) =>
        Array.isArray(value) && value[0] !== shared ? [name, [`b${value[0]}`, value[1]]] : [name, value],
      ),
    );
    if ("unet_name" in inputs) inputs["unet_name"] = "other-dit.safetensors";
    if ("clip_name" in inputs) inputs["clip_name"] = "other-te.safetensors";
    if ("filename_prefix" in inputs) inputs["filename_prefix"] = "other";
    return [[`b${id}`, { ...node, inputs }]];
  });
  return { ...one, ...Object.fromEntries(second) } as Prompt;
}

interface Outcome {
  readonly pictures: readonly Buffer[];
  readonly stats: RunStats;
  readonly pid: number;
}

/** Two prompts through one supervisor; what each left. */
async function session(name: string, env: Readonly<Record<string, string>>): Promise<readonly [Outcome, Outcome]> {
  const output = path.join(folder, name);
  await mkdir(output);
  const engine = await startEngine(
    {
      device: "cpu",
      baseDirectory: folder,
      outputDirectory: output,
      // A fourth of the weights, so that RAM holds what VRAM does not.
      vramWeights: "10MB",
      vram: "200MB",
      ram: "300MB",
      threads: 1,
      disableDynamicVram: false,
      forceFp32: false,
      disableMetadata: true,
      verbose: false,
    },
    {
      entry: path.join(root, "src", "engine", "main.ts"),
      env: { ...process.env, NODE_OPTIONS: "--import jiti/register", WEIR_DISCRETE_CPU: "1", ...env },
    },
  );
  try {
    const draw = async (text: string, seed: number): Promise<Outcome> => {
      const prompt = await twoWorkflows(text, seed);
      const result: JobResult = await engine.run({ id: text, prompt, extraPngInfo: {} }, () => {});
      if (result.status !== "success") throw new Error(JSON.stringify(result));
      const made = Object.values(result.outputs).flatMap((ui) => (ui["images"] ?? []) as { filename: string }[]);
      const names = made.map(({ filename }) => filename).sort();
      const pictures = await Promise.all(names.map((file) => readFile(path.join(output, file))));
      return { pictures, stats: result.stats, pid: engine.pid };
    };
    return [await draw("a red circle", 1), await draw("a blue star", 2)];
  } finally {
    await engine.close();
  }
}

test("an engine that dies with five models loaded: the same pictures, each weight is read once more, and no more than a first run takes is in use", async () => {
  const [first, second] = await session("undisturbed", {});
  expect(new Set(first.stats.passes.map(({ model }) => model)).size).toBe(5);
  expect(second.pictures).toHaveLength(2);
  expect(second.pictures[0]!.equals(second.pictures[1]!)).toBe(false);
  // The second prompt reads nothing: what VRAM does not hold RAM does.
  expect(second.stats.counters.readBytes).toBe(first.stats.counters.readBytes);
  expect(second.stats.counters.movedBytes).toBeGreaterThan(first.stats.counters.movedBytes);
  expect(second.pid).toBe(first.pid);

  const [before, during] = [first, second].map(({ stats }) => stats.counters.acquires) as [number, number];
  const dying = before + Math.floor((during - before) * 0.7);
  const [again, after] = await session("killed", { WEIR_TEST_CRASH: `stage:${dying}:kill` });
  expect(again.pid).not.toBe(after.pid);
  for (const [i, picture] of second.pictures.entries()) expect(after.pictures[i]!.equals(picture)).toBe(true);
  // The new process began with nothing, and read what the whole job needs: as much as a first prompt.
  expect(after.stats.counters.readBytes).toBe(first.stats.counters.readBytes);
  expect(after.stats.ram!.cached).toBeLessThanOrEqual(after.stats.ram!.budget);
  expect(after.stats.vram.peak).toBeLessThanOrEqual(first.stats.vram.peak);
});
