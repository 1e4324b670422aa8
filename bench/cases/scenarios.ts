import { mkdir, readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { createEngine, type EngineCore } from "../../src/engine/engine.ts";
import { formatBytes } from "../../src/runtime/formatBytes.ts";
import type { Prompt } from "../../src/workflow/node.ts";
import type { Bench, BenchContext, Figure } from "../bench.ts";
import { DEMO } from "../support/demoImages.ts";
import { dropFromCache } from "../support/dropFromCache.ts";
import { showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { kleinShapes } from "../support/kleinShapes.ts";
import { ratios, rounds } from "../support/pairs.ts";
import { writeFlux2 } from "../writeFlux2.ts";

type Policy = "dynamic" | "static";
const POLICIES: readonly Policy[] = ["dynamic", "static"];

/** What a session does, one after the other: which transformer, and what of the workflow changes and stays so. */
const IMAGES = [
  { name: "first image, cold", model: "a", set: {} },
  { name: "second (new seed)", model: "a", set: { RandomNoise: { noise_seed: 1 } } },
  { name: "new prompt", model: "a", set: { CLIPTextEncode: { text: "a big yellow star in a night sky" } } },
  { name: "new size", model: "a", set: { EmptyFlux2LatentImage: { width: 96, height: 64 } } },
  { name: "another model, cold", model: "b", set: {} },
  { name: "and back", model: "a", set: { RandomNoise: { noise_seed: 2 } } },
] as const;

interface Drawn {
  readonly seconds: number;
  readonly moved: number;
  readonly read: number;
  readonly fromRam: number;
}

/**
 * What a person waits for with models of some size, against the classic way (`--disable-dynamic-vram`: whole models come and go). On the CPU, and on the
 * CPU as a device with memory of its own, where RAM keeps what has to leave. The files are dropped from the page cache before each session, where the system can.
 */
export const scenarios: Bench = async (context) => {
  const files = await makeModels(context);
  const figures: Figure[] = [];
  const bytes = files.bytes;
  // No limit; and room for one transformer, so that the other has to leave.
  for (const [title, vram, discrete] of [
    ["no limit", undefined, false],
    [`--vram for one model`, `${Math.ceil(1.25 * bytes + 400e6)}B`, false],
    [`discrete, --vram for one model`, `${Math.ceil(1.25 * bytes + 400e6)}B`, true],
  ] as const)
    figures.push(...(await session(context, files, title, vram, discrete)));
  return figures;
};

interface Models {
  readonly a: string;
  readonly b: string;
  readonly bytes: number;
  readonly base: string;
}

/** A folder of models: two transformers, and the demo's text encoder and VAE. */
async function makeModels({ folder, full, say }: BenchContext): Promise<Models> {
  const models = path.join(folder, "models");
  await mkdir(path.join(models, "diffusion_models"), { recursive: true });
  for (const kind of ["text_encoders", "vae"]) await symlink(path.join(DEMO, "models", kind), path.join(models, kind));
  const file = (name: string) => path.join(models, "diffusion_models", `${name}.safetensors`);
  const bytes = await writeFlux2(file("a"), kleinShapes(full));
  await writeFlux2(file("b"), kleinShapes(full));
  say(`two transformers of ${(bytes / 1e9).toFixed(2)} GB written`);
  return { a: file("a"), b: file("b"), bytes, base: folder };
}

async function session(
  context: BenchContext,
  models: Models,
  title: string,
  vram: string | undefined,
  discrete: boolean,
): Promise<readonly Figure[]> {
  const drawn: Record<Policy, (readonly Drawn[])[]> = { dynamic: [], static: [] };
  const sides = Object.fromEntries(
    POLICIES.map((policy) => [
      policy,
      async () => {
        for (const file of [models.a, models.b]) await dropFromCache(file);
        drawn[policy].push(await draw(context, models, policy, vram, discrete));
        return 0;
      },
    ]),
  );
  await rounds(context.full ? 6 : 3, sides, context.full ? 1800 : 240, 1);
  return IMAGES.map(({ name }, i): Figure => {
    // The first round only warms up.
    const of = (policy: Policy) => drawn[policy].slice(1).map((round) => round[i]!);
    const seconds = (policy: Policy) => of(policy).map((image) => image.seconds);
    const bytes = (policy: Policy) => {
      const { moved, read, fromRam } = of(policy).at(-1)!;
      return `${formatBytes(moved)} moved, ${formatBytes(read)} from disk${discrete ? `, ${formatBytes(fromRam)} from RAM` : ""}`;
    };
    return {
      what: `${name}, ${title}: dynamic over classic`,
      value: showInterval(interval(ratios(seconds("dynamic"), seconds("static")))),
      note: `dynamic ${showInterval(interval(seconds("dynamic")), " s")}, ${bytes("dynamic")}; classic ${interval(seconds("static")).median.toFixed(3)} s, ${bytes("static")}`,
    };
  });
}

/** A fresh engine draws all of `IMAGES`. */
async function draw(
  { device, threads }: BenchContext,
  { base }: Models,
  policy: Policy,
  vram: string | undefined,
  discrete: boolean,
): Promise<readonly Drawn[]> {
  process.env["WEIR_DISCRETE_CPU"] = discrete ? "1" : "";
  const engine = await createEngine(
    {
      device,
      baseDirectory: base,
      outputDirectory: path.join(base, "output"),
      disableDynamicVram: policy === "static",
      forceFp32: false,
      disableMetadata: true,
      verbose: false,
      ...(vram === undefined ? {} : { vram }),
      ...(threads === undefined ? {} : { threads }),
    },
    { onCrumb: () => {}, onStage: () => {} },
  );
  try {
    const prompt = await workflow();
    const drawn: Drawn[] = [];
    for (const { model, set } of IMAGES) {
      change(prompt, "UNETLoader", { unet_name: `${model}.safetensors` });
      for (const [type, values] of Object.entries(set)) change(prompt, type, values);
      drawn.push(await one(engine, prompt));
    }
    return drawn;
  } finally {
    await engine.close();
  }
}

type Workflow = Record<string, { class_type: string; inputs: Record<string, unknown> }>;

/** The demo's, in one small step: what is looked at is loading. */
async function workflow(): Promise<Workflow> {
  const prompt = JSON.parse(await readFile(path.join(DEMO, "klein.json"), "utf8")) as Workflow;
  for (const type of ["EmptyFlux2LatentImage", "Flux2Scheduler"]) change(prompt, type, { width: 64, height: 64 });
  change(prompt, "Flux2Scheduler", { steps: 1 });
  return prompt;
}

function change(prompt: Workflow, type: string, values: Readonly<Record<string, unknown>>): void {
  for (const node of Object.values(prompt)) if (node.class_type === type) Object.assign(node.inputs, values);
}

async function one(engine: EngineCore, prompt: Workflow): Promise<Drawn> {
  const before = engine.stats().counters;
  const start = performance.now();
  const job = { id: "image", prompt: prompt as Prompt, extraPngInfo: {} };
  const result = await engine.run(job, new AbortController().signal, () => {});
  const seconds = (performance.now() - start) / 1000;
  if (result.status !== "success")
    throw new Error(result.status === "error" ? result.error.message : `a scenario ended as ${result.status}`);
  const after = engine.stats().counters;
  return {
    seconds,
    moved: after.movedBytes - before.movedBytes,
    read: after.readBytes - before.readBytes,
    fromRam: after.ramBytes - before.ramBytes,
  };
}
