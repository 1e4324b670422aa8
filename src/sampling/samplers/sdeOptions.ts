/** How much noise a stochastic sampler renews on the way. */
export interface SdeOptions {
  /** How far each step goes beyond its end, to be noised back up: 0 not at all, 1 (the default) as the model was trained. */
  readonly eta?: number;
  /** Factor of the fresh noise. Default: 1. */
  readonly sNoise?: number;
}
