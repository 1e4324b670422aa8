import { expect, test } from "vitest";
import type { Model } from "../models/model.ts";
import type { LoadedModel, Runtime } from "../runtime/runtime.ts";
import type { Prompt } from "../workflow/node.ts";
import { allNodes } from "./index.ts";
import { UpcomingModels } from "./upcomingModels.ts";

const byName = new Map(allNodes.map((node) => [node.name, node]));
const modelOf = (path: string) => ({ kind: "any", source: { path }, weights: [] }) as unknown as Model;
const runtime = { load: (model: Model) => ({ model }) as LoadedModel } as unknown as Runtime;
const node = (class_type: string, inputs: Record<string, unknown>) => ({ class_type, inputs });

/** A picture from a text, guided and under a LoRA, whose sigmas come of the model, too. */
const prompt: Prompt = {
  unet: node("UNETLoader", { unet_name: "dit", weight_dtype: "default" }),
  lora: node("LoraLoaderModelOnly", { model: ["unet", 0], lora_name: "style", strength_model: 1 }),
  clip: node("CLIPLoader", { clip_name: "te", type: "flux2" }),
  text: node("CLIPTextEncode", { clip: ["clip", 0], text: "a star" }),
  guider: node("BasicGuider", { model: ["lora", 0], conditioning: ["text", 0] }),
  sigmas: node("BasicScheduler", { model: ["lora", 0], scheduler: "simple", steps: 4, denoise: 1 }),
  noise: node("RandomNoise", { noise_seed: 1n }),
  sampler: node("KSamplerSelect", { sampler_name: "euler" }),
  latent: node("EmptyFlux2LatentImage", { width: 64, height: 64, batch_size: 1 }),
  sample: node("SamplerCustomAdvanced", {
    noise: ["noise", 0],
    guider: ["guider", 0],
    sampler: ["sampler", 0],
    sigmas: ["sigmas", 0],
    latent_image: ["latent", 0],
  }),
  vae: node("VAELoader", { vae_name: "vae" }),
  decode: node("VAEDecode", { samples: ["sample", 0], vae: ["vae", 0] }),
  save: node("SaveImage", { images: ["decode", 0], filename_prefix: "p" }),
};
const names = (models: readonly LoadedModel[]) => models.map(({ model }) => model.source.path);

test("models come in the order in which the graph runs them, each known from its loader on", () => {
  const upcoming = new UpcomingModels((name) => byName.get(name));
  upcoming.begin(prompt, ["save"]);
  const load = (id: string, file: string) => {
    upcoming.watch(runtime, id).load(modelOf(file));
    upcoming.done(id);
  };
  load("clip", "te");
  const after = (id: string) => {
    const { soon, later } = upcoming.after(id);
    return [names(soon), names(later)];
  };
  expect(after("text")).toEqual([[], ["te"]]);
  load("unet", "dit");
  load("lora", "style");
  load("vae", "vae");
  const all = ["te", "style", "dit", "vae"];
  expect(after("text")).toEqual([["style", "dit", "vae"], all]);
  upcoming.done("text");
  expect(after("guider")).toEqual([["style", "dit", "vae"], all]);
  // A scheduler looks at a model and does not run it.
  expect(after("sigmas")).toEqual([["style", "dit", "vae"], all]);
  expect(after("sample")).toEqual([["vae"], all]);
  upcoming.done("sample");
  expect(after("decode")).toEqual([[], all]);
});

test("in another prompt whose loaders are kept, what they loaded is known from the start, whatever their ids", () => {
  const upcoming = new UpcomingModels((name) => byName.get(name));
  upcoming.begin(prompt, ["save"]);
  for (const [id, file] of [
    ["clip", "te"],
    ["unet", "dit"],
    ["vae", "vae"],
  ] as const)
    upcoming.watch(runtime, id).load(modelOf(file));
  const renamed = JSON.parse(
    JSON.stringify(prompt, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value)).replaceAll(
      '"vae"',
      '"v"',
    ),
  ) as Prompt;
  const again = {
    ...renamed,
    v: node("VAELoader", { vae_name: "vae" }),
    decode: node("VAEDecode", { samples: ["sample", 0], vae: ["v", 0] }),
  };
  upcoming.begin(again, ["save"]);
  upcoming.done("clip");
  expect(names(upcoming.after("text").soon)).toEqual(["dit", "vae"]);
  // Another file in a loader is not known before it has run.
  upcoming.begin({ ...prompt, unet: node("UNETLoader", { unet_name: "other", weight_dtype: "default" }) }, ["save"]);
  expect(names(upcoming.after("text").soon)).toEqual(["vae"]);
});
