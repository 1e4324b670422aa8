import { erSde, reverseTime } from "../../sampling/samplers/erSde.ts";
import { combo, int, node } from "../declare.ts";
import { SAMPLER } from "../kinds.ts";
import { etaInput } from "./sdeInputs.ts";

/** er_sde with settings of its own: which noise, and how many predictions a step builds on. `eta` is for the plain SDE alone. */
export const SamplerER_SDE = node({
  name: "SamplerER_SDE",
  category: "model/sampling/samplers",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    solver_type: combo(["ER-SDE", "Reverse-time SDE", "ODE"], { form: "object" }),
    max_stage: int({ default: 3, min: 1, max: 3, advanced: true }),
    eta: etaInput({
      tooltip: "How much noise the reverse-time SDE renews; at 0 it is the ODE. ER-SDE does not look at it.",
    }),
    s_noise: etaInput(),
  },
  outputs: { SAMPLER: SAMPLER.output },
  execute: ({ solver_type, max_stage: order, eta: given, s_noise }) => {
    if (solver_type === "ER-SDE") return { SAMPLER: { name: "er_sde", method: erSde({ order, sNoise: s_noise }) } };
    const eta = solver_type === "ODE" ? 0 : given;
    const sNoise = eta === 0 ? 0 : s_noise;
    return { SAMPLER: { name: "er_sde", method: erSde({ noiseScale: reverseTime(eta), order, sNoise }) } };
  },
});
