import { expect, test } from "vitest";
import { imageBatch } from "../../image/image.ts";
import { runNode } from "../testing/runNode.ts";
import type { Image } from "../values.ts";
import { RebatchImages } from "./rebatchImages.ts";

const grey = (values: readonly number[], width = 1): Image =>
  imageBatch(
    { width, height: 1, channels: 3, batch: values.length },
    Float32Array.from(values.flatMap((v) => new Array<number>(3 * width).fill(v))),
  );
const rebatch = async (images: readonly Image[], size: number) =>
  (await runNode(RebatchImages, { images, batch_size: [size] }))["IMAGE"] as readonly Image[];

test("so many to a batch, over the borders of the old ones; the last is smaller", async () => {
  expect(await rebatch([grey([1, 2, 3]), grey([4, 5])], 2)).toEqual([grey([1, 2]), grey([3, 4]), grey([5])]);
  expect(await rebatch([grey([1, 2])], 9)).toEqual([grey([1, 2])]);
});

test("two sizes go into batches of one, and into no other", async () => {
  expect(await rebatch([grey([1]), grey([2], 2)], 1)).toEqual([grey([1]), grey([2], 2)]);
  await expect(rebatch([grey([1]), grey([2], 2)], 2)).rejects.toMatchObject({
    code: "bad-node-input",
    message:
      "RebatchImages: 1 x 1 with 3 channels and 2 x 1 with 3 channels do not go into one batch; scale them to one size first, or take batches of 1",
  });
});
