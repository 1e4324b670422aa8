import { describe, expect, test } from "vitest";
import { flux2Shapes } from "../../../test/support/flux2File.ts";
import { headerSource } from "../../../test/support/headerSource.ts";
import { BrokenModel, WrongModel } from "../errors.ts";
import { openFlux2 } from "./open.ts";

const shapes = flux2Shapes({ hidden: 256, double: 2, single: 3, context: 96 });

test("sizes come from shapes", () =>
  expect(openFlux2(headerSource(shapes)).dims).toEqual({
    channels: 128,
    hidden: 256,
    heads: 2,
    headDim: 128,
    context: 96,
    time: 256,
    doubleBlocks: 2,
    singleBlocks: 3,
    doubleInner: 768,
    singleInner: 768,
    guidance: false,
  }));

test.each(["model.diffusion_model.", "diffusion_model."])("keys may start with %s", (prefix) => {
  const prefixed = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, shape]));
  const { weights } = openFlux2(headerSource(prefixed));
  expect(weights.map((w) => prefix + w.name)).toEqual(weights.map((w) => w.entry.name));
  expect(weights.length).toBe(Object.keys(shapes).length);
});

test("norms may be called weights, as files have them that ComfyUI saved", () => {
  const other = Object.entries(shapes).map(([name, shape]) => [name.replace(/_norm\.scale$/, "_norm.weight"), shape]);
  const { weights, dims } = openFlux2(headerSource(Object.fromEntries(other)));
  expect(dims.headDim).toBe(128);
  const norm = weights.find(({ name }) => name === "single_blocks.2.norm.key_norm.scale");
  expect(norm?.entry.name).toBe("single_blocks.2.norm.key_norm.weight");
});

test("dev's guidance", () => {
  const dev = { ...shapes, "guidance_in.in_layer.weight": [256, 256], "guidance_in.out_layer.weight": [256, 256] };
  const model = openFlux2(headerSource(dev));
  expect(model.dims.guidance).toBe(true);
  expect(model.weights.length).toBe(Object.keys(dev).length);
});

describe("what is refused", () => {
  test("another kind of file", () => {
    const open = () => openFlux2(headerSource({ "decoder.conv_in.weight": [4, 4, 3, 3] }, { path: "vae.safetensors" }));
    expect(open).toThrow(WrongModel);
    expect(open).toThrowErrorMatchingInlineSnapshot(
      `[WrongModel: vae.safetensors is not a Flux 2 transformer: it looks like a VAE. Choose another file.]`,
    );
  });

  test("a missing tensor", () => {
    const { "single_blocks.1.linear2.weight": _, ...rest } = shapes;
    expect(() => openFlux2(headerSource(rest))).toThrowErrorMatchingInlineSnapshot(
      `[BrokenModel: model.safetensors: tensor single_blocks.1.linear2.weight is missing. The file is incomplete, or of a variant that is not supported; get it again.]`,
    );
  });

  test("a shape that does not fit", () => {
    const open = () => openFlux2(headerSource({ ...shapes, "double_blocks.1.txt_attn.qkv.weight": [768, 255] }));
    expect(open).toThrow(BrokenModel);
    expect(open).toThrow("double_blocks.1.txt_attn.qkv.weight is [768,255], expected [768,256]");
  });

  // Whatever one tensor's shape is changed to, opening either works or says which file it was: no other error leaves it.
  test.each(Object.keys(shapes))("any damage to %s", (name) => {
    for (const damaged of [[], [0], [1], [3], [0, 0], [1, 1], [7, 5], [256, 1, 1, 1], [2 ** 40, 2]])
      expect(() => openFlux2(headerSource({ ...shapes, [name]: damaged }))).toThrow(/^model\.safetensors/);
  });
});

describe("sizes of a pass", () => {
  const model = openFlux2(headerSource(shapes));
  test.each([
    [{ height: 0 }, "a latent of 0 x 4 cells"],
    [{ width: 1.5 }, "a latent of 4 x 1.5 cells"],
    [{ height: 1e9 }, "each side must be a whole number from 1 to 4096"],
    [{ batch: 0 }, "a batch of 0"],
    [{ textTokens: 0 }, "a text of 0 tokens"],
    [{ height: 4096, width: 4096 }, "Make the picture smaller"],
    [{ references: [{ height: 2, width: -1 }] }, "a latent of 2 x -1 cells"],
  ])("%j", (change, message) =>
    expect(() => model.pass({ batch: 1, height: 4, width: 4, textTokens: 8, ...change })).toThrow(message),
  );

  test("equal shapes have equal keys, others do not", () => {
    const shape = { batch: 1, height: 4, width: 6, textTokens: 8 };
    const key = (change: object) => model.pass({ ...shape, ...change }).key;
    expect(key({})).toBe(model.pass(shape).key);
    const others = [{ batch: 2 }, { height: 6, width: 4 }, { textTokens: 9 }, { references: [shape] }];
    const zero = { references: [shape], referenceMethod: "index_timestep_zero" };
    expect(new Set([{}, ...others, zero].map(key)).size).toBe(others.length + 2);
  });
});
