import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { ENCODING_BITS } from "./encodingBits.ts";
import { WriteFailed } from "./errors.ts";
import { quote } from "./quote.ts";
import { systemFact } from "./systemFact.ts";
import type { PlainEncoding } from "./weightSource.ts";

/** A tensor to be written. `data` is its bytes, or what makes them piece by piece, or `null`: zeros, a hole where the disk can. */
export interface TensorToWrite {
  readonly name: string;
  readonly encoding: PlainEncoding;
  readonly shape: readonly number[];
  readonly data: Uint8Array | (() => Iterable<Uint8Array> | AsyncIterable<Uint8Array>) | null;
}

/**
 * Writes a safetensors file, one tensor after another, so that memory is one piece. Wider encodings come first, as the format's own
 * writer does, so that every tensor is aligned; else the order is the caller's. The file appears under its name when it is whole.
 * Throws WriteFailed; what was at `path` before is then untouched.
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  const sorted = [...tensors].sort((a, b) => ENCODING_BITS[b.encoding] - ENCODING_BITS[a.encoding]);
  const header = headerOf(sorted, metadata);
  const unfinished = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  let handle: FileHandle | undefined;
  try {
    handle = await open(unfinished, "wx");
    await writeFully(handle, header, 0);
    let at = header.length;
    for (const tensor of sorted) at = await writeTensor(handle, tensor, at);
    await handle.truncate(at);
    await handle.close();
    await rename(unfinished, path);
  } catch (error) {
    await handle?.close().catch(() => undefined);
    await rm(unfinished, { force: true }).catch(() => undefined);
    if (error instanceof Error && "syscall" in error)
      throw new WriteFailed(path, `was not written: ${systemFact(error)}`);
    throw error;
  }
}

function headerOf(tensors: readonly TensorToWrite[], metadata?: Readonly<Record<string, string>>): Uint8Array {
  const table = new Map<string, unknown>();
  if (metadata && Object.keys(metadata).length > 0) table.set("__metadata__", metadata);
  let at = 0;
  for (const tensor of tensors) {
    const { name, encoding, shape } = tensor;
    if (table.has(name) || name === "__metadata__")
      throw new Error(`invariant: tensor ${quote(name)} is written twice`);
    table.set(name, { dtype: encoding, shape, data_offsets: [at, (at += sizeOf(tensor))] });
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(table)));
  // Padded to 8 with spaces, so that the body is aligned.
  const header = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, " ");
  header.writeBigUInt64LE(BigInt(header.length - 8));
  json.copy(header, 8);
  return header;
}

const sizeOf = ({ encoding, shape }: TensorToWrite): number =>
  (shape.reduce((n, size) => n * size, 1) * ENCODING_BITS[encoding]) / 8;

async function writeTensor(handle: FileHandle, tensor: TensorToWrite, start: number): Promise<number> {
  const { name, data } = tensor;
  const end = start + sizeOf(tensor);
  if (data === null) return end;
  let at = start;
  for await (const piece of data instanceof Uint8Array ? [data] : data()) {
    if (at + piece.length > end) break;
    await writeFully(handle, piece, at);
    at += piece.length;
  }
  if (at !== end) throw new Error(`invariant: data of ${quote(name)} is not the ${end - start} bytes of its shape`);
  return end;
}

/** Pieces of 1 GiB: what one system call takes ends below 2 GiB. */
async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await handle.write(bytes, done, Math.min(2 ** 30, bytes.length - done), position + done)).bytesWritten;
}
