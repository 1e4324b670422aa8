/**
 * Predicts the clean latent for each of `conds` in one call: the runtime moves a block of the model once a step for all of them.
 * x: the noisy latent [batch, ...] at noise level `sigma`. Resolves to one prediction per cond, in order, each of x's size.
 */
export type Denoiser<Cond> = (
  x: Float32Array,
  sigma: number,
  conds: readonly Cond[],
) => Promise<readonly Float32Array[]>;

/** What guidance makes of the predictions: what the samplers call at every step. `uncond` is there where it was evaluated. */
export interface Guided {
  readonly denoised: Float32Array;
  readonly uncond: Float32Array;
}
export type Guider = (x: Float32Array, sigma: number, wantUncond?: boolean) => Promise<Guided>;

/** BasicGuider: the prediction itself. */
export function basicGuider<Cond>(denoiser: Denoiser<Cond>, cond: Cond): Guider {
  return async (x, sigma) => {
    const [denoised] = await denoiser(x, sigma, [cond]);
    return { denoised: denoised!, uncond: denoised! };
  };
}

/**
 * CFGGuider, classifier-free guidance: uncond + cfg (cond - uncond). At cfg 1 the negative has no weight and is not evaluated, except
 * for the samplers that step along it (cfg++: `wantUncond`). Source: Ho and Salimans 2022 (arXiv:2207.12598).
 */
export function cfgGuider<Cond>(denoiser: Denoiser<Cond>, positive: Cond, negative: Cond, cfg: number): Guider {
  // ComfyUI's test for "cfg is 1"
  const one = Math.abs(cfg - 1) <= 1e-9 * Math.max(Math.abs(cfg), 1);
  return async (x, sigma, wantUncond = false) => {
    if (one && !wantUncond) return basicGuider(denoiser, positive)(x, sigma);
    const [cond, uncond] = await denoiser(x, sigma, [positive, negative]);
    return { denoised: uncond!.map((u, i) => u + (cond![i]! - u) * cfg), uncond: uncond! };
  };
}
