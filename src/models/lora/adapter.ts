/** What one layer's entry of a LoRA file adds to that layer, as names of `LoraModel.weights`. Sizes were checked at opening. */
export interface Adapter {
  /** The layer's name in the file's spelling. */
  readonly stem: string;
  readonly kind: AdapterKind;
  readonly form: Form;
  /** alpha / rank, or 1: a factor of the delta, before the strength. */
  readonly scale: number;
  /** Rows and columns of the delta; columns are 0 for a vector. */
  readonly rows: number;
  readonly columns: number;
  /** Of a low-rank kind. */
  readonly rank?: number;
  /** DoRA: the vector of the rows' (or columns') lengths after the change, and how many. */
  readonly dora?: { readonly weight: string; readonly axis: "rows" | "columns"; readonly size: number };
  /** It changes the layer's bias, not its weight. */
  readonly bias?: true;
}

/** As messages name them. */
export type AdapterKind = "LoRA" | "DoRA" | "LoKr" | "LoHa" | "GLoRA" | "diff" | "set";

/**
 * `low-rank`: the product of `chain`, the factor next to the input first: up (mid (down x)).
 * `kronecker`: left (x) right, each a chain: with x as a matrix [k1, k2], left x right^T.
 * `turned`: the product of `chain`, and what the layer, as it is before, makes of the product of `input` (as many values as x has).
 * `delta`: a weight of the layer's own size.
 * `set`: what stands in the layer's place, whatever the strength.
 */
export type Form =
  | { readonly kind: "low-rank"; readonly chain: Chain }
  | { readonly kind: "kronecker"; readonly left: Chain; readonly right: Chain }
  | { readonly kind: "turned"; readonly chain: Chain; readonly input: Chain }
  | { readonly kind: "delta"; readonly weight: string }
  | { readonly kind: "set"; readonly weight: string };

/** Names of matrices that are applied one after the other, and the sizes of their product. */
export interface Chain {
  readonly weights: readonly string[];
  readonly rows: number;
  readonly columns: number;
}
