import { fluxSampling } from "../../sampling/flowSampling.ts";
import { fluxShift } from "../../sampling/sigmas/fluxShift.ts";
import { float, int, node } from "../declare.ts";
import { MODEL } from "../kinds.ts";

const SIDE = { default: 1024, min: 16, max: 16384, step: 8 };

/** Noise levels for a picture of this size: larger ones spend more steps at high noise. */
export const ModelSamplingFlux = node({
  name: "ModelSamplingFlux",
  category: "model/patch/flux",
  pythonModule: "comfy_extras.nodes_model_advanced",
  inputs: {
    model: MODEL.link(),
    max_shift: float({ default: 1.15, min: 0, max: 100, step: 0.01, advanced: true }),
    base_shift: float({ default: 0.5, min: 0, max: 100, step: 0.01, advanced: true }),
    width: int(SIDE),
    height: int(SIDE),
  },
  outputs: { MODEL: MODEL.output },
  execute: ({ model, max_shift, base_shift, width, height }) => ({
    MODEL: { ...model, sampling: fluxSampling(fluxShift(base_shift, max_shift, width, height)) },
  }),
});
