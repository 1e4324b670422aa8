import { dpmpp2sAncestral } from "../../sampling/samplers/dpmpp2sAncestral.ts";
import { node } from "../declare.ts";
import { SAMPLER } from "../kinds.ts";
import { etaInput } from "./sdeInputs.ts";

/** dpmpp_2s_ancestral with settings of its own. */
export const SamplerDPMPP_2S_Ancestral = node({
  name: "SamplerDPMPP_2S_Ancestral",
  category: "model/sampling/samplers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    eta: etaInput({ advanced: false }),
    s_noise: etaInput({ advanced: false }),
  },
  outputs: { SAMPLER: SAMPLER.output },
  execute: ({ eta, s_noise: sNoise }) => ({
    SAMPLER: { name: "dpmpp_2s_ancestral", method: dpmpp2sAncestral({ eta, sNoise }) },
  }),
});
