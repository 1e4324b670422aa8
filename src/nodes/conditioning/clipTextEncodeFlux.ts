import { float, node, text } from "../declare.ts";
import { NodeInputError } from "../errors.ts";
import { CLIP, CONDITIONING } from "../kinds.ts";

/** A text for each of Flux 1's two encoders, and how strongly to follow it. */
export const CLIPTextEncodeFlux = node({
  name: "CLIPTextEncodeFlux",
  category: "model/conditioning/flux",
  pythonModule: "comfy_extras.nodes_flux",
  inputs: {
    clip: CLIP.link(),
    clip_l: text({ multiline: true, dynamicPrompts: true }),
    t5xxl: text({ multiline: true, dynamicPrompts: true }),
    guidance: float({ default: 3.5, min: 0, max: 100, step: 0.1 }),
  },
  outputs: { CONDITIONING: CONDITIONING.output },
  async execute({ clip, clip_l, t5xxl, guidance }, { signal }) {
    if (!clip.encodePair)
      throw new NodeInputError(
        `CLIPTextEncodeFlux has a text for CLIP-L and one for T5, ${clip.file} is one text encoder. Load both with DualCLIPLoader, or use CLIPTextEncode.`,
      );
    const entries = await clip.encodePair(clip_l, t5xxl, signal);
    return { CONDITIONING: entries.map((entry) => ({ ...entry, guidance })) };
  },
});
