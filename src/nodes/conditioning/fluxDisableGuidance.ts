import { node } from "../declare.ts";
import { CONDITIONING } from "../kinds.ts";

/** The model is not told how strongly to follow the text, not even by the usual number. For dev; klein has no such input. */
export const FluxDisableGuidance = node({
  name: "FluxDisableGuidance",
  category: "model/conditioning/flux",
  description: "Leaves out what tells a Flux model how strongly to follow the text.",
  pythonModule: "comfy_extras.nodes_flux",
  inputs: { conditioning: CONDITIONING.link() },
  outputs: { CONDITIONING: CONDITIONING.output },
  execute: ({ conditioning }) => ({ CONDITIONING: conditioning.map((entry) => ({ ...entry, guidance: null })) }),
});
