import { compositeGrids } from "../compositeGrids.ts";
import { boolean, int, node, optional } from "../declare.ts";
import { LATENT, MASK } from "../kinds.ts";
import { gridOfLatent, PIXELS, withPlanes } from "./planes.ts";

/** A latent over another, through a mask. */
export const LatentCompositeMasked = node({
  name: "LatentCompositeMasked",
  displayName: "Latent Composite Masked",
  category: "model/latent",
  pythonModule: "comfy_extras.nodes_mask",
  inputs: {
    destination: LATENT.link(),
    source: LATENT.link(),
    x: int({ default: 0, min: 0, max: 16384, step: 8 }),
    y: int({ default: 0, min: 0, max: 16384, step: 8 }),
    resize_source: boolean({ default: false }),
    mask: optional(MASK.link()),
  },
  outputs: { LATENT: LATENT.output },
  execute: ({ destination, source, resize_source, mask, ...pixels }) => {
    const [x, y] = [Math.floor(pixels.x / PIXELS), Math.floor(pixels.y / PIXELS)];
    const { batch } = destination;
    const options = { batch, sourceBatch: source.batch, x, y, mask, resize: resize_source };
    const made = compositeGrids(gridOfLatent(destination), gridOfLatent(source), options);
    return { LATENT: withPlanes(destination, made) };
  },
});
