import { saSolver } from "../../sampling/samplers/saSolver.ts";
import { boolean, float, int, node } from "../declare.ts";
import { MODEL, SAMPLER } from "../kinds.ts";
import { etaInput } from "./sdeInputs.ts";

/** sa_solver with settings of its own: orders, and between which shares of the way noise is renewed. */
export const SamplerSASolver = node({
  name: "SamplerSASolver",
  category: "model/sampling/samplers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  searchAliases: ["sde"],
  inputs: {
    model: MODEL.link(),
    eta: etaInput({ max: 10 }),
    sde_start_percent: float({ default: 0.2, min: 0, max: 1, step: 0.001, advanced: true }),
    sde_end_percent: float({ default: 0.8, min: 0, max: 1, step: 0.001, advanced: true }),
    s_noise: etaInput(),
    predictor_order: int({ default: 3, min: 1, max: 6, advanced: true }),
    corrector_order: int({ default: 4, min: 0, max: 6, advanced: true }),
    use_pece: boolean({ advanced: true }),
    simple_order_2: boolean({ advanced: true }),
  },
  outputs: { SAMPLER: SAMPLER.output },
  execute: ({ model: { sampling }, ...settings }) => {
    const method = saSolver({
      eta: settings.eta,
      sNoise: settings.s_noise,
      noisy: [sampling.percentToSigma(settings.sde_start_percent), sampling.percentToSigma(settings.sde_end_percent)],
      predictorOrder: settings.predictor_order,
      correctorOrder: settings.corrector_order,
      pece: settings.use_pece,
      simpleSecond: settings.simple_order_2,
    });
    return { SAMPLER: { name: "sa_solver", method } };
  },
});
