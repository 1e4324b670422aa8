import { expect, test } from "vitest";
import { imageBatch } from "../../image/image.ts";
import { runNode } from "../testing/runNode.ts";
import type { Image, Mask } from "../values.ts";
import { ImageScale } from "./imageScale.ts";
import { ResizeImageMaskNode } from "./resizeImageMaskNode.ts";

const image = imageBatch(
  { width: 30, height: 20, channels: 3, batch: 2 },
  new Float32Array(3600).map((_, i) => (i % 97) / 97),
);
const mask: Mask = { width: 8, height: 12, batch: 1, data: new Float32Array(96).map((_, i) => i / 96) };
const resize = async (
  input: unknown,
  resize_type: string,
  values: Record<string, unknown>,
  scale_method = "bilinear",
) => {
  const named = Object.entries(values).map(([name, value]) => [`resize_type.${name}`, value]);
  const inputs = { input, resize_type, scale_method, ...Object.fromEntries(named) };
  return (await runNode(ResizeImageMaskNode, inputs))["resized"] as Image & Mask;
};

test.each<[string, Record<string, unknown>, number, number]>([
  ["scale dimensions", { width: 9, height: 0, crop: "center" }, 9, 6],
  ["scale dimensions", { width: 0, height: 10, crop: "center" }, 15, 10],
  ["scale dimensions", { width: 0, height: 0, crop: "center" }, 30, 20],
  ["scale by multiplier", { multiplier: 0.25 }, 8, 5],
  ["scale longer dimension", { longer_size: 10 }, 10, 7],
  ["scale shorter dimension", { shorter_size: 10 }, 15, 10],
  ["scale width", { width: 60 }, 60, 40],
  ["scale height", { height: 40 }, 60, 40],
  ["scale total pixels", { megapixels: 0.01 }, 125, 84],
  ["match size", { match: mask, crop: "center" }, 8, 12],
  ["scale to multiple", { multiple: 16 }, 16, 16],
])("%s %j", async (how, values, width, height) =>
  expect(await resize(image, how, values)).toMatchObject({ width, height, channels: 3, batch: 2 }),
);

test("values are those of the nodes that scale, cut or stretched", async () => {
  for (const crop of ["center", "disabled"]) {
    const sizes = { width: 12, height: 12, crop };
    const { IMAGE } = await runNode(ImageScale, { image, upscale_method: "bicubic", ...sizes });
    expect(await resize(image, "scale dimensions", sizes, "bicubic")).toEqual(IMAGE);
  }
});

test("a mask stays a mask", async () => {
  const made = await resize(mask, "scale by multiplier", { multiplier: 0.5 }, "area");
  expect(made).toEqual({ width: 4, height: 6, batch: 1, data: expect.any(Float32Array) });
  expect(made.data[0]).toBeCloseTo((0 + 1 + 8 + 9) / 4 / 96, 6);
});

test("nothing to do: the same values; to multiples it is cut around the middle", async () => {
  expect(await resize(image, "scale to multiple", { multiple: 10 })).toBe(image);
  expect(await resize(image, "scale to multiple", { multiple: 32 })).toBe(image);
  const tall = await resize(mask, "scale to multiple", { multiple: 8 }, "nearest-exact");
  expect(tall).toMatchObject({ width: 8, height: 8 });
  expect([...tall.data.subarray(0, 8)]).toEqual([...mask.data.subarray(16, 24)]);
});

test("what is neither, and sizes that cannot be, are refused", async () => {
  const latent = { batch: 1, channels: 4, width: 2, height: 2, samples: new Float32Array(16) };
  await expect(resize(latent, "scale width", { width: 8 })).rejects.toMatchObject({ code: "bad-node-input" });
  await expect(resize(image, "scale longer dimension", { longer_size: 0 })).rejects.toMatchObject({
    code: "bad-node-input",
  });
  await expect(resize(image, "larger", {})).rejects.toMatchObject({
    code: "bad-node-input",
    message: expect.stringMatching(/there are: scale dimensions, /),
  });
});
