import { expect, test } from "vitest";
import { imageBatch } from "../../image/image.ts";
import { TorchGenerator } from "../../sampling/torchGenerator.ts";
import { runNode } from "../testing/runNode.ts";
import type { Image } from "../values.ts";
import { ImageAddNoise } from "./imageAddNoise.ts";

const image = imageBatch({ width: 3, height: 2, channels: 3, batch: 2 }, new Float32Array(36).fill(0.5));
const noisy = async (seed: number | bigint, strength: number) =>
  (await runNode(ImageAddNoise, { image, seed, strength }))["IMAGE"] as Image;

test("one draw over the whole batch, cut to 0 and 1", async () => {
  const noise = new TorchGenerator(7n).randn(36);
  const { data } = await noisy(7, 0.4);
  for (let i = 0; i < 36; i++) expect(data[i]).toBeCloseTo(Math.min(Math.max(0.5 + 0.4 * noise[i]!, 0), 1), 6);
  expect([...data].some((v) => v === 0 || v === 1)).toBe(true);
});

test("no strength, no change; another seed, other noise", async () => {
  expect((await noisy(7, 0)).data).toEqual(image.data);
  expect((await noisy(2n ** 64n - 1n, 0.4)).data).not.toEqual((await noisy(7, 0.4)).data);
});
