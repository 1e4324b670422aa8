/** A rectangle of a latent, in its cells. */
export interface Area {
  readonly height: number;
  readonly width: number;
  readonly y: number;
  readonly x: number;
}

/** What is asked of a conditioning: where, when and how strongly it counts. All may be left out. */
export interface CondScope {
  /** In cells, or as shares of the latent's sides. */
  readonly area?: Area & { readonly unit: "cells" | "shares" };
  /** Weight everywhere it counts; default 1. */
  readonly strength?: number;
  /** [batch, height, width] of the latent's size. */
  readonly mask?: { readonly batch: number; readonly data: Float32Array };
  readonly maskStrength?: number;
  /** The area is the box around the mask. */
  readonly boundToMask?: boolean;
  /** Shares of the run, 0 the start. */
  readonly start?: number;
  readonly end?: number;
}

/** The same for one latent and one model. The area may still stick out; `areaInside` cuts it. */
export interface CondRegion {
  /** Null: everywhere. */
  readonly area: Area | null;
  readonly strength: number;
  /** Weights [batch, height, width] of the whole latent. */
  readonly mask: { readonly batch: number; readonly data: Float32Array } | null;
  /** Sigmas at which it counts: from the first down to the last, both included. */
  readonly firstSigma: number;
  readonly lastSigma: number;
}

export const activeAt = ({ firstSigma, lastSigma }: CondRegion, sigma: number): boolean =>
  sigma <= firstSigma && sigma >= lastSigma;
