import { dpmAdaptive } from "../../sampling/samplers/dpmAdaptive.ts";
import { float, int, node } from "../declare.ts";
import { SAMPLER } from "../kinds.ts";
import { etaInput } from "./sdeInputs.ts";

/** dpm_adaptive with settings of its own: tolerances, and what the length of the next step follows from. */
export const SamplerDPMAdaptative = node({
  name: "SamplerDPMAdaptative",
  category: "model/sampling/samplers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    order: int({ default: 3, min: 2, max: 3, advanced: true }),
    rtol: float({ default: 0.05, min: 0, max: 100, step: 0.01, round: false, advanced: true }),
    atol: float({ default: 0.0078, min: 0, max: 100, step: 0.01, round: false, advanced: true }),
    h_init: float({ default: 0.05, min: 0, max: 100, step: 0.01, round: false, advanced: true }),
    pcoeff: float({ default: 0, min: 0, max: 100, step: 0.01, round: false, advanced: true }),
    icoeff: float({ default: 1, min: 0, max: 100, step: 0.01, round: false, advanced: true }),
    dcoeff: float({ default: 0, min: 0, max: 100, step: 0.01, round: false, advanced: true }),
    accept_safety: float({ default: 0.81, min: 0, max: 100, step: 0.01, round: false, advanced: true }),
    eta: float({ default: 0, min: 0, max: 100, step: 0.01, round: false, advanced: true }),
    s_noise: etaInput(),
  },
  outputs: { SAMPLER: SAMPLER.output },
  execute: (settings) => {
    const method = dpmAdaptive({
      order: settings.order === 2 ? 2 : 3,
      relative: settings.rtol,
      absolute: settings.atol,
      firstStep: settings.h_init,
      proportional: settings.pcoeff,
      integral: settings.icoeff,
      derivative: settings.dcoeff,
      safety: settings.accept_safety,
      eta: settings.eta,
      sNoise: settings.s_noise,
    });
    return { SAMPLER: { name: "dpm_adaptive", method } };
  },
});
