import type { ReferenceMethod } from "../../models/flux2/index.ts";
import { combo, node } from "../declare.ts";
import { CONDITIONING } from "../kinds.ts";

/** ComfyUI's names, in its order. */
const METHODS: Readonly<Record<string, ReferenceMethod>> = {
  offset: "offset",
  index: "index",
  "uxo/uno": "uxo",
  index_timestep_zero: "index_timestep_zero",
};

/** How a model tells reference pictures from the one it makes: see `positions` of Flux 2. */
export const FluxKontextMultiReferenceLatentMethod = node({
  name: "FluxKontextMultiReferenceLatentMethod",
  displayName: "Edit Model Reference Method",
  category: "model/conditioning/flux",
  pythonModule: "comfy_extras.nodes_flux",
  experimental: true,
  inputs: {
    conditioning: CONDITIONING.link(),
    reference_latents_method: combo(Object.keys(METHODS), { advanced: true, form: "object" }),
  },
  outputs: { CONDITIONING: CONDITIONING.output },
  execute: ({ conditioning, reference_latents_method }) => ({
    CONDITIONING: conditioning.map((entry) => ({ ...entry, referenceMethod: METHODS[reference_latents_method]! })),
  }),
});
