import { samplerNames } from "../../sampling/samplers/index.ts";
import { combo, node } from "../declare.ts";
import { SAMPLER } from "../kinds.ts";

export const KSamplerSelect = node({
  name: "KSamplerSelect",
  category: "model/sampling/samplers",
  inputs: { sampler_name: combo(samplerNames, { form: "object" }) },
  outputs: { SAMPLER: SAMPLER.output },
  execute: ({ sampler_name }) => ({ SAMPLER: { name: sampler_name } }),
});
