import type { TensorEntry, WeightSource } from "../formats/weightSource.ts";
import type { Shape } from "../tensor/dtype.ts";

/** What a weight is used as. With the file's encoding it decides the resident form (runtime/residentForm.ts), by one table. */
export type Role = "matrix" | "vector" | "conv";

/** A weight that a model uses on the device. `shape` is what its graphs see (a 1x1 convolution is a matrix); same bytes as `entry`. */
export interface WeightDecl {
  readonly name: string;
  readonly entry: TensorEntry;
  readonly role: Role;
  readonly shape: Shape;
  /** Of a matrix: the vector weight of this model, [rows] or [1], that its product is multiplied by; quantised files have such scales. */
  readonly scale?: string;
  /** Of a matrix: the vector weight, [columns], that its input is multiplied by first. */
  readonly inputScale?: string;
  /** Of a matrix: the matrix weight, [n, n], that each n neighbours of its input are multiplied by. */
  readonly rotation?: string;
}

/**
 * A network as read from a file's header: what kind, which weights, every dimension from tensor shapes. Opening one reads no weights
 * and needs no device. Each model adds its own `pass(...)`, which lists the stages of a forward pass at given shapes.
 */
export interface Model {
  readonly kind: string;
  readonly source: WeightSource;
  readonly weights: readonly WeightDecl[];
  /** Whatever is made with it uses all of its weights: they may be read before it is known what that is. */
  readonly whole?: boolean;
}
