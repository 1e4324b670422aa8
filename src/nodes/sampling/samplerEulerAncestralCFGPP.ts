import { eulerCfgPp } from "../../sampling/samplers/eulerCfgPp.ts";
import { node } from "../declare.ts";
import { SAMPLER } from "../kinds.ts";
import { etaInput } from "./sdeInputs.ts";

/** euler_ancestral_cfg_pp with settings of its own. */
export const SamplerEulerAncestralCFGPP = node({
  name: "SamplerEulerAncestralCFGPP",
  displayName: "SamplerEulerAncestralCFG++",
  category: "model/sampling/samplers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    eta: etaInput({ max: 1, advanced: false }),
    s_noise: etaInput({ max: 10, advanced: false }),
  },
  outputs: { SAMPLER: SAMPLER.output },
  execute: ({ eta, s_noise: sNoise }) => ({
    SAMPLER: { name: "euler_ancestral_cfg_pp", method: eulerCfgPp({ ancestral: true, eta, sNoise }) },
  }),
});
