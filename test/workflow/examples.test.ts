import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { allNodes } from "../../src/nodes/index.ts";
import type { CatalogueContext, NodeContext } from "../../src/workflow/node.ts";
import { readWorkflow } from "../../src/workflow/readWorkflow.ts";
import { validate } from "../../src/workflow/validate.ts";

const root = new URL("../../", import.meta.url);
const files = ["demo", "examples"].flatMap((folder) =>
  readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith(".json"))
    .map((name) => `${folder}/${name}`),
);

/** What examples/README.md and demo/README.md say is in the folders. */
const shelves: Readonly<Record<string, readonly string[]>> = {
  diffusion_models: ["weir-demo-dit.safetensors", "flux-2-klein-4b.safetensors", "flux-2-klein-base-4b.safetensors"],
  text_encoders: ["weir-demo-te.safetensors", "qwen_3_4b.safetensors"],
  loras: ["weir-demo-outline.safetensors"],
  vae: ["weir-demo-vae.safetensors", "flux2-vae.safetensors"],
};
const catalogue: CatalogueContext = { list: (folder) => shelves[folder] ?? [] };

test("there are workflows", () => expect(files.length).toBeGreaterThanOrEqual(4));

test.each(files)("%s is valid where its models are", async (file) => {
  const { prompt } = readWorkflow({ name: file, json: readFileSync(new URL(file, root), "utf8") });
  const result = await validate(prompt, {
    nodes: (name) => allNodes.find((node) => node.name === name),
    catalogue,
    context: () => ({}) as NodeContext,
  });
  expect(result.nodeErrors).toEqual({});
  expect(result.ok && result.prompt).toEqual(prompt);
});
