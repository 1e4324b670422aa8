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

/** How a prediction is guided away from another: by `cfg` times their difference, or as `rescaledCfg` does it. All of x's size. */
export type Combine = (
  at: { readonly x: Float32Array; readonly sigma: number },
  cond: Float32Array,
  uncond: Float32Array,
  cfg: number,
) => Float32Array;

const plainCfg: Combine = (_, cond, uncond, cfg) => uncond.map((u, i) => u + (cond[i]! - u) * cfg);

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
export function cfgGuider<Cond>(
  denoiser: Denoiser<Cond>,
  positive: Cond,
  negative: Cond,
  cfg: number,
  combine: Combine = plainCfg,
): Guider {
  // ComfyUI's test for "cfg is 1"
  const one = Math.abs(cfg - 1) <= 1e-9 * Math.max(Math.abs(cfg), 1);
  return async (x, sigma, wantUncond = false) => {
    if (one && !wantUncond) return basicGuider(denoiser, positive)(x, sigma);
    const [cond, uncond] = await denoiser(x, sigma, [positive, negative]);
    return { denoised: combine({ x, sigma }, cond!, uncond!, cfg), uncond: uncond! };
  };
}

/**
 * DualCFGGuider: guidance by two conditionings, cond2 standing between negative and cond1. `nested`: from the negative to what is guided
 * from cond2 to cond1; else both differences are added up. Source: Brooks et al. 2023 (arXiv:2211.09800), equation 3.
 */
export function dualCfgGuider<Cond>(
  denoiser: Denoiser<Cond>,
  conds: { readonly cond1: Cond; readonly cond2: Cond; readonly negative: Cond },
  { cfg1, cfg2, nested }: { readonly cfg1: number; readonly cfg2: number; readonly nested: boolean },
  combine: Combine = plainCfg,
): Guider {
  return async (x, sigma) => {
    const [one, two, uncond] = await denoiser(x, sigma, [conds.cond1, conds.cond2, conds.negative]);
    const at = { x, sigma };
    if (nested) {
      const guided = combine(at, one!, two!, cfg1);
      return { denoised: uncond!.map((u, i) => u + cfg2 * (guided[i]! - u)), uncond: uncond! };
    }
    const guided = combine(at, two!, uncond!, cfg2);
    return { denoised: guided.map((v, i) => v + (one![i]! - two![i]!) * cfg1), uncond: uncond! };
  };
}

/**
 * PerpNegGuider: only the part of the negative that is perpendicular to the positive is avoided, both seen from an empty text. Source:
 * Armandpour et al. 2023 (arXiv:2304.04968).
 */
export function perpNegGuider<Cond>(
  denoiser: Denoiser<Cond>,
  conds: { readonly positive: Cond; readonly negative: Cond; readonly empty: Cond },
  { cfg, scale }: { readonly cfg: number; readonly scale: number },
): Guider {
  return async (x, sigma) => {
    const [pos, neg, empty] = await denoiser(x, sigma, [conds.positive, conds.negative, conds.empty]);
    const towards = pos!.map((value, i) => value - empty![i]!);
    const away = neg!.map((value, i) => value - empty![i]!);
    let [dot, square] = [0, 0];
    for (let i = 0; i < towards.length; i++) {
      dot += away[i]! * towards[i]!;
      square += towards[i]! ** 2;
    }
    const along = square === 0 ? 0 : dot / square;
    const denoised = empty!.map((value, i) => value + cfg * (towards[i]! - scale * (away[i]! - along * towards[i]!)));
    return { denoised, uncond: empty! };
  };
}
