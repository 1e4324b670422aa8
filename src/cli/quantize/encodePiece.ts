import type { FileHandle } from "node:fs/promises";
import { ENCODING_BITS } from "../../formats/encodingBits.ts";
import { ggufTypeOf } from "../../formats/gguf/writeGgufHeader.ts";
import { f32ToBf16, f32ToF16 } from "../../formats/halfFloat.ts";
import { layerRows } from "../../formats/quant/checkpoint/layerRows.ts";
import { encodeBlocks, isPlainlyEncoded } from "../../formats/quant/encodeBlocks.ts";
import { quote } from "../../formats/quote.ts";
import { toFloat32 } from "../../formats/toFloat32.ts";
import type { Encoding, PlainEncoding, WeightSource } from "../../formats/weightSource.ts";
import type { Quantizer, Searched } from "../../ggml/openQuantizer.ts";
import type { EncodeTensor, Piece, PieceResult } from "./encodeJob.ts";
import { BadValues } from "./errors.ts";

/** What a thread has open. */
export interface PieceTools {
  readonly source: WeightSource;
  readonly part: FileHandle;
  readonly quantize: Quantizer;
  /** Called before native code runs: if that is the last thing this process does, its caller knows where. */
  readonly crumb: (name: string) => void;
}

/**
 * One piece from file to file: read, decoded, encoded, written, and decoded again to see what was lost. Throws BadValues (with the first value
 * that is no number, or that the encoding cannot hold), as `read` does, and the system's error of a failed write.
 */
export async function encodePiece(
  tools: PieceTools,
  tensor: EncodeTensor,
  { first, values }: Piece,
): Promise<Omit<PieceResult, "piece">> {
  const { source, part } = tools;
  if (tensor.shaped) source.shapedAs?.(tensor.shaped.name, tensor.shaped.shape);
  const input = new Uint8Array(bytesOf(tensor.from, values));
  await source.read(tensor.name, bytesOf(tensor.from, first), input);
  const place = tensor.offset + bytesOf(tensor.copy ? tensor.from : tensor.to, first);
  if (tensor.copy) {
    await writeFully(part, input, place);
    return { values: 0, errors: 0, largest: 0 };
  }
  const x = toFloat32(tensor.from, input);
  // GGUF has no place for what belongs to a layer's product
  if (tensor.layer) await layerRows(source, tensor.layer, x, tensor.columns, first / tensor.columns);
  const sum = squares(x);
  if (!Number.isFinite(sum)) throw notFinite(source, tensor, first, x);
  const same = tensor.from === tensor.to && !tensor.layer;
  const output = same ? input : encode(tools, tensor, x);
  let errors = 0;
  let largest = 0;
  if (!same) {
    const back = toFloat32(tensor.to, output);
    for (let i = 0; i < x.length; i++) {
      const error = Math.abs(back[i]! - x[i]!);
      errors += error * error;
      if (error > largest) largest = error;
    }
    if (!Number.isFinite(errors)) throw doesNotHold(source, tensor, first, x, back);
  }
  await writeFully(part, output, place);
  return { values: sum, errors, largest };
}

function encode({ quantize, crumb }: PieceTools, { name, to }: EncodeTensor, x: Float32Array): Uint8Array {
  if (to === "F32") return new Uint8Array(x.buffer, x.byteOffset, x.byteLength);
  if (to === "F16" || to === "BF16") return new Uint8Array((to === "F16" ? f32ToF16 : f32ToBf16)(x).buffer);
  const out = new Uint8Array(bytesOf(to, x.length));
  if (isPlainlyEncoded(to)) encodeBlocks(to, x, out);
  else {
    crumb(name);
    quantize(to.toLowerCase() as Searched, x, out);
  }
  return out;
}

/** Bytes of so many values, which are whole blocks. */
function bytesOf(encoding: Encoding, values: number): number {
  const type = ggufTypeOf(encoding);
  return type ? (values / type.values) * type.bytes : (values * ENCODING_BITS[encoding as PlainEncoding]) / 8;
}

function squares(x: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!;
  return sum;
}

/** "[row, column]", or "[index]" of a vector. */
const where = ({ columns, values }: EncodeTensor, at: number): string =>
  columns === values ? `[${at}]` : `[${Math.floor(at / columns)}, ${at % columns}]`;

function notFinite({ path }: WeightSource, tensor: EncodeTensor, first: number, x: Float32Array): BadValues {
  const at = x.findIndex((value) => !Number.isFinite(value));
  if (at < 0) throw new Error(`invariant: squares of ${tensor.name} overflow, and its values do not`);
  return new BadValues(
    `${path}: ${quote(tensor.name)} is ${x[at]} at ${where(tensor, first + at)}: the file is damaged or its training failed; get it again`,
  );
}

function doesNotHold(
  { path }: WeightSource,
  tensor: EncodeTensor,
  first: number,
  x: Float32Array,
  back: Float32Array,
): BadValues {
  // a block that fails does so by its largest value
  let at = back.findIndex((value) => !Number.isFinite(value));
  for (let i = at; i < x.length; i++) if (!Number.isFinite(back[i]!) && Math.abs(x[i]!) > Math.abs(x[at]!)) at = i;
  return new BadValues(
    `${path}: ${quote(tensor.name)} is ${x[at]} at ${where(tensor, first + at)}, more than ${tensor.to} can hold; take --type bf16 or f32`,
  );
}

async function writeFully(part: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await part.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}
