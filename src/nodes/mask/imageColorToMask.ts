import { roundHalfEven } from "../../image/roundHalfEven.ts";
import { int, node } from "../declare.ts";
import { IMAGE, MASK } from "../kinds.ts";

/** 1 where a pixel has exactly this colour, 0xRRGGBB. */
export const ImageColorToMask = node({
  name: "ImageColorToMask",
  displayName: "Convert Image Color to Mask",
  category: "image/mask",
  pythonModule: "comfy_extras.nodes_mask",
  inputs: { image: IMAGE.link(), color: int({ default: 0, min: 0, max: 0xffffff, step: 1, display: "color" }) },
  outputs: { MASK: MASK.output },
  execute: ({ image: { width, height, batch, channels, data }, color }) => {
    const byte = (value: number) => roundHalfEven(Math.fround(Math.min(Math.max(value, 0), 1) * 255));
    const mask = new Float32Array(batch * width * height);
    for (let i = 0; i < mask.length; i++) {
      const [r, g, b] = [0, 1, 2].map((c) => byte(data[i * channels + c]!));
      mask[i] = Number(((r! << 16) | (g! << 8) | b!) === color);
    }
    return { MASK: { batch, width, height, data: mask } };
  },
});
