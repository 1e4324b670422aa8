import { float, node, optional } from "../declare.ts";
import { MODEL } from "../kinds.ts";

/** A noise mask's values between 0 and 1 say from when on a place is made anew, and so how much it changes. */
export const DifferentialDiffusion = node({
  name: "DifferentialDiffusion",
  displayName: "Differential Diffusion",
  category: "experimental",
  pythonModule: "comfy_extras.nodes_differential_diffusion",
  searchAliases: ["inpaint gradient", "variable denoise strength"],
  experimental: true,
  inputs: { model: MODEL.link(), strength: optional(float({ default: 1, min: 0, max: 1, step: 0.01 })) },
  outputs: { MODEL: MODEL.output },
  execute: ({ model, strength = 1 }) => ({ MODEL: { ...model, differential: strength } }),
});
