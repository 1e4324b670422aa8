import { imageBatch } from "../../image/image.ts";
import { int, node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";

/** Pictures of one colour, 0xRRGGBB. */
export const EmptyImage = node({
  name: "EmptyImage",
  displayName: "Empty Image",
  category: "image",
  pythonModule: "nodes",
  inputs: {
    width: int({ default: 512, min: 1, max: 16384, step: 1 }),
    height: int({ default: 512, min: 1, max: 16384, step: 1 }),
    batch_size: int({ default: 1, min: 1, max: 4096 }),
    color: int({ default: 0, min: 0, max: 0xffffff, step: 1, display: "color" }),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ width, height, batch_size: batch, color }) => {
    const image = imageBatch({ width, height, channels: 3, batch });
    const rgb = [16, 8, 0].map((shift) => Math.fround(((color >> shift) & 0xff) / 255));
    for (let i = 0; i < image.data.length; i++) image.data[i] = rgb[i % 3]!;
    return { IMAGE: image };
  },
});
