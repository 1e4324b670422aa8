import path from "node:path";
import { expect, test } from "vitest";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import type { TensorEntry, WeightSource } from "../../src/formats/weightSource.ts";
import { openFlux2 } from "../../src/models/flux2/index.ts";
import type { Model } from "../../src/models/model.ts";
import { openTextEncoder } from "../../src/models/text/index.ts";
import { openVae } from "../../src/models/vae/index.ts";
import { residentForm } from "../../src/runtime/residentForm.ts";
import { elements, Graph, type PassDef, type Program, planActivations } from "../../src/tensor/index.ts";
import { availableBackends } from "../backends.ts";

/*
 * The activation planner against ggml's allocator on what is really run: every stage of the demo's models, and of klein 4B at 1024 x 1024,
 * whose weights are not needed for that, only their shapes.
 */

function programs({ weights, source }: Model, pass: PassDef, castWeights: boolean): Program[] {
  const forms = new Map(weights.map((weight) => [weight.name, residentForm(source.path, weight)]));
  return pass.stages.map((stage) => {
    const g = new Graph({
      name: stage.name,
      weight: (name) => forms.get(name),
      carried: (name) => pass.carried[name],
      castWeights,
    });
    stage.build(g);
    return g.finish();
  });
}

/** A file that is nothing but its header. Source: flux2.md, "Transformer", the column of klein 4B. */
function klein4B(): WeightSource {
  const h = 3072;
  const tensors = new Map<string, TensorEntry>();
  const add = (name: string, ...shape: number[]) =>
    tensors.set(name, { name, encoding: "BF16", shape, offset: 0, bytes: 2 * elements(shape) });
  add("img_in.weight", h, 128);
  add("txt_in.weight", h, 7680);
  add("time_in.in_layer.weight", h, 256);
  add("time_in.out_layer.weight", h, h);
  add("double_stream_modulation_img.lin.weight", 6 * h, h);
  add("double_stream_modulation_txt.lin.weight", 6 * h, h);
  add("single_stream_modulation.lin.weight", 3 * h, h);
  for (let n = 0; n < 5; n++)
    for (const stream of ["img", "txt"]) {
      add(`double_blocks.${n}.${stream}_attn.qkv.weight`, 3 * h, h);
      add(`double_blocks.${n}.${stream}_attn.proj.weight`, h, h);
      add(`double_blocks.${n}.${stream}_attn.norm.query_norm.scale`, 128);
      add(`double_blocks.${n}.${stream}_attn.norm.key_norm.scale`, 128);
      add(`double_blocks.${n}.${stream}_mlp.0.weight`, 6 * h, h);
      add(`double_blocks.${n}.${stream}_mlp.2.weight`, h, 3 * h);
    }
  for (let n = 0; n < 20; n++) {
    add(`single_blocks.${n}.linear1.weight`, 9 * h, h);
    add(`single_blocks.${n}.linear2.weight`, h, 4 * h);
    add(`single_blocks.${n}.norm.query_norm.scale`, 128);
    add(`single_blocks.${n}.norm.key_norm.scale`, 128);
  }
  add("final_layer.linear.weight", 128, h);
  add("final_layer.adaLN_modulation.1.weight", 2 * h, h);
  return {
    path: "klein-4b.safetensors",
    identity: "klein 4B",
    fileBytes: 0,
    tensors,
    metadata: {},
    read: () => Promise.reject(new Error("there is nothing to read")),
    close: async () => {},
  };
}

const demo = (file: string) => openSafetensors(path.join(import.meta.dirname, "..", "..", "demo", "models", file));

async function allPrograms(): Promise<Program[]> {
  const dit = openFlux2(await demo("diffusion_models/weir-demo-dit.safetensors"));
  const text = openTextEncoder(await demo("text_encoders/weir-demo-te.safetensors"));
  const vae = openVae(await demo("vae/weir-demo-vae.safetensors"));
  const klein = openFlux2(klein4B());
  const small = { batch: 2, height: 5, width: 7 };
  const passes: [Model, PassDef][] = [
    [dit, dit.pass({ batch: 1, height: 16, width: 16, textTokens: 512 })],
    [dit, dit.pass({ ...small, textTokens: 9, references: [{ height: 3, width: 4 }] })],
    [text, text.pass(512)],
    [text, text.pass(7)],
    [vae, vae.decode({ batch: 1, height: 16, width: 16 })],
    [vae, vae.decode(small)],
    [vae, vae.encode({ batch: 1, height: 8, width: 16 })],
    [klein, klein.pass({ batch: 1, height: 64, width: 64, textTokens: 512 })],
  ];
  await Promise.all([dit, text, vae].map((model) => model.source.close()));
  return passes.flatMap(([model, pass]) => [false, true].flatMap((cast) => programs(model, pass, cast)));
}

test("plans of model stages equal the native allocator's", async () => {
  const all = await allPrograms();
  let compared = 0;
  for (const { open } of await availableBackends()) {
    const { backend } = await open();
    if (backend.measureActivations) {
      const { alignment, maxBufferBytes } = backend.info;
      const different = all.flatMap((program) => {
        const planned = planActivations(program, { alignment, maxChunkBytes: maxBufferBytes }).bytes;
        const measured = backend.measureActivations!(program);
        compared++;
        return planned === measured ? [] : [{ stage: program.name, planned, measured }];
      });
      expect(different).toEqual([]);
    }
    await backend.close();
  }
  expect(compared).toBeGreaterThanOrEqual(all.length);
});
