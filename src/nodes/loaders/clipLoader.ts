import { combo, file, node, optional } from "../declare.ts";
import { CLIP } from "../kinds.ts";
import { fileFingerprint } from "./openFile.ts";
import { TEXT_ENCODER_TYPES, TEXT_ENCODERS, textEncoderFile } from "./textEncoderFile.ts";

/** A text encoder. Reads its header; weights move when a text is encoded. */
export const CLIPLoader = node({
  name: "CLIPLoader",
  displayName: "Load CLIP",
  category: "model/loaders",
  description:
    "Loads one text encoder file. For Flux 2: type flux2, and Qwen3 for klein, Mistral 3 for dev; the file tells which it is.",
  pythonModule: "nodes",
  inputs: {
    clip_name: file(TEXT_ENCODERS),
    type: combo(TEXT_ENCODER_TYPES),
    device: optional(combo(["default", "cpu"], { advanced: true })),
  },
  outputs: { CLIP: CLIP.output },
  fingerprint: ({ clip_name }, context) => fileFingerprint(TEXT_ENCODERS, clip_name, context),
  async execute({ clip_name, type, device }, context) {
    const runtime = device === "cpu" && context.cpu ? await context.cpu() : context.runtime;
    return { CLIP: await textEncoderFile("CLIPLoader", clip_name, type, { ...context, runtime }) };
  },
});
