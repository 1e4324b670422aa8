import type { Encoding, LayerTensors } from "../../formats/weightSource.ts";

/** What the encoding process is told: plain data. */
export interface EncodeJob {
  /** The file to read, and what it was when its header was looked at. */
  readonly path: string;
  readonly identity: string;
  /** The file to write into; it has its size. */
  readonly part: string;
  readonly threads: number;
  readonly tensors: readonly EncodeTensor[];
}

export interface EncodeTensor {
  readonly name: string;
  readonly from: Encoding;
  readonly to: Encoding;
  readonly copy: boolean;
  readonly values: number;
  readonly columns: number;
  /** Where its bytes go. */
  readonly offset: number;
  readonly layer?: LayerTensors;
  /** The source makes it out of this tensor, in this shape (`WeightSource.shapedAs`). */
  readonly shaped?: { readonly name: string; readonly shape: readonly number[] };
}

/** What a piece of a tensor lost: sums over its values. */
export interface PieceResult {
  readonly piece: number;
  /** Of squares. */
  readonly values: number;
  readonly errors: number;
  /** The largest error of one value. */
  readonly largest: number;
}

export type EncodeMessage =
  | { readonly kind: "piece"; readonly result: PieceResult }
  | { readonly kind: "failed"; readonly code: string | null; readonly message: string }
  | { readonly kind: "done" };

/** Values of a tensor that are done at once. Whole blocks of every encoding; a thread holds some ten megabytes for them. */
export const PIECE_VALUES = 1 << 19;

export interface Piece {
  /** Index of the tensor. */
  readonly tensor: number;
  readonly first: number;
  readonly values: number;
}

/** All pieces, tensor by tensor: the same list wherever it is made. What a layer multiplies in goes by rows, so its pieces are whole ones. */
export function piecesOf(tensors: readonly Pick<EncodeTensor, "values" | "columns" | "layer">[]): readonly Piece[] {
  return tensors.flatMap(({ values, columns, layer }, tensor) => {
    const size = layer ? Math.max(1, Math.floor(PIECE_VALUES / columns)) * columns : PIECE_VALUES;
    return Array.from({ length: Math.ceil(values / size) }, (_, i) => ({
      tensor,
      first: i * size,
      values: Math.min(size, values - i * size),
    }));
  });
}
