import type { ImageBatch } from "../image/image.ts";
import type { MaskBatch } from "../image/mask.ts";
import type { Flux2Model, ReferenceMethod } from "../models/flux2/index.ts";
import type { LoraFit, LoraModel } from "../models/lora/index.ts";
import type { OnTile, TileChoice } from "../models/vae/index.ts";
import type { LoadedModel } from "../runtime/runtime.ts";
import type { ModelSampling } from "../sampling/modelSampling.ts";
import type { Sampler } from "../sampling/sampler.ts";
import type { Adapters } from "./loaders/adapters.ts";

/** What flows between nodes, by ComfyUI's type names. Everything here is plain arrays and handles; no value is changed once made. */

export type Image = ImageBatch;
export type Mask = MaskBatch;

/** MODEL: a diffusion model and how its noise levels are counted. */
export interface DiffusionModel {
  /** Its file's name, for messages. */
  readonly file: string;
  readonly network: Flux2Model;
  readonly loaded: LoadedModel;
  /** The LoRAs on it. Every run of `loaded` is told their `companions`. */
  readonly adapters?: Adapters;
  readonly sampling: ModelSampling;
  readonly latent: LatentFormat;
  /** Noise masks open as the run goes on, with this strength (DifferentialDiffusion). */
  readonly differential?: number;
  /** References are computed by the first pass alone (FluxKVCache). */
  readonly keepReferences?: boolean;
  /** How much of what guidance adds to the spread of values is taken back (RescaleCFG). */
  readonly rescaleCfg?: number;
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
  /** A text for each of two encoders; absent where there is one. */
  encodePair?(clipL: string, t5xxl: string, signal: AbortSignal): Promise<Conditioning>;
  /** The same encoder with one more LoRA, and how that fits. */
  withLora(lora: LoraModel, strength: number): { readonly model: TextModel; readonly fit: LoraFit };
}

/** VAE: pictures to latents and back. */
export interface Vae {
  readonly file: string;
  readonly latent: LatentFormat;
  decode(latent: Latent, signal: AbortSignal): Promise<Image>;
  encode(image: Image, signal: AbortSignal): Promise<Latent>;
  /** The same tile by tile, in less memory: the result is near that of the whole, not equal to it. */
  decodeTiled(latent: Latent, tiles: TileChoice, signal: AbortSignal, onTile?: OnTile): Promise<Image>;
  encodeTiled(image: Image, tiles: TileChoice, signal: AbortSignal, onTile?: OnTile): Promise<Latent>;
}

/** CONDITIONING: what a picture should follow; several entries have equal weight. */
export type Conditioning = readonly ConditioningEntry[];

export interface ConditioningEntry {
  /** [1, tokens, width] */
  readonly context: Float32Array;
  readonly tokens: number;
  readonly width: number;
  /** For models that can be told how strongly to follow (FluxGuidance). */
  /** Null: not at all, as if the model could not be told (FluxDisableGuidance). */
  readonly guidance?: number | null;
  /** [1, n]: the text as one vector, for models that take one. */
  readonly pooled?: Float32Array;
  /** Pictures to look at (ReferenceLatent), and how their tokens are told apart from the picture's own. */
  readonly references?: readonly Latent[];
  readonly referenceMethod?: ReferenceMethod;
  /** Where and when it counts; everywhere and always without. */
  readonly scope?: CondScope;
  /** For models made for inpainting, which see the picture without what is to be made anew, and the mask. */
  readonly inpaint?: { readonly pixels: Image; readonly mask: Mask };
}

/** The part of the picture and of the run in which a conditioning counts, and with what weight. */
export interface CondScope {
  /** In cells, or as shares of the latent's sides. */
  readonly area?: CondArea;
  /** Weight in the area; default 1. */
  readonly strength?: number;
  readonly mask?: Mask;
  /** Factor of the mask; default 1. */
  readonly maskStrength?: number;
  /** The model sees only the box around the mask. */
  readonly boundToMask?: boolean;
  /** Shares of the run, 0 the start. */
  readonly start?: number;
  readonly end?: number;
}

export interface CondArea {
  readonly unit: "cells" | "shares";
  readonly height: number;
  readonly width: number;
  readonly y: number;
  readonly x: number;
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
  /** 1 where sampling makes the picture anew, 0 where it keeps what is there. Of any size. */
  readonly noiseMask?: Mask;
  /** Each picture's place in the batch it was taken from: it gets the noise it would have there. */
  readonly batchIndex?: readonly number[];
}

/** NOISE: where the start noise comes from; null: none is added. */
export interface Noise {
  readonly seed: bigint | null;
}

/** SIGMAS: noise levels, falling. */
export type Sigmas = Float32Array;

/** SAMPLER: by ComfyUI's name; `method`: with settings of its own. */
export interface SamplerChoice {
  readonly name: string;
  readonly method?: Sampler;
}

/** GUIDER: a model and what it follows. Without a negative (or with cfg 1) only the positive is evaluated. */
export interface GuiderChoice {
  readonly model: DiffusionModel;
  readonly positive: Conditioning;
  readonly negative?: Conditioning;
  readonly cfg: number;
  /** A third conditioning, and what it is for. */
  readonly third?: ThirdCond;
}

/**
 * `dual`: between positive and negative; `cfg` counts from it to the positive, `cfg2` from the negative to it (`nested`: to the guided
 * result). `perpNeg`: an empty text; only what of the negative is perpendicular to the positive is avoided, times `scale`.
 */
export type ThirdCond =
  | { readonly kind: "dual"; readonly cond: Conditioning; readonly cfg2: number; readonly nested: boolean }
  | { readonly kind: "perpNeg"; readonly cond: Conditioning; readonly scale: number };
