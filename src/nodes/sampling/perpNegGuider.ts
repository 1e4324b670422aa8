import { float, node } from "../declare.ts";
import { CONDITIONING, GUIDER, MODEL } from "../kinds.ts";

/** Avoids only what of the negative is perpendicular to the positive. */
export const PerpNegGuider = node({
  name: "PerpNegGuider",
  displayName: "Perp-Neg Guider",
  category: "experimental",
  pythonModule: "comfy_extras.nodes_perpneg",
  experimental: true,
  inputs: {
    model: MODEL.link(),
    positive: CONDITIONING.link(),
    negative: CONDITIONING.link(),
    empty_conditioning: CONDITIONING.link(),
    cfg: float({ default: 8, min: 0, max: 100, step: 0.1, round: 0.01 }),
    neg_scale: float({ default: 1, min: 0, max: 100, step: 0.01, advanced: true }),
  },
  outputs: { GUIDER: GUIDER.output },
  execute: ({ model, positive, negative, empty_conditioning, cfg, neg_scale }) => {
    const third = { kind: "perpNeg", cond: empty_conditioning, scale: neg_scale } as const;
    return { GUIDER: { model, positive, negative, cfg, third } };
  },
});
