/** The encodings a file can hold: safetensors' and GGUF's, each under its own names. */
export type Encoding = PlainEncoding | BlockEncoding;

/** Value by value, as safetensors holds them. */
export type PlainEncoding =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "F8_E4M3"
  | "F8_E5M2"
  | "F8_E8M0"
  | "F4"
  | "I64"
  | "I32"
  | "I16"
  | "I8"
  | "U64"
  | "U32"
  | "U16"
  | "U8"
  | "BOOL";

/** Blocks of values that share scales, as GGUF holds them; gguf/ggufTypes.ts has their sizes and quant/ their values. */
export type BlockEncoding =
  | "Q4_0"
  | "Q4_1"
  | "Q5_0"
  | "Q5_1"
  | "Q8_0"
  | "Q2_K"
  | "Q3_K"
  | "Q4_K"
  | "Q5_K"
  | "Q6_K"
  | "IQ1_S"
  | "IQ1_M"
  | "IQ2_XXS"
  | "IQ2_XS"
  | "IQ2_S"
  | "IQ3_XXS"
  | "IQ3_S"
  | "IQ4_NL"
  | "IQ4_XS"
  | "TQ1_0"
  | "TQ2_0"
  | "MXFP4"
  | "NVFP4";

/** One tensor of a file. `offset` counts from the start of the file; shape is outermost first; `bytes` is exact. */
export interface TensorEntry {
  readonly name: string;
  readonly encoding: Encoding;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly bytes: number;
  /** It is not so in the file: `read` makes it out of a quantised layer of this format that takes so many bytes there. */
  readonly recoded?: { readonly format: string; readonly bytes: number };
  /** Of a quantised matrix: what belongs to its product, by the names of tensors of the same source. */
  readonly layer?: LayerTensors;
}

/** A layer is y = scale * (W turn(inputScale * x)). */
export interface LayerTensors {
  /** [1] or [rows] f32: multiplies the product. */
  readonly scale?: string;
  /** [columns] f32: multiplies the input. */
  readonly inputScale?: string;
  /** [n, n] f32: each n neighbours of the input are multiplied by it. It is symmetric and its own inverse. */
  readonly rotation?: string;
}

/**
 * A weights file: its table of tensors, and positional reads into the caller's buffer. Opening reads the header only and checks all of
 * it against the file's real size; nothing large is allocated on the word of a header. Size, mtime and inode are checked at each read,
 * so that a file that changes under us is an error and never a wrong picture.
 */
export interface WeightSource {
  readonly path: string;
  readonly fileBytes: number;
  /** Size, mtime and inode as they were when the file was opened: equal identities of one path mean the same bytes. */
  readonly identity: string;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * A tensor in a shape of the same values that the table alone cannot tell, as an entry that `read` knows: quantised files hold some matrices
   * padded, or as rows of groups. `undefined` where it is no such tensor, or not of that shape.
   */
  shapedAs?(name: string, shape: readonly number[]): TensorEntry | undefined;
  /** Fills `into` with the tensor's bytes from `offset` on. Throws `MissingTensor`, `FileChanged`, `ReadFailed` (each names file and fact). */
  read(name: string, offset: number, into: Uint8Array): Promise<void>;
  /** Bytes of other sources' tensors that reads of this one have taken since it was last asked; of a source that makes its tensors of them. */
  takeBeside?(): number;
  close(): Promise<void>;
}
