import { node, text } from "../declare.ts";
import { NodeInputError } from "../errors.ts";
import { SIGMAS } from "../kinds.ts";

/** Noise levels as written, whatever stands between the numbers. */
export const ManualSigmas = node({
  name: "ManualSigmas",
  category: "experimental",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  searchAliases: ["custom noise schedule", "define sigmas"],
  experimental: true,
  inputs: { sigmas: text({ default: "1, 0.5", multiline: false }) },
  outputs: { SIGMAS: SIGMAS.output },
  execute: ({ sigmas }) => {
    const levels = Float32Array.from(sigmas.match(/[-+]?\d*\.?\d+/g) ?? [], Number);
    const wrong = levels.find((level) => !Number.isFinite(level) || level < 0);
    if (wrong !== undefined)
      throw new NodeInputError(`ManualSigmas: ${wrong} is no noise level; they are 0 or more, such as "1, 0.5, 0"`);
    return { SIGMAS: levels };
  },
});
