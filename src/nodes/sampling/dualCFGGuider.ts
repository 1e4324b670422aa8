import { combo, float, node } from "../declare.ts";
import { CONDITIONING, GUIDER, MODEL } from "../kinds.ts";

/** Guidance by two conditionings, the second standing between the negative and the first. */
export const DualCFGGuider = node({
  name: "DualCFGGuider",
  displayName: "Dual CFG Guider",
  category: "model/sampling/guiders",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  searchAliases: ["dual prompt guidance"],
  inputs: {
    model: MODEL.link(),
    cond1: CONDITIONING.link(),
    cond2: CONDITIONING.link(),
    negative: CONDITIONING.link(),
    cfg_conds: float({ default: 8, min: 0, max: 100, step: 0.1, round: 0.01 }),
    cfg_cond2_negative: float({ default: 8, min: 0, max: 100, step: 0.1, round: 0.01 }),
    style: combo(["regular", "nested"], { form: "object" }),
  },
  outputs: { GUIDER: GUIDER.output },
  execute: ({ model, cond1, cond2, negative, cfg_conds, cfg_cond2_negative, style }) => {
    const third = { kind: "dual", cond: cond2, cfg2: cfg_cond2_negative, nested: style === "nested" } as const;
    return { GUIDER: { model, positive: cond1, negative, cfg: cfg_conds, third } };
  },
});
