import type { Flux2Sizes } from "../writeFlux2.ts";

/** What a peer's process is told: argv[1] of protocol.py. */
export interface PeerJob extends Flux2Sizes {
  /** A word of that peer's script. */
  readonly mode: string;
  /** The transformer, the same file for all. */
  readonly file: string;
  /** Bytes of its weights. */
  readonly bytes: number;
  /** What of them a peer with a limit may hold. */
  readonly share: number;
  readonly threads: number;
  /** Empty, for what a peer writes. */
  readonly folder: string;
  /** Of the latent. */
  readonly height: number;
  readonly width: number;
  readonly textTokens: number;
  /** What stable-diffusion.cpp demands beside the transformer. */
  readonly llm?: string;
  readonly tae?: string;
  /** Where ComfyUI lies. */
  readonly comfyui?: string;
}
