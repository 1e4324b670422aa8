import { describe, expect, test } from "vitest";
import { openFlux2 } from "../../src/models/flux2/index.ts";
import type { Model } from "../../src/models/model.ts";
import { openTextEncoder } from "../../src/models/text/index.ts";
import { openVae } from "../../src/models/vae/index.ts";
import { compilePass } from "../../src/runtime/compilePass.ts";
import { residentForm } from "../../src/runtime/residentForm.ts";
import { byteLength, type PassDef, planActivations } from "../../src/tensor/index.ts";
import { flux2Shapes } from "../support/flux2File.ts";
import { headerSource } from "../support/headerSource.ts";
import { textShapes } from "../support/textShapes.ts";
import { vaeShapes } from "../support/vaeShapes.ts";

/*
 * The published sizes, from headers alone: they open, every graph of a pass builds, and what a pass needs beside weights is known and
 * bounded. Sizes: flux2.md; bytes of weights are those of the published bf16 files.
 */

const GB = 1e9;
const ALIGNMENT = 128;

/** Bytes of weights, and of what a pass needs beside them, in GB: activations of its largest stage, and carried tensors. */
function needs(model: Model, pass: PassDef) {
  const forms = new Map(model.weights.map((weight) => [weight.name, residentForm("file", weight)]));
  const { programs, activationBytes, carried } = compilePass(pass, forms, false, {
    activationBytes: (program) => planActivations(program, { alignment: ALIGNMENT }).bytes,
    info: { alignment: ALIGNMENT },
  });
  const largest = programs.flatMap(({ tensors }) =>
    tensors.filter((tensor) => tensor.kind === "node" && tensor.viewOf === undefined).map(byteLength),
  );
  return {
    weights: [...forms.values()].reduce((sum, { bytes }) => sum + bytes, 0) / GB,
    activations: Math.max(...activationBytes) / GB,
    carried: carried.bytes / GB,
    largestTensor: Math.max(...largest) / GB,
  };
}

const klein4B = flux2Shapes({ hidden: 3072, double: 5, single: 20, context: 7680 });
const klein9B = flux2Shapes({ hidden: 4096, double: 8, single: 24, context: 12288 });
const dev = {
  ...flux2Shapes({ hidden: 6144, double: 8, single: 48, context: 15360 }),
  "guidance_in.in_layer.weight": [6144, 256],
  "guidance_in.out_layer.weight": [6144, 6144],
};
const sizes = {
  vocabulary: 151_936,
  layers: 36,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  headNorms: true,
  finalNorm: true,
};
const mistral = {
  vocabulary: 131_072,
  hidden: 5120,
  inner: 32_768,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  headNorms: false,
};

describe("transformers", () => {
  const guidance = true;
  test.each([
    ["klein 4B", klein4B, 7.751, 1024, 0.6],
    ["klein 9B", klein9B, 18.157, 1024, 0.7],
    ["dev", dev, 64.447, 1024, 1.0],
    ["klein 4B", klein4B, 7.751, 2048, 1.7],
    ["klein 9B", klein9B, 18.157, 2048, 2.3],
    ["dev", dev, 64.447, 2048, 3.4],
  ] as const)("%s", (_, shapes, weights, pixels, activations) => {
    const model = openFlux2(headerSource(shapes));
    const side = pixels / 16;
    const found = needs(model, model.pass({ batch: 1, height: side, width: side, textTokens: 512, guidance }));
    expect(found.weights).toBeCloseTo(weights, 2);
    expect(found.activations).toBeLessThan(activations);
    expect(found.carried).toBeLessThan(activations);
    // No long row exists of all tokens at once: nothing is larger than three copies of what goes from block to block.
    const tokens = side * side + 512;
    expect(found.largestTensor).toBeLessThanOrEqual(Math.max(0.28, (3 * 4 * tokens * model.dims.hidden) / GB));
  });

  test("a reference picture beside the picture, in dev", () => {
    const model = openFlux2(headerSource(dev));
    const shape = {
      batch: 1,
      height: 64,
      width: 64,
      textTokens: 512,
      guidance,
      references: [{ height: 64, width: 64 }],
    };
    expect(needs(model, model.pass(shape)).activations).toBeLessThan(1.9);
  });
});

describe("text encoders", () => {
  // Token embeddings are no weights of a pass: they are read row by row.
  test.each([
    ["Qwen3 4B", { ...sizes, hidden: 2560, inner: 9728 }, [9, 18, 27], 7680, 27],
    ["Qwen3 8B", { ...sizes, hidden: 4096, inner: 12_288 }, [9, 18, 27], 12_288, 27],
    ["Mistral 3, whole", { ...mistral, layers: 40, finalNorm: true }, [10, 20, 30], 15_360, 30],
    ["Mistral 3, cut off", { ...mistral, layers: 30, finalNorm: false }, [10, 20, 30], 15_360, 30],
  ] as const)("%s", (_, shape, taps, context, used) => {
    const model = openTextEncoder(headerSource(textShapes(shape)));
    expect([model.taps, model.contextWidth]).toEqual([taps, context]);
    const { hidden: h, inner, heads, kvHeads, headDim } = shape;
    const layer = h * headDim * 2 * (heads + kvHeads) + 3 * h * inner;
    const found = needs(model, model.pass(512));
    expect(found.weights).toBeCloseTo((2 * used * layer) / GB, 1);
    expect(found.activations).toBeLessThan(0.26);
  });
});

describe("the VAE", () => {
  const model = openVae(
    headerSource(vaeShapes({ encoder: [128, 256, 512, 512], decoder: [128, 256, 512, 512], latent: 32 })),
  );
  test.each([
    ["decode", 1024, 2.2],
    ["decode", 2048, 8.7],
    ["encode", 1024, 1.1],
    ["encode", 2048, 4.4],
    // A tile of 512 pixels, in the largest of its three forms.
    ["decode", 512, 0.6],
  ] as const)("%s %d", (way, pixels, activations) => {
    const found = needs(model, model[way]({ batch: 1, height: pixels / 16, width: pixels / 16 }));
    expect(found.weights).toBeCloseTo(0.336, 2);
    expect(found.activations).toBeLessThan(activations);
    expect(found.carried).toBeLessThan(activations);
  });
});
