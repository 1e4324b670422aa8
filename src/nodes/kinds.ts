import { kind } from "./declare.ts";
import type {
  Conditioning,
  DiffusionModel,
  GuiderChoice,
  Image,
  Latent,
  Mask,
  Noise,
  SamplerChoice,
  Sigmas,
  TextModel,
  Vae,
} from "./values.ts";

/** ComfyUI's type names and what stands behind each here. */
export const MODEL = kind<DiffusionModel>("MODEL");
export const CLIP = kind<TextModel>("CLIP");
export const VAE = kind<Vae>("VAE");
export const CONDITIONING = kind<Conditioning>("CONDITIONING");
export const LATENT = kind<Latent>("LATENT");
export const IMAGE = kind<Image>("IMAGE");
export const MASK = kind<Mask>("MASK");
export const NOISE = kind<Noise>("NOISE");
export const SIGMAS = kind<Sigmas>("SIGMAS");
export const SAMPLER = kind<SamplerChoice>("SAMPLER");
export const GUIDER = kind<GuiderChoice>("GUIDER");
export const INT = kind<number | bigint>("INT");
export const FLOAT = kind<number>("FLOAT");
export const STRING = kind<string>("STRING");
export const BOOLEAN = kind<boolean>("BOOLEAN");
