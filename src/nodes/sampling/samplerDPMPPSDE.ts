import { dpmppSde } from "../../sampling/samplers/dpmppSde.ts";
import { float, node } from "../declare.ts";
import { NodeInputError } from "../errors.ts";
import { SAMPLER } from "../kinds.ts";
import { etaInput, noiseDevice } from "./sdeInputs.ts";

/** dpmpp_sde with settings of its own; `r`: where in a step the model is asked a second time. */
export const SamplerDPMPP_SDE = node({
  name: "SamplerDPMPP_SDE",
  category: "model/sampling/samplers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    eta: etaInput(),
    s_noise: etaInput(),
    r: float({ default: 0.5, min: 0, max: 100, step: 0.01, round: false, advanced: true }),
    noise_device: noiseDevice(),
  },
  outputs: { SAMPLER: SAMPLER.output },
  execute: ({ eta, s_noise: sNoise, r }) => {
    if (r === 0)
      throw new NodeInputError(
        "SamplerDPMPP_SDE: r is 0, and a step is not asked for twice at its start; above 0 it works",
      );
    return { SAMPLER: { name: "dpmpp_sde", method: dpmppSde({ eta, sNoise, r }) } };
  },
});
