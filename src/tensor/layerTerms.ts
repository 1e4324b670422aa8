import type { Tensor } from "./graph.ts";

/**
 * What a layer computes beside its weight, found by the weight's name. `linear` applies it: y = adapt(x, scale * (W turn(inputScale * x))), and the bias after.
 * So a quantised file's scales and any number of LoRAs join a layer without the model's code knowing, and W itself is never copied or changed.
 * Names are weights of the same stage, from any file: `Graph.weight` finds them, and so they are leased with the block.
 */
export interface LayerTerms {
  /** A weight of f32 values that multiply W x: [n], one per output row, or [1] for all. */
  readonly scale?: string;
  /** A weight of f32 values, [k], that x is multiplied by before W sees it. */
  readonly inputScale?: string;
  /** A weight [n, n], symmetric, that each n neighbours of x are multiplied by before W sees them; n divides k. */
  readonly rotation?: string;
  /** Side terms. `x`: [..., T, k] f32 as the layer gets it; `y`: [..., T, n] f32, scaled W x. Returns what stands in y's place. */
  adapt?(x: Tensor, y: Tensor, layer: AdaptedLayer): Tensor;
  /** Of a vector (a norm's scale, a bias): what stands in the weight's place, in its shape, f32. `Graph.weight` gives it. */
  patch?(w: Tensor): Tensor;
}

/** The layer that is adapted, as far as `linear` was given it: all of W, or some of its rows. */
export interface AdaptedLayer {
  /** The row of W that y's first value belongs to. */
  readonly first: number;
  /** Scaled W x of another input, [..., T, k] f32. A product of its own: only for terms that need it. */
  product(x: Tensor): Tensor;
}
