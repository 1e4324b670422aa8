import { node, text } from "../declare.ts";
import { CLIP, CONDITIONING } from "../kinds.ts";

/** A text as its encoder sees it. */
export const CLIPTextEncode = node({
  name: "CLIPTextEncode",
  displayName: "CLIP Text Encode (Prompt)",
  category: "model/conditioning",
  description: "Turns a text into what guides a diffusion model towards pictures of it.",
  inputs: {
    text: text({ multiline: true, dynamicPrompts: true, tooltip: "The text to encode." }),
    clip: CLIP.link("The text encoder."),
  },
  outputs: { CONDITIONING: CONDITIONING.output },
  execute: async ({ text, clip }, { signal }) => ({ CONDITIONING: await clip.encode(text, signal) }),
});
