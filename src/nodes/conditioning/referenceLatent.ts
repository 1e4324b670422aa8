import { node, optional } from "../declare.ts";
import { CONDITIONING, LATENT } from "../kinds.ts";

/** One more picture that the new one may look at. Chained, each has its place; without a latent nothing changes. */
export const ReferenceLatent = node({
  name: "ReferenceLatent",
  displayName: "Set Reference Latent",
  category: "model/conditioning",
  description: "Lets an editing model look at a picture, given as its latent. Several of these nodes give it several.",
  pythonModule: "comfy_extras.nodes_edit_model",
  inputs: { conditioning: CONDITIONING.link(), latent: optional(LATENT.link()) },
  outputs: { CONDITIONING: CONDITIONING.output },
  execute: ({ conditioning, latent }) => ({
    CONDITIONING:
      latent === undefined
        ? conditioning
        : conditioning.map((entry) => ({ ...entry, references: [...(entry.references ?? []), latent] })),
  }),
});
