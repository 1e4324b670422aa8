import fc from "fast-check";
import { expect, test } from "vitest";
import { flux2Shapes } from "../../../test/support/flux2File.ts";
import { headerSource } from "../../../test/support/headerSource.ts";
import type { WeightSource } from "../../formats/weightSource.ts";
import { Graph, linear, type TensorSpec } from "../../tensor/index.ts";
import { openFlux2 } from "../flux2/index.ts";
import { fitLora } from "./fit.ts";
import { flux2Targets } from "./flux2Targets.ts";
import { loraTerms } from "./loraTerms.ts";
import { openLora } from "./open.ts";

/** Layers as files name them, [rows, columns] each; the last is in no model. */
const LAYERS: readonly (readonly [stem: string, rows: number, columns: number])[] = [
  ["diffusion_model.img_in", 128, 128],
  ["lora_unet_double_blocks_0_img_attn_qkv", 384, 128],
  ["transformer.transformer_blocks.0.attn.to_q", 128, 128],
  ["transformer.norm_out.linear", 256, 128],
  ["diffusion_model.double_blocks.0.img_attn.norm.query_norm", 128, 1],
  ["diffusion_model.single_blocks.0.linear1_qkv", 384, 128],
  ["__proto__", 8, 8],
];
type Shapes = Readonly<Record<string, readonly number[]>>;
const KINDS: readonly ((rows: number, columns: number, rank: number) => Shapes)[] = [
  (n, k, r) => ({ "lora_A.weight": [r, k], "lora_B.weight": [n, r], alpha: [] }),
  (n, k, r) => ({ "lora_down.weight": [r, k], "lora_mid.weight": [r, r], "lora_up.weight": [n, r] }),
  (n, k, r) => ({ "lora_A.weight": [r, k, 1, 1], "lora_B.weight": [n, r, 1, 1], dora_scale: [n, 1] }),
  (n, k, r) => ({ "lora_A.weight": [r, k], "lora_B.weight": [n, r], dora_scale: [1, k] }),
  (n, k) => ({ lokr_w1: [4, 4], lokr_w2: [n / 4, k / 4] }),
  (n, k, r) => ({ lokr_w1_a: [4, r], lokr_w1_b: [r, 4], lokr_w2_a: [n / 4, r], lokr_w2_b: [r, k / 4], alpha: [1] }),
  (n, k, r) => ({ hada_w1_a: [n, r], hada_w1_b: [r, k], hada_w2_a: [n, r], hada_w2_b: [r, k] }),
  (n, k) => (k === 1 ? { diff: [n] } : { diff: [n, k], diff_b: [n] }),
  (n, k) => ({ set_weight: k === 1 ? [n] : [n, k] }),
  (n) => ({ w_norm: [n], b_norm: [n], oft_blocks: [2, 2] }),
];

const model = openFlux2(headerSource(flux2Shapes({ hidden: 128, double: 1, single: 1, context: 6 })));
/** Entries that are right, most of them: some lose a part, some have a size that is another. */
const entry = fc
  .tuple(
    fc.constantFrom(...LAYERS),
    fc.constantFrom(...KINDS),
    fc.constantFrom(1, 4, 100),
    fc.option(fc.nat(5), { freq: 4 }),
    fc.option(fc.tuple(fc.nat(5), fc.nat(3), fc.constantFrom(0, 1, 2, 128, 384)), { freq: 3 }),
  )
  .map(([[stem, rows, columns], kind, rank, lost, other]) =>
    Object.entries(kind(rows, columns, rank)).flatMap(([part, shape], n) => {
      if (n === lost) return [];
      const sizes = shape.map((size, axis) =>
        other && other[0] === n && other[1] === axis ? other[2] : Math.ceil(size),
      );
      return [[`${stem}.${part}`, sizes] as const];
    }),
  );
const files = fc.array(entry, { maxLength: 4 }).map((entries): Shapes => Object.fromEntries(entries.flat()));

test("a file is used, in graphs whose shapes fit, or refused with a reason", async () => {
  let used = 0;
  await fc.assert(
    fc.asyncProperty(files, fc.constantFrom(0, 1, -0.5), async (shapes, strength) => {
      const source: WeightSource = {
        ...headerSource(shapes, { path: "stranger.safetensors", encoding: "F32", size: 4 }),
        read: async (_name, _offset, into) => void into.fill(0x3f),
      };
      const lora = await openLora(source).catch((error: unknown) => {
        expect(["wrong-model", "broken-model"]).toContain((error as { code?: unknown }).code);
        return null;
      });
      if (lora === null) return;
      const { patches, unknown, mismatched, overDora } = fitLora(lora, model, flux2Targets(model));
      expect(patches.length + unknown.length + mismatched.length + overDora.length).toBeLessThanOrEqual(
        lora.adapters.length,
      );
      const { terms, weights } = loraTerms(model, [
        { lora, strength, patches },
        { lora, strength: 1, patches: [] },
      ]);
      const specs = new Map<string, TensorSpec>(
        model.weights.map(({ name, shape }) => [name, { dtype: "f32", shape }]),
      );
      for (const [name, { model: owner, name: theirs }] of weights)
        specs.set(name, { dtype: "f32", shape: owner.weights.find(({ name }) => name === theirs)!.shape });
      for (const { target } of patches) {
        const shape = specs.get(target.weight)!.shape;
        const g: Graph = new Graph({
          name: "layer",
          weight: (name) => specs.get(name),
          carried: (name) => ({ dtype: "f32", shape: name === "x" ? [1, 3, shape[1]!] : [1, 3, shape[0]!] }),
          castWeights: false,
          terms,
        });
        used++;
        if (shape.length === 1) g.weight(target.weight);
        else {
          g.write("y", linear(g.carried("x"), g.weight(target.weight)));
          g.finish();
        }
      }
    }),
    { numRuns: 1500 },
  );
  expect(used).toBeGreaterThan(500);
});
