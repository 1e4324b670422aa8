import { ROTATIONS, rotate } from "../../image/turn.ts";
import { combo, node } from "../declare.ts";
import { LATENT } from "../kinds.ts";
import { gridOfLatent, withPlanes } from "./planes.ts";

/** Clockwise. */
export const LatentRotate = node({
  name: "LatentRotate",
  displayName: "Rotate Latent",
  category: "model/latent/transform",
  pythonModule: "nodes",
  inputs: { samples: LATENT.link(), rotation: combo(ROTATIONS) },
  outputs: { LATENT: LATENT.output },
  execute: ({ samples, rotation }) => ({ LATENT: withPlanes(samples, rotate(gridOfLatent(samples), rotation)) }),
});
