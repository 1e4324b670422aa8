import { readFile } from "node:fs/promises";
import { decodePicture } from "../../../src/formats/decodePicture.ts";
import { fromBytes } from "../../../src/image/fromBytes.ts";
import { maskFromAlpha } from "../../../src/image/maskFromAlpha.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import type { KindRunner } from "../kindRunner.ts";

/** LoadImage's values for the files in the folder beside the case. */
export const nodesLoadImage: KindRunner = {
  kind: "nodes.load_image",
  async run(golden) {
    const values: Record<string, GoldenTensor> = {};
    for (const name of Object.keys(golden.params["files"] as Record<string, unknown>)) {
      const file = golden.find(`${golden.name}/${name}`);
      const pixels = await decodePicture(await readFile(file), name);
      const [image, mask] = [fromBytes(pixels), maskFromAlpha(pixels)];
      values[`out.${name}.image`] = {
        shape: [image.batch, image.height, image.width, image.channels],
        data: image.data,
      };
      values[`out.${name}.mask`] = { shape: [mask.batch, mask.height, mask.width], data: mask.data };
    }
    return { values };
  },
};
