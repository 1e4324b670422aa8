import { expect, test } from "vitest";
import { imageBatch } from "../../image/image.ts";
import { runNode } from "../testing/runNode.ts";
import { JoinImageWithAlpha } from "./joinImageWithAlpha.ts";
import { SplitImageWithAlpha } from "./splitImageWithAlpha.ts";

const image = imageBatch({ width: 2, height: 1, channels: 3, batch: 1 }, Float32Array.of(0, 0.25, 0.5, 0.75, 1, 0));

test("joined and split again", async () => {
  const mask = { width: 2, height: 1, batch: 1, data: Float32Array.of(0.25, 1) };
  const { IMAGE: joined } = await runNode(JoinImageWithAlpha, { image, alpha: mask });
  expect(joined).toMatchObject({ channels: 4, data: Float32Array.of(0, 0.25, 0.5, 0.75, 0.75, 1, 0, 0) });
  expect(await runNode(SplitImageWithAlpha, { image: joined })).toEqual({ IMAGE: image, MASK: mask });
});

test("a mask of another size is brought to the picture's, and one of each serves for many", async () => {
  const alpha = { width: 1, height: 1, batch: 3, data: Float32Array.of(0, 0.5, 1) };
  const { IMAGE: joined } = await runNode(JoinImageWithAlpha, { image, alpha });
  expect(joined).toMatchObject({ width: 2, height: 1, channels: 4, batch: 3 });
  expect([...(joined as typeof image).data.filter((_, i) => i % 4 === 3)]).toEqual([1, 1, 0.5, 0.5, 0, 0]);
});

test("alpha that is there already is replaced", async () => {
  const seen = imageBatch({ width: 1, height: 1, channels: 4, batch: 1 }, Float32Array.of(0.5, 0.5, 0.5, 0.5));
  const alpha = { width: 1, height: 1, batch: 1, data: Float32Array.of(0) };
  const { IMAGE: joined } = await runNode(JoinImageWithAlpha, { image: seen, alpha });
  expect([...(joined as typeof image).data]).toEqual([0.5, 0.5, 0.5, 1]);
});

test("without alpha nothing is masked", async () => {
  const { IMAGE, MASK } = await runNode(SplitImageWithAlpha, { image });
  expect(IMAGE).toBe(image);
  expect(MASK).toEqual({ width: 2, height: 1, batch: 1, data: new Float32Array(2) });
});
