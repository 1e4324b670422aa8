/** A layer of a model as a LoRA file may name it: a weight, or some of its rows. */
export interface Target {
  /** The model's own name of the weight. */
  readonly weight: string;
  /** Rows of a fused weight (q, k or v of qkv); all without. */
  readonly rows?: { readonly first: number; readonly count: number };
  /** Where rows of the delta lie in the model, if not in the published order. */
  readonly order?: RowOrder;
}

/**
 * `halves`: the second half of the rows comes first (diffusers' norm_out has scale and shift the other way round). `neighbours`: of each of
 * `heads` heads, values of its first half alternate with those of its second (llama.cpp's queries and keys).
 */
export type RowOrder = { readonly kind: "halves" } | { readonly kind: "neighbours"; readonly heads: number };

/** The layer behind a name of a LoRA file. */
export type FindTarget = (stem: string) => Target | undefined;

/** The published row that lies at row `r` of `rows`. */
export function publishedRow(order: RowOrder | undefined, r: number, rows: number): number {
  if (order === undefined) return r;
  if (order.kind === "halves") return (r + rows / 2) % rows;
  const size = rows / order.heads;
  const [head, within] = [Math.floor(r / size), r % size];
  return head * size + (within % 2) * (size / 2) + Math.floor(within / 2);
}
