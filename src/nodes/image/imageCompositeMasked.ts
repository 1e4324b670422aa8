import { gridOfImage, imageOfGrid } from "../../image/grids.ts";
import { withChannels } from "../../image/withChannels.ts";
import { compositeGrids } from "../compositeGrids.ts";
import { boolean, int, node, optional } from "../declare.ts";
import { IMAGE, MASK } from "../kinds.ts";

/** A picture over another, through a mask. The destination says whether there is alpha. */
export const ImageCompositeMasked = node({
  name: "ImageCompositeMasked",
  displayName: "Image Composite Masked",
  category: "image/compositing",
  pythonModule: "comfy_extras.nodes_mask",
  searchAliases: ["overlay", "layer", "paste image", "images composition"],
  inputs: {
    destination: IMAGE.link(),
    source: IMAGE.link(),
    x: int({ default: 0, min: 0, max: 16384, step: 1 }),
    y: int({ default: 0, min: 0, max: 16384, step: 1 }),
    resize_source: boolean({ default: false }),
    mask: optional(MASK.link()),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ destination, source, x, y, resize_source, mask }) => {
    const { batch, channels } = destination;
    const over = gridOfImage(withChannels(source, channels));
    const options = { batch, sourceBatch: source.batch, x, y, mask, resize: resize_source };
    return { IMAGE: imageOfGrid(compositeGrids(gridOfImage(destination), over, options)) };
  },
});
