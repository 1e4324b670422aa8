import { samplerNames } from "../../sampling/samplers/index.ts";
import { combo, node } from "../declare.ts";
import { SAMPLER } from "../kinds.ts";

/** A sampler by its name. */
export const KSamplerSelect = node({
  name: "KSamplerSelect",
  category: "model/sampling/samplers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: { sampler_name: combo(samplerNames, { form: "object" }) },
  outputs: { SAMPLER: SAMPLER.output },
  execute: ({ sampler_name }) => ({ SAMPLER: { name: sampler_name } }),
});
