import { eulerAncestral } from "../../sampling/samplers/eulerAncestral.ts";
import { node } from "../declare.ts";
import { SAMPLER } from "../kinds.ts";
import { etaInput } from "./sdeInputs.ts";

/** euler_ancestral with settings of its own. */
export const SamplerEulerAncestral = node({
  name: "SamplerEulerAncestral",
  category: "model/sampling/samplers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    eta: etaInput(),
    s_noise: etaInput(),
  },
  outputs: { SAMPLER: SAMPLER.output },
  execute: ({ eta, s_noise: sNoise }) => ({
    SAMPLER: { name: "euler_ancestral", method: eulerAncestral({ eta, sNoise }) },
  }),
});
