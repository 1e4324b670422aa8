import { dpmppMSde } from "../../sampling/samplers/dpmppMSde.ts";
import { combo, node } from "../declare.ts";
import { SAMPLER } from "../kinds.ts";
import { etaInput, noiseDevice } from "./sdeInputs.ts";

/** dpmpp_2m_sde with settings of its own. */
export const SamplerDPMPP_2M_SDE = node({
  name: "SamplerDPMPP_2M_SDE",
  category: "model/sampling/samplers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    solver_type: combo(["midpoint", "heun"], { form: "object" }),
    eta: etaInput(),
    s_noise: etaInput(),
    noise_device: noiseDevice(),
  },
  outputs: { SAMPLER: SAMPLER.output },
  execute: ({ solver_type, eta, s_noise: sNoise }) => {
    const formula = solver_type === "heun" ? "heun" : "midpoint";
    return { SAMPLER: { name: "dpmpp_2m_sde", method: dpmppMSde({ formula, eta, sNoise }) } };
  },
});
