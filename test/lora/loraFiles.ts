import type { PlainEncoding, WeightSource } from "../../src/formats/weightSource.ts";

/** A tensor of a made file. Values are exact in its encoding. */
export interface MadeTensor {
  readonly name: string;
  readonly encoding: "F32" | "BF16";
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** What an adapter makes of a matrix [rows, columns], by its own definition in f64: the tests' oracle. */
export type Merge = (w: Float64Array, strength: number) => Float64Array;

export interface MadeAdapter {
  readonly tensors: readonly MadeTensor[];
  readonly merge: Merge;
}

export type Kind =
  | "lora"
  | "lora bf16"
  | "lora without alpha"
  | "mid"
  | "dora"
  | "dora by columns"
  | "lokr"
  | "lokr factored"
  | "glora"
  | "glora of old"
  | "loha"
  | "loha of high rank"
  | "diff"
  | "set";

export const KINDS: readonly Kind[] = [
  "lora",
  "lora bf16",
  "lora without alpha",
  "mid",
  "dora",
  "dora by columns",
  "lokr",
  "lokr factored",
  "glora",
  "glora of old",
  "loha",
  "loha of high rank",
  "diff",
  "set",
];

/** Numbers between -1 and 1 that depend on the seed alone (xorshift). */
export function numbers(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  };
}

interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** An adapter for a layer [rows, columns] under that stem, and what it does. Source: golden/flux2/adapters; arXiv:2402.09353 (DoRA). */
export function makeAdapter(kind: Kind, stem: string, rows: number, columns: number, seed: number): MadeAdapter {
  const next = numbers(seed);
  const tensors: MadeTensor[] = [];
  const encoding = kind === "lora bf16" ? "BF16" : "F32";
  const put = (name: string, shape: readonly number[], values: Float64Array) =>
    tensors.push({ name: `${stem}.${name}`, encoding, shape, data: bytesOf(encoding, values) });
  /** Of a size that makes a delta about a third of a weight. */
  const matrix = (name: string, r: number, c: number, size = 0.5): Matrix => {
    const values = Float64Array.from({ length: r * c }, () => exact(size * next()));
    put(name, [r, c], values);
    return { rows: r, columns: c, values };
  };
  const alpha = (value: number) => put("alpha", [], Float64Array.of(value));
  const added =
    (delta: Matrix, factor: number): Merge =>
    (w, s) =>
      w.map((value, i) => value + s * factor * delta.values[i]!);
  switch (kind) {
    case "lora":
    case "lora bf16":
    case "lora without alpha": {
      const down = matrix("lora_A.weight", 4, columns, 0.2);
      const up = matrix("lora_B.weight", rows, 4, 0.2);
      if (kind === "lora without alpha") return { tensors, merge: added(product(up, down), 1) };
      alpha(2);
      return { tensors, merge: added(product(up, down), 2 / 4) };
    }
    case "mid": {
      const down = matrix("lora_down.weight", 4, columns, 0.2);
      const mid = matrix("lora_mid.weight", 4, 4);
      const up = matrix("lora_up.weight", rows, 4, 0.2);
      alpha(3);
      return { tensors, merge: added(product(up, product(mid, down)), 3 / 4) };
    }
    case "dora":
    case "dora by columns": {
      const down = matrix("lora_A.weight", 4, columns, 0.2);
      const up = matrix("lora_B.weight", rows, 4, 0.2);
      alpha(2);
      const delta = product(up, down).values.map((value) => (value * 2) / 4);
      const byRows = kind === "dora";
      const g = Float64Array.from({ length: byRows ? rows : columns }, () => exact(1 + next() / 2));
      put("dora_scale", byRows ? [rows, 1] : [1, columns], g);
      return { tensors, merge: (w, s) => dora(w, delta, g, columns, byRows, s) };
    }
    case "lokr": {
      const w1 = matrix("lokr_w1", 8, 4);
      const w2 = matrix("lokr_w2", rows / 8, columns / 4);
      return { tensors, merge: added(kron(w1, w2), 1) };
    }
    case "lokr factored": {
      const w1 = product(matrix("lokr_w1_a", 4, 2), matrix("lokr_w1_b", 2, 8));
      const w2 = product(matrix("lokr_w2_a", rows / 4, 3), matrix("lokr_w2_b", 3, columns / 8));
      alpha(1.5);
      return { tensors, merge: added(kron(w1, w2), 1.5 / 3) };
    }
    case "glora":
    case "glora of old": {
      const old = kind === "glora of old";
      const [inA, outA] = old ? ["a1", "a2"] : ["a2", "a1"];
      const [inB, outB] = old ? ["b1", "b2"] : ["b2", "b1"];
      const a = product(matrix(`${outA}.weight`, columns, 4, 0.15), matrix(`${inA}.weight`, 4, columns, 0.15));
      const b = product(matrix(`${outB}.weight`, rows, 4, 0.2), matrix(`${inB}.weight`, 4, columns, 0.2));
      alpha(2);
      return {
        tensors,
        merge: (w, s) => {
          const wa = product({ rows, columns, values: w }, a);
          return w.map((value, i) => value + s * (2 / 4) * (wa.values[i]! + b.values[i]!));
        },
      };
    }
    case "loha":
    case "loha of high rank": {
      const rank = kind === "loha" ? 2 : 16;
      const first = product(matrix("hada_w1_a", rows, rank), matrix("hada_w1_b", rank, columns));
      const second = product(matrix("hada_w2_a", rows, rank, 0.8), matrix("hada_w2_b", rank, columns, 0.8));
      alpha(1);
      const values = first.values.map((value, i) => value * second.values[i]!);
      return { tensors, merge: added({ rows, columns, values }, 1 / rank) };
    }
    case "diff":
      return { tensors, merge: added(matrix("diff", rows, columns, 0.1), 1) };
    case "set": {
      const { values } = matrix("set_weight", rows, columns, 0.3);
      return { tensors, merge: () => values };
    }
  }
}

