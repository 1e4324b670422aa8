import { dpmppMSde } from "../../sampling/samplers/dpmppMSde.ts";
import { node } from "../declare.ts";
import { SAMPLER } from "../kinds.ts";
import { etaInput, noiseDevice } from "./sdeInputs.ts";

/** dpmpp_3m_sde with settings of its own. */
export const SamplerDPMPP_3M_SDE = node({
  name: "SamplerDPMPP_3M_SDE",
  category: "model/sampling/samplers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    eta: etaInput(),
    s_noise: etaInput(),
    noise_device: noiseDevice(),
  },
  outputs: { SAMPLER: SAMPLER.output },
  execute: ({ eta, s_noise: sNoise }) => ({
    SAMPLER: { name: "dpmpp_3m_sde", method: dpmppMSde({ formula: "third", eta, sNoise }) },
  }),
});
