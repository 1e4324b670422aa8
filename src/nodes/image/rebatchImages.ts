import { imageBatch } from "../../image/image.ts";
import { int, listNode, listOf } from "../declare.ts";
import { NodeInputError } from "../errors.ts";
import { IMAGE } from "../kinds.ts";
import type { Image } from "../values.ts";

/** All pictures of a list of batches, in order, as batches of so many; the last one may be smaller. They must have one size. */
export const RebatchImages = listNode({
  name: "RebatchImages",
  displayName: "Rebatch Images",
  category: "image/batch",
  pythonModule: "comfy_extras.nodes_rebatch",
  inputs: { images: IMAGE.link(), batch_size: int({ default: 1, min: 1, max: 4096 }) },
  outputs: { IMAGE: listOf(IMAGE.output) },
  execute: ({ images, batch_size: [size] }) => {
    const singles = images.flatMap((image) => pictures(image));
    const batches: Image[] = [];
    for (let from = 0; from < singles.length; from += size!) batches.push(joined(singles.slice(from, from + size!)));
    return { IMAGE: batches };
  },
});

function pictures(image: Image): Image[] {
  const each = image.data.length / image.batch;
  return Array.from({ length: image.batch }, (_, n) =>
    imageBatch({ ...image, batch: 1 }, image.data.subarray(n * each, (n + 1) * each)),
  );
}

function joined(singles: readonly Image[]): Image {
  const [first] = singles as readonly [Image, ...Image[]];
  const size = ({ width, height, channels }: Image) => `${width} x ${height} with ${channels} channels`;
  const other = singles.find((image) => size(image) !== size(first));
  if (other !== undefined) {
    throw new NodeInputError(
      `RebatchImages: ${size(first)} and ${size(other)} do not go into one batch; scale them to one size first, or take batches of 1`,
    );
  }
  const all = imageBatch({ ...first, batch: singles.length });
  for (const [n, { data }] of singles.entries()) all.data.set(data, n * data.length);
  return all;
}
