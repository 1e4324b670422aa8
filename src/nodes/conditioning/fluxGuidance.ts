import { float, node } from "../declare.ts";
import { CONDITIONING } from "../kinds.ts";

/** How strongly to follow the text, for models that take it as an input (Flux dev); klein has no such input and does not see it. */
export const FluxGuidance = node({
  name: "FluxGuidance",
  category: "model/conditioning/flux",
  pythonModule: "comfy_extras.nodes_flux",
  inputs: {
    conditioning: CONDITIONING.link(),
    guidance: float({ default: 3.5, min: 0, max: 100, step: 0.1 }),
  },
  outputs: { CONDITIONING: CONDITIONING.output },
  execute: ({ conditioning, guidance }) => ({ CONDITIONING: conditioning.map((entry) => ({ ...entry, guidance })) }),
});
