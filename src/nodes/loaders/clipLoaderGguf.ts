import { combo, file, node } from "../declare.ts";
import { CLIP } from "../kinds.ts";
import { fileFingerprint } from "./openFile.ts";
import { TEXT_ENCODER_TYPES, TEXT_ENCODERS, textEncoderFile } from "./textEncoderFile.ts";

/** A text encoder, GGUF or not, under the name that workflows made with ComfyUI-GGUF have for it. */
export const CLIPLoaderGGUF = node({
  name: "CLIPLoaderGGUF",
  displayName: "CLIPLoader (GGUF)",
  category: "bootleg",
  pythonModule: "custom_nodes.ComfyUI-GGUF",
  inputs: { clip_name: file(TEXT_ENCODERS), type: combo(TEXT_ENCODER_TYPES) },
  outputs: { CLIP: CLIP.output },
  fingerprint: ({ clip_name }, context) => fileFingerprint(TEXT_ENCODERS, clip_name, context),
  execute: async ({ clip_name, type }, context) => ({
    CLIP: await textEncoderFile("CLIPLoaderGGUF", clip_name, type, context),
  }),
});
