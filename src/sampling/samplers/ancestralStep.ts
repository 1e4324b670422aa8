/**
 * Splits a step from `from` to `to` into a longer one, down to `down`, and fresh noise of deviation `up`, so that the noise level ends
 * at `to`. Source: k-diffusion, get_ancestral_step (Crowson), after Song et al. 2020 (arXiv:2011.13456).
 */
export function ancestralStep(from: number, to: number): { readonly down: number; readonly up: number } {
  // written so that an infinite `from` (a flow's sigma 1 over its alpha 0) has its limit: nothing of the old latent is left
  const up = Math.min(to, to * Math.sqrt(1 - (to / from) ** 2));
  return { down: Math.sqrt(to ** 2 - up ** 2), up };
}

/**
 * The same for rectified flow, where the latent's own weight is 1 - sigma: after the step to `down` the latent is scaled by `scale` and
 * noise of deviation `up` is added.
 */
export function flowAncestralStep(
  from: number,
  to: number,
): { readonly down: number; readonly scale: number; readonly up: number } {
  const down = (to * to) / from;
  const scale = (1 - to) / (1 - down);
  return { down, scale, up: Math.sqrt(to ** 2 - down ** 2 * scale ** 2) };
}
