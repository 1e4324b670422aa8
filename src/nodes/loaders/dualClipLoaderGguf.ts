import { combo, file, node } from "../declare.ts";
import { CLIP } from "../kinds.ts";
import { DUAL_TYPES, dualTextEncoder } from "./dualTextEncoder.ts";
import { fileFingerprint } from "./openFile.ts";
import { TEXT_ENCODERS } from "./textEncoderFile.ts";

/** Two text encoders that work as one, GGUF or not, under the name that workflows made with ComfyUI-GGUF have for it. */
export const DualCLIPLoaderGGUF = node({
  name: "DualCLIPLoaderGGUF",
  displayName: "DualCLIPLoader (GGUF)",
  category: "bootleg",
  pythonModule: "custom_nodes.ComfyUI-GGUF",
  inputs: { clip_name1: file(TEXT_ENCODERS), clip_name2: file(TEXT_ENCODERS), type: combo(DUAL_TYPES) },
  outputs: { CLIP: CLIP.output },
  fingerprint: async ({ clip_name1, clip_name2 }, context) =>
    `${await fileFingerprint(TEXT_ENCODERS, clip_name1, context)} ${await fileFingerprint(TEXT_ENCODERS, clip_name2, context)}`,
  execute: async ({ clip_name1, clip_name2, type }, context) => ({
    CLIP: await dualTextEncoder("DualCLIPLoaderGGUF", [clip_name1, clip_name2], type, context),
  }),
});
