import type { TensorEntry, WeightSource } from "../../formats/weightSource.ts";
import type { Shape } from "../../tensor/dtype.ts";

/** A tensor that no file holds: f32 [rows, width], or [rows] where width is 1, made row by row when it is read. */
export interface MadeTensor {
  readonly name: string;
  readonly shape: Shape;
  /** Rows `first` to `first + count`, row after row. */
  rows(first: number, count: number): Promise<Float32Array>;
}

/** Values that are made at a time: keeps the scratch small and the event loop turning. */
const PIECE = 1 << 20;

/** A source with more tensors than its file has. Those are made on every read and cost no memory beside the reader's. */
export function withMade(source: WeightSource, made: readonly MadeTensor[]): WeightSource {
  if (made.length === 0) return source;
  const own = new Map(made.map((tensor) => [tensor.name, tensor]));
  return {
    path: source.path,
    fileBytes: source.fileBytes,
    identity: source.identity,
    metadata: source.metadata,
    tensors: new Map([...source.tensors, ...made.map((tensor) => [tensor.name, entryOf(tensor)] as const)]),
    async read(name, offset, into) {
      const tensor = own.get(name);
      await (tensor ? readMade(tensor, offset, into) : source.read(name, offset, into));
    },
    close: () => source.close(),
  };
}

/** What a table of tensors says of one: f32, at no place of the file. */
export function entryOf({ name, shape }: Pick<MadeTensor, "name" | "shape">): TensorEntry {
  return { name, encoding: "F32", shape, offset: 0, bytes: 4 * shape.reduce((n, size) => n * size, 1) };
}

/** Fills `into` with the tensor's bytes from `offset` on, as `WeightSource.read` does; both may lie inside a value. */
export async function readMade(tensor: MadeTensor, offset: number, into: Uint8Array): Promise<void> {
  const width = tensor.shape.length > 1 ? tensor.shape.at(-1)! : 1;
  const rows = tensor.shape.reduce((n, size) => n * size, 1) / width;
  const rowBytes = 4 * width;
  const atOnce = Math.max(1, Math.floor(PIECE / width));
  const end = offset + into.length;
  for (let first = Math.floor(offset / rowBytes); first * rowBytes < end; first += atOnce) {
    const count = Math.min(atOnce, rows - first, Math.ceil(end / rowBytes) - first);
    const values = await tensor.rows(first, count);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const start = first * rowBytes;
    const from = Math.max(0, offset - start);
    const to = Math.min(bytes.length, end - start);
    into.set(bytes.subarray(from, to), start + from - offset);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
