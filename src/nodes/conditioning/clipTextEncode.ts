import { node, text, told } from "../declare.ts";
import { CLIP, CONDITIONING } from "../kinds.ts";

/** A text as its encoder sees it. */
export const CLIPTextEncode = node({
  name: "CLIPTextEncode",
  displayName: "CLIP Text Encode (Prompt)",
  category: "model/conditioning",
  description: "Turns a text into what guides a diffusion model towards pictures of it.",
  pythonModule: "nodes",
  searchAliases: [
    "text",
    "prompt",
    "text prompt",
    "positive prompt",
    "negative prompt",
    "encode text",
    "text encoder",
    "encode prompt",
  ],
  inputs: {
    text: text({ multiline: true, dynamicPrompts: true, tooltip: "The text to encode." }),
    clip: CLIP.link("The text encoder."),
  },
  outputs: { CONDITIONING: told(CONDITIONING.output, "The text as the model reads it.") },
  execute: async ({ text, clip }, { signal }) => ({ CONDITIONING: await clip.encode(text, signal) }),
});
