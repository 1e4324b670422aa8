import { flipColumns, flipRows } from "../../image/turn.ts";
import { combo, node } from "../declare.ts";
import { LATENT } from "../kinds.ts";
import { gridOfLatent, withPlanes } from "./planes.ts";

/** Upside down, or left to right. */
export const LatentFlip = node({
  name: "LatentFlip",
  displayName: "Flip Latent",
  category: "model/latent/transform",
  pythonModule: "nodes",
  searchAliases: ["mirror latent"],
  inputs: { samples: LATENT.link(), flip_method: combo(["x-axis: vertically", "y-axis: horizontally"]) },
  outputs: { LATENT: LATENT.output },
  execute: ({ samples, flip_method }) => {
    const flip = flip_method.startsWith("x") ? flipRows : flipColumns;
    return { LATENT: withPlanes(samples, flip(gridOfLatent(samples))) };
  },
});
