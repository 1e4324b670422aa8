import { gridOfImage, gridOfMask, imageOfGrid, maskOfGrid } from "../../image/grids.ts";
import { dilateSquare, fitMask, greyOut } from "../../image/inpaintMask.ts";
import { cut } from "../../image/window.ts";
import { int, node } from "../declare.ts";
import { IMAGE, LATENT, MASK, VAE } from "../kinds.ts";
import { wholeCells } from "./wholeCells.ts";

/** Encodes a picture with what is to be made anew greyed out, and lets sampling make it: the mask, grown a little. */
export const VAEEncodeForInpaint = node({
  name: "VAEEncodeForInpaint",
  displayName: "VAE Encode (for Inpainting)",
  category: "model/latent",
  pythonModule: "nodes",
  inputs: {
    pixels: IMAGE.link(),
    vae: VAE.link(),
    mask: MASK.link(),
    grow_mask_by: int({ default: 6, min: 0, max: 64, step: 1 }),
  },
  outputs: { LATENT: LATENT.output },
  execute: async ({ pixels, vae, mask, grow_mask_by }, { signal }) => {
    const part = wholeCells(pixels, vae.latent.cell);
    const image = imageOfGrid(cut(gridOfImage(pixels), part));
    const fitted = maskOfGrid(cut(gridOfMask(fitMask(mask, pixels)), part));
    const latent = await vae.encode(greyOut(image, fitted), signal);
    return { LATENT: { ...latent, noiseMask: dilateSquare(fitted, grow_mask_by) } };
  },
});
