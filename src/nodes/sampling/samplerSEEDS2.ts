import { seeds } from "../../sampling/samplers/seeds.ts";
import { combo, float, node } from "../declare.ts";
import { SAMPLER } from "../kinds.ts";
import { etaInput } from "./sdeInputs.ts";

/** seeds_2 with settings of its own; `r`: where in a step the model is asked a second time. */
export const SamplerSEEDS2 = node({
  name: "SamplerSEEDS2",
  category: "model/sampling/samplers",
  description: "seeds_2; with phi_2, r 1 and eta 0 it is exp_heun_2_x0, with eta 1 exp_heun_2_x0_sde.",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  searchAliases: ["sde", "exp heun"],
  inputs: {
    solver_type: combo(["phi_1", "phi_2"], { form: "object" }),
    eta: etaInput({ tooltip: "How much noise is renewed." }),
    s_noise: etaInput({ tooltip: "Factor of the fresh noise." }),
    r: float({
      default: 0.5,
      min: 0.01,
      max: 1,
      step: 0.01,
      round: false,
      tooltip: "Where in the step the model is asked a second time.",
      advanced: true,
    }),
  },
  outputs: { SAMPLER: SAMPLER.output },
  execute: ({ solver_type, eta, s_noise: sNoise, r }) => {
    const weights = solver_type === "phi_2" ? "phi2" : "phi1";
    return { SAMPLER: { name: "seeds_2", method: seeds({ at: [r], weights, eta, sNoise }) } };
  },
});
