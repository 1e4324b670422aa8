import { combo, file, node, optional } from "../declare.ts";
import { CLIP } from "../kinds.ts";
import { DUAL_TYPES, dualTextEncoder } from "./dualTextEncoder.ts";
import { fileFingerprint } from "./openFile.ts";
import { TEXT_ENCODERS } from "./textEncoderFile.ts";

/** Two text encoders that work as one. Reads their headers; weights move when a text is encoded. */
export const DualCLIPLoader = node({
  name: "DualCLIPLoader",
  displayName: "Load CLIP (Dual)",
  category: "model/loaders",
  description:
    "Loads the two text encoders of Flux 1, CLIP-L and T5, in any order (type flux). Flux 2 has one: Load CLIP, type flux2.",
  pythonModule: "nodes",
  inputs: {
    clip_name1: file(TEXT_ENCODERS),
    clip_name2: file(TEXT_ENCODERS),
    type: combo(DUAL_TYPES),
    device: optional(combo(["default", "cpu"], { advanced: true })),
  },
  outputs: { CLIP: CLIP.output },
  fingerprint: async ({ clip_name1, clip_name2 }, context) =>
    `${await fileFingerprint(TEXT_ENCODERS, clip_name1, context)} ${await fileFingerprint(TEXT_ENCODERS, clip_name2, context)}`,
  async execute({ clip_name1, clip_name2, type, device }, context) {
    const runtime = device === "cpu" && context.cpu ? await context.cpu() : context.runtime;
    return { CLIP: await dualTextEncoder("DualCLIPLoader", [clip_name1, clip_name2], type, { ...context, runtime }) };
  },
});
