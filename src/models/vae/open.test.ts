import { describe, expect, test } from "vitest";
import { headerSource } from "../../../test/support/headerSource.ts";
import { vaeShapes } from "../../../test/support/vaeShapes.ts";
import { openVae } from "./open.ts";

const shapes = vaeShapes({ encoder: [32, 64], decoder: [64, 96], latent: 8 });

test("other widths, levels and latents than the published ones", () => {
  const model = openVae(headerSource(shapes));
  expect({ channels: model.channels, cell: model.cell }).toEqual({ channels: 32, cell: 4 });
  expect(model.decode({ batch: 1, height: 3, width: 5 }).carried["image"]!.shape).toEqual([1, 3, 12, 20]);
  expect(model.encode({ batch: 1, height: 3, width: 5 }).carried["latent"]!.shape).toEqual([1, 32, 3, 5]);
  expect(model.weights.length).toBe(Object.keys(shapes).length);
});

test.each(["vae.", "first_stage_model."])("keys start with %s", (prefix) => {
  const prefixed = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, shape]));
  expect(openVae(headerSource(prefixed)).weights[0]!.entry.name).toBe(`${prefix}bn.running_mean`);
});

test("quant convolutions at the top level", () => {
  const moved = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name.replace(/^(decoder|encoder)\.(post_)?quant/, "$2quant"),
      shape,
    ]),
  );
  const names = openVae(headerSource(moved)).weights.map((w) => w.name);
  expect(names).toContain("post_quant_conv.weight");
  expect(names).toContain("quant_conv.weight");
});

test("a decoder alone", () => {
  const decoder = Object.fromEntries(Object.entries(shapes).filter(([name]) => !name.startsWith("encoder.")));
  const model = openVae(headerSource(decoder));
  expect(model.decode({ batch: 1, height: 1, width: 1 }).stages.length).toBeGreaterThan(5);
  expect(() => model.encode({ batch: 1, height: 1, width: 1 })).toThrow("model.safetensors has a decoder only");
});

describe("what is refused", () => {
  test("another VAE", () =>
    expect(() => openVae(headerSource({ "decoder.conv_in.weight": [4, 4, 3, 3] }))).toThrowErrorMatchingInlineSnapshot(
      `[WrongModel: model.safetensors is not a Flux 2 VAE: it looks like a VAE. Choose another file.]`,
    ));

  test.each([
    ["bn.running_var", [31], "bn.running_var is [31], expected [32]"],
    ["decoder.mid.block_1.conv1.weight", [96, 95, 3, 3], "is [96,95,3,3], expected [96,96,3,3]"],
    ["encoder.quant_conv.weight", [16, 17, 1, 1], "is [16,17,1,1], expected [16,16,1,1]"],
  ])("%s", (name, shape, message) =>
    expect(() => openVae(headerSource({ ...shapes, [name]: shape }))).toThrow(message),
  );

  test("widths that 32 groups do not divide", () =>
    expect(() => openVae(headerSource(vaeShapes({ encoder: [32, 64], decoder: [64, 90], latent: 8 })))).toThrow(
      "decoder.mid.block_1.norm1.weight is [90], no multiple of 32 groups",
    ));

  test.each([0, 4097, 1.5])("a latent %d cells high", (height) =>
    expect(() => openVae(headerSource(shapes)).decode({ batch: 1, height, width: 1 })).toThrow(
      "height must be from 1 to 4096",
    ),
  );
});
