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

/** All pieces, tensor by tensor: the same list wherever it is made. */
export function piecesOf(tensors: readonly Pick<EncodeTensor, "values">[]): readonly Piece[] {
  return tensors.flatMap(({ values }, tensor) =>
    Array.from({ length: Math.ceil(values / PIECE_VALUES) }, (_, i) => ({
      tensor,
      first: i * PIECE_VALUES,
      values: Math.min(PIECE_VALUES, values - i * PIECE_VALUES),
    })),
  );
}
