import { cut } from "../../image/window.ts";
import { int, node } from "../declare.ts";
import { LATENT } from "../kinds.ts";
import { gridOfLatent, PIXELS, withPlanes } from "./planes.ts";

/** A rectangle, in pixels of 8 to a cell; what would lie outside is left out, and a corner past the end is moved back. */
export const LatentCrop = node({
  name: "LatentCrop",
  displayName: "Crop Latent",
  category: "model/latent/transform",
  pythonModule: "nodes",
  searchAliases: ["trim latent", "cut latent"],
  inputs: {
    samples: LATENT.link(),
    width: int({ default: 512, min: 64, max: 16384, step: 8 }),
    height: int({ default: 512, min: 64, max: 16384, step: 8 }),
    x: int({ default: 0, min: 0, max: 16384, step: 8 }),
    y: int({ default: 0, min: 0, max: 16384, step: 8 }),
  },
  outputs: { LATENT: LATENT.output },
  execute: ({ samples, ...pixels }) => {
    const cells = (n: number) => Math.floor(n / PIXELS);
    const x = Math.max(Math.min(cells(pixels.x), samples.width - PIXELS), 0);
    const y = Math.max(Math.min(cells(pixels.y), samples.height - PIXELS), 0);
    const width = Math.min(cells(pixels.width), samples.width - x);
    const height = Math.min(cells(pixels.height), samples.height - y);
    return { LATENT: withPlanes(samples, cut(gridOfLatent(samples), { x, y, width, height })) };
  },
});