/** W + s (g (W + D) / |...| - W): lengths of W's rows, or of the columns of W + D. */
function dora(
  w: Float64Array,
  delta: Float64Array,
  g: Float64Array,
  columns: number,
  byRows: boolean,
  strength: number,
): Float64Array {
  const place = (i: number) => (byRows ? Math.floor(i / columns) : i % columns);
  const squares = new Float64Array(g.length);
  w.forEach((value, i) => {
    squares[place(i)]! += (byRows ? value : value + delta[i]!) ** 2;
  });
  return w.map((value, i) => {
    const changed = ((value + delta[i]!) * g[place(i)]!) / Math.sqrt(squares[place(i)]!);
    return value + strength * (changed - value);
  });
}

function product(a: Matrix, b: Matrix): Matrix {
  const values = new Float64Array(a.rows * b.columns);
  for (let r = 0; r < a.rows; r++)
    for (let n = 0; n < a.columns; n++)
      for (let c = 0; c < b.columns; c++)
        values[r * b.columns + c]! += a.values[r * a.columns + n]! * b.values[n * b.columns + c]!;
  return { rows: a.rows, columns: b.columns, values };
}

function kron(a: Matrix, b: Matrix): Matrix {
  const [rows, columns] = [a.rows * b.rows, a.columns * b.columns];
  const values = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      values[r * columns + c] =
        a.values[Math.floor(r / b.rows) * a.columns + Math.floor(c / b.columns)]! *
        b.values[(r % b.rows) * b.columns + (c % b.columns)]!;
  return { rows, columns, values };
}

/** With 8 bits of mantissa: exact in bf16. */
export function exact(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0]! &= 0xffff0000;
  return new Float32Array(bits.buffer)[0]!;
}

export function bytesOf(encoding: "F32" | "BF16", values: ArrayLike<number>): Uint8Array {
  const floats = Float32Array.from(values);
  if (encoding === "F32") return new Uint8Array(floats.buffer);
  return new Uint8Array(Uint16Array.from(new Uint32Array(floats.buffer), (bits) => bits >>> 16).buffer);
}

/** A file that is all in memory. */
export function memorySource(path: string, tensors: readonly MadeTensor[]): WeightSource {
  const data = new Map(tensors.map((tensor) => [tensor.name, tensor.data]));
  return {
    path,
    identity: path,
    fileBytes: tensors.reduce((sum, tensor) => sum + tensor.data.length, 0),
    metadata: {},
    tensors: new Map(
      tensors.map(({ name, encoding, shape, data }) => [
        name,
        { name, encoding: encoding as PlainEncoding, shape, offset: 0, bytes: data.length },
      ]),
    ),
    async read(name, offset, into) {
      into.set(data.get(name)!.subarray(offset, offset + into.length));
    },
    close: async () => {},
  };
}
