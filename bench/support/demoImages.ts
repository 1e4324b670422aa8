import { readFile } from "node:fs/promises";
import path from "node:path";
import { createEngine, type EngineCore } from "../../src/engine/engine.ts";
import type { EngineOptions } from "../../src/engine/messages.ts";
import type { Prompt } from "../../src/workflow/node.ts";

export const DEMO = path.join(import.meta.dirname, "..", "..", "demo");

/** What a session does one after another: the first image, another seed, another prompt, another size. */
export const IMAGES = ["first image", "second (new seed)", "new prompt", "new size (384 x 256)"] as const;

export interface Drawn {
  readonly seconds: number;
  readonly movedBytes: number;
}

/** A fresh engine draws all of `IMAGES`, from the `first` on. Too small a budget returns the one that the message suggests. */
export async function demoImages(
  options: Pick<EngineOptions, "disableDynamicVram" | "outputDirectory" | "vram" | "device" | "threads">,
  first = 0,
): Promise<readonly Drawn[] | { readonly needed: string }> {
  const text = await readFile(path.join(DEMO, "klein.json"), "utf8");
  const engine = await createEngine(
    { ...options, forceFp32: false, baseDirectory: DEMO, disableMetadata: true, verbose: false },
    { onCrumb: () => {}, onStage: () => {} },
  );
  try {
    const drawn: Drawn[] = [];
    for (let image = first; image < IMAGES.length; image++) {
      const result = await draw(engine, promptOf(text, image), image);
      if ("needed" in result) return result;
      drawn.push(result);
    }
    return drawn;
  } finally {
    await engine.close();
  }
}

/** The workflow with what changed up to that image. Numbers are read as numbers: no seed here is large. */
function promptOf(text: string, image: number): Prompt {
  const prompt = JSON.parse(text) as Record<string, { class_type: string; inputs: Record<string, unknown> }>;
  const set = (type: string, values: Record<string, unknown>) => {
    for (const node of Object.values(prompt)) if (node.class_type === type) Object.assign(node.inputs, values);
  };
  if (image > 0) set("RandomNoise", { noise_seed: image });
  if (image > 1) set("CLIPTextEncode", { text: "a big yellow star in a night sky" });
  if (image > 2) {
    set("EmptyFlux2LatentImage", { width: 384, height: 256 });
    set("Flux2Scheduler", { width: 384, height: 256 });
  }
  return prompt as Prompt;
}

async function draw(engine: EngineCore, prompt: Prompt, image: number): Promise<Drawn | { readonly needed: string }> {
  const before = engine.stats().counters.movedBytes;
  const start = performance.now();
  const result = await engine.run(
    { id: String(image), prompt, extraPngInfo: {} },
    new AbortController().signal,
    () => {},
  );
  const seconds = (performance.now() - start) / 1000;
  if (result.status === "success") return { seconds, movedBytes: engine.stats().counters.movedBytes - before };
  const error = result.status === "error" ? result.error : undefined;
  const needed = /[Tt]ry --vram ([\d.]+[A-Z]+)/.exec(error?.message ?? "")?.[1];
  if (error?.code === "does-not-fit" && needed !== undefined) return { needed };
  throw new Error(error?.message ?? `the demo's workflow ended as ${result.status}`);
}
