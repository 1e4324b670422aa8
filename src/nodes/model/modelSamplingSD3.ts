import { discreteFlowSampling } from "../../sampling/flowSampling.ts";
import { float, node } from "../declare.ts";
import { MODEL } from "../kinds.ts";

/** Noise levels shifted as SD3 does it, with its timesteps. */
export const ModelSamplingSD3 = node({
  name: "ModelSamplingSD3",
  category: "model/patch/stable diffusion",
  pythonModule: "comfy_extras.nodes_model_advanced",
  inputs: { model: MODEL.link(), shift: float({ default: 3, min: 0, max: 100, step: 0.01 }) },
  outputs: { MODEL: MODEL.output },
  execute: ({ model, shift }) => ({ MODEL: { ...model, sampling: discreteFlowSampling(shift) } }),
});
