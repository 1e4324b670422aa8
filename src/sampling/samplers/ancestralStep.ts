const f32 = Math.fround;

/**
 * Splits a step from `from` to `to` into a longer one, down to `down`, and fresh noise of deviation `up`, so that the noise level ends
 * at `to`; `eta` says how much of the noise is renewed. In f32, operation by operation: where `from` is far above `to` the difference that
 * makes `down` cancels, and ComfyUI's rounding shows in its pictures.
 * Source: k-diffusion, get_ancestral_step (Crowson), after Song et al. 2020 (arXiv:2011.13456).
 */
export function ancestralStep(from: number, to: number, eta = 1): { readonly down: number; readonly up: number } {
  if (eta === 0) return { down: to, up: 0 };
  const [from2, to2] = [f32(from * from), f32(to * to)];
  const wanted = f32(eta * f32(Math.sqrt(f32(f32(to2 * f32(from2 - to2)) / from2))));
  // an infinite level (a flow's sigma 1 over its alpha 0) keeps nothing of the old latent; the formula would say inf / inf
  const up = from === Number.POSITIVE_INFINITY ? to : Math.min(to, wanted);
  return { down: f32(Math.sqrt(f32(to2 - f32(up * up)))), up };
}

/**
 * The same for rectified flow, where the latent's own weight is 1 - sigma: after the step to `down` the latent is scaled by `scale` and
 * noise of deviation `up` is added.
 */
export function flowAncestralStep(
  from: number,
  to: number,
  eta = 1,
): { readonly down: number; readonly scale: number; readonly up: number } {
  const down = eta === 1 ? (to * to) / from : to * (1 + (to / from - 1) * eta);
  const scale = (1 - to) / (1 - down);
  return { down, scale, up: Math.sqrt(to ** 2 - down ** 2 * scale ** 2) };
}
