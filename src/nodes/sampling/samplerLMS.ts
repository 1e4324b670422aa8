import { lms } from "../../sampling/samplers/lms.ts";
import { int, node } from "../declare.ts";
import { SAMPLER } from "../kinds.ts";

/** lms over as many of the last slopes. */
export const SamplerLMS = node({
  name: "SamplerLMS",
  category: "model/sampling/samplers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    order: int({ default: 4, min: 1, max: 100, advanced: true }),
  },
  outputs: { SAMPLER: SAMPLER.output },
  execute: ({ order }) => ({ SAMPLER: { name: "lms", method: lms({ order }) } }),
});
