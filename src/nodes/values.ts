import type { ImageBatch } from "../image/image.ts";
import type { MaskBatch } from "../image/mask.ts";
import type { Flux2Model } from "../models/flux2/index.ts";
import type { LoadedModel } from "../runtime/runtime.ts";
import type { ModelSampling } from "../sampling/modelSampling.ts";

/** What flows between nodes, by ComfyUI's type names. Everything here is plain arrays and handles; no value is changed once made. */

export type Image = ImageBatch;
export type Mask = MaskBatch;

/** MODEL: a diffusion model and how its noise levels are counted. */
export interface DiffusionModel {
  /** Its file's name, for messages. */
  readonly file: string;
  readonly network: Flux2Model;
  readonly loaded: LoadedModel;
  readonly sampling: ModelSampling;
  readonly latent: LatentFormat;
}

/** What a model's latents look like. */
export interface LatentFormat {
  readonly channels: number;
  /** Pixels on a side of one cell. */
  readonly cell: number;
}

/** CLIP: a text encoder. */
export interface TextModel {
  readonly file: string;
  /** The text's context: [1, tokens, width]. */
  encode(text: string, signal: AbortSignal): Promise<Conditioning>;
}

/** VAE: pictures to latents and back. */
export interface Vae {
  readonly file: string;
  readonly latent: LatentFormat;
  decode(latent: Latent, signal: AbortSignal): Promise<Image>;
  encode(image: Image, signal: AbortSignal): Promise<Latent>;
}

/** CONDITIONING: what a picture should follow; several entries have equal weight. */
export type Conditioning = readonly ConditioningEntry[];

export interface ConditioningEntry {
  /** [1, tokens, width] */
  readonly context: Float32Array;
  readonly tokens: number;
  readonly width: number;
  /** For models that can be told how strongly to follow (FluxGuidance). */
  readonly guidance?: number;
}

/** LATENT: [batch, channels, height, width] in the model's cells. */
export interface Latent {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly samples: Float32Array;
  /** Pixels per cell that an empty latent was made for: a model with other cells gets as many pixels. */
  readonly emptyCell?: number;
}

/** NOISE: where the start noise comes from; null: none is added. */
export interface Noise {
  readonly seed: bigint | null;
}

/** SIGMAS: noise levels, falling. */
export type Sigmas = Float32Array;

/** SAMPLER: by ComfyUI's name. */
export interface SamplerChoice {
  readonly name: string;
}

/** GUIDER: a model and what it follows. Without a negative (or with cfg 1) only the positive is evaluated. */
export interface GuiderChoice {
  readonly model: DiffusionModel;
  readonly positive: Conditioning;
  readonly negative?: Conditioning;
  readonly cfg: number;
}
