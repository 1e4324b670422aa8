import { gridOfImage, gridOfMask, imageOfGrid, maskOfGrid } from "../../image/grids.ts";
import { fitMask, greyOut } from "../../image/inpaintMask.ts";
import { cut } from "../../image/window.ts";
import { boolean, node } from "../declare.ts";
import { CONDITIONING, IMAGE, LATENT, MASK, VAE } from "../kinds.ts";
import { PIXELS } from "../latent/planes.ts";
import { wholeCells } from "../latent/wholeCells.ts";
import type { Conditioning } from "../values.ts";

/** For models made for inpainting: tells them the picture without what is to be made anew, and the mask; others see the noise mask. */
export const InpaintModelConditioning = node({
  name: "InpaintModelConditioning",
  category: "model/conditioning",
  pythonModule: "nodes",
  inputs: {
    positive: CONDITIONING.link(),
    negative: CONDITIONING.link(),
    vae: VAE.link(),
    pixels: IMAGE.link(),
    mask: MASK.link(),
    noise_mask: boolean({ default: true, tooltip: "Sampling makes anew only where the mask is." }),
  },
  outputs: { positive: CONDITIONING.output, negative: CONDITIONING.output, latent: LATENT.output },
  execute: async ({ positive, negative, vae, pixels, mask, noise_mask }, { signal }) => {
    const part = wholeCells(pixels, PIXELS);
    const fitted = maskOfGrid(cut(gridOfMask(fitMask(mask, pixels)), part));
    const inpaint = { pixels: greyOut(imageOfGrid(cut(gridOfImage(pixels), part)), fitted), mask: fitted };
    const told = (conditioning: Conditioning) => conditioning.map((entry) => ({ ...entry, inpaint }));
    const latent = await vae.encode(pixels, signal);
    return {
      positive: told(positive),
      negative: told(negative),
      latent: noise_mask ? { ...latent, noiseMask: fitted } : latent,
    };
  },
});
