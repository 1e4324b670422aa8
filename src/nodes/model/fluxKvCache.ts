import { node, told } from "../declare.ts";
import { MODEL } from "../kinds.ts";

/**
 * Reference pictures are computed by the first step alone: later ones look at the keys and values that it made of them, and so take less
 * time. For Flux 2 files trained that way (klein 9B KV); for others it is an approximation. References count as finished pictures unless
 * FluxKontextMultiReferenceLatentMethod says otherwise. What is kept lies in RAM: 4.3 GB for a reference of 1024 x 1024 with klein 9B.
 */
export const FluxKVCache = node({
  name: "FluxKVCache",
  displayName: "Flux KV Cache",
  category: "experimental",
  description:
    "Computes reference pictures once, in the first step, and lets the later ones look at what it made of them.",
  pythonModule: "comfy_extras.nodes_flux",
  experimental: true,
  inputs: { model: MODEL.link("The model whose steps are to be shorter.") },
  outputs: { MODEL: told(MODEL.output, "The same model; it keeps what its first step makes of references.") },
  execute: ({ model }) => ({ MODEL: { ...model, keepReferences: true } }),
});
