import { samplingPercentToSigma } from "../../sampling/sigmas/percentToSigma.ts";
import { boolean, float, node } from "../declare.ts";
import { FLOAT, MODEL } from "../kinds.ts";

/** The noise level at a share of the way. */
export const SamplingPercentToSigma = node({
  name: "SamplingPercentToSigma",
  category: "model/sampling/sigmas",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    model: MODEL.link(),
    sampling_percent: float({ default: 0, min: 0, max: 1, step: 0.0001 }),
    return_actual_sigma: boolean({ default: false }),
  },
  outputs: { sigma_value: FLOAT.output },
  execute: ({ model, sampling_percent, return_actual_sigma }) => ({
    sigma_value: samplingPercentToSigma(model.sampling, sampling_percent, return_actual_sigma),
  }),
});
