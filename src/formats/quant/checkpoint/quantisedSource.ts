import { CorruptFile, ReadFailed } from "../../errors.ts";
import { readFloat32 } from "../../readFloat32.ts";
import type { LayerTensors, TensorEntry, WeightSource } from "../../weightSource.ts";
import { BLOCK_CODECS } from "../blockCodecs.ts";
import { comfyLayers } from "./comfyLayers.ts";
import { hadamard } from "./hadamard.ts";
import type { QuantOptions } from "./quantOptions.ts";
import { quantoLayers } from "./quantoLayers.ts";
import { createRecodePool, type RecodePool } from "./recodePool.ts";
import type { RecodeSpec, Stored, Target } from "./recodeSpec.ts";
import { rowParts } from "./rowParts.ts";
import type { StoredLayer } from "./storedLayers.ts";
import { targetOf } from "./target.ts";

/** Bytes of a result that are made at a time: enough that handing them over costs nothing, few enough that many threads need little memory. */
const PIECE = 1 << 20;

let shared: RecodePool | undefined;
const sharedPool = (): RecodePool => (shared ??= createRecodePool());

/**
 * A file with quantised layers as one whose matrices are in encodings that devices compute with: the one door between what checkpoints hold and
 * what the rest of the program knows. A layer's tensors become one, under the name it has without quantisation; what belongs to its product
 * (`TensorEntry.layer`) are tensors too. `read` recodes, on threads, two megabytes a thread at a time; nothing is kept. Reads the
 * descriptions of layers and no weights. The source itself where it has nothing of the kind. Throws CorruptFile, MissingTensor,
 * UnsupportedFormat; `read` CorruptFile too, for scales and values that are no numbers.
 */
export async function quantisedSource(
  file: WeightSource,
  options: QuantOptions,
  pool: () => RecodePool = sharedPool,
): Promise<WeightSource> {
  const layers = [...(await comfyLayers(file)), ...(await quantoLayers(file))];
  const hidden = new Set(layers.flatMap(({ name, parts }) => [name, ...parts]));
  for (const { name } of file.tensors.values()) if (/(^|\.)scaled_fp8$/.test(name)) hidden.add(name);
  const bare: (StoredLayer | TensorEntry)[] = [];
  for (const entry of file.tensors.values()) {
    if (hidden.has(entry.name)) continue;
    const stored = bareLayer(entry, options);
    bare.push(stored ? { name: entry.name, stored, format: entry.encoding, shape: [1, 1], parts: [] } : entry);
  }
  if (layers.length === 0 && hidden.size === 0 && bare.every((entry) => !("stored" in entry))) return file;
  return new QuantisedSource(file, layers, bare, options, pool);
}

/** Eight-bit floats without a scale; and what is to be cast to them. */
function bareLayer({ name, encoding, shape, bytes }: TensorEntry, { cast }: QuantOptions): Stored | undefined {
  if (bytes === 0 || shape.length === 0) return undefined;
  if (encoding === "F8_E4M3" || encoding === "F8_E5M2") return { kind: "fp8", code: encoding, data: name };
  if (cast === undefined || (encoding !== "F32" && encoding !== "F16" && encoding !== "BF16")) return undefined;
  return { kind: "cast", from: encoding, code: cast, data: name };
}

interface Recoded {
  readonly spec: RecodeSpec;
  readonly rowBytes: number;
}

class QuantisedSource implements WeightSource {
  readonly path: string;
  readonly fileBytes: number;
  readonly identity: string;
  readonly metadata: WeightSource["metadata"];
  readonly tensors = new Map<string, TensorEntry>();
  readonly #file: WeightSource;
  readonly #options: QuantOptions;
  readonly #pool: () => RecodePool;
  readonly #layers = new Map<string, StoredLayer>();
  readonly #recoded = new Map<string, Recoded>();
  readonly #shaped = new Map<string, TensorEntry>();
  /** Vectors and matrices that the file has in another form, or not at all. */
  readonly #made = new Map<string, () => Promise<Float32Array>>();

  constructor(
    file: WeightSource,
    layers: readonly StoredLayer[],
    others: readonly (StoredLayer | TensorEntry)[],
    options: QuantOptions,
    pool: () => RecodePool,
  ) {
    this.path = options.cast === undefined ? file.path : `${file.path} as ${options.cast}`;
    this.fileBytes = file.fileBytes;
    this.identity = file.identity;
    this.metadata = file.metadata;
    this.#file = file;
    this.#options = options;
    this.#pool = pool;
    for (const layer of layers) {
      this.#layers.set(layer.name, layer);
      this.tensors.set(layer.name, this.#add(layer.name, layer, this.#shapeOf(layer), layer.shape[1]));
    }
    for (const other of others) {
      if (!("stored" in other)) {
        this.tensors.set(other.name, other);
        continue;
      }
      const { shape } = file.tensors.get(other.name)!;
      this.tensors.set(other.name, this.#add(other.name, other, shape, shape.at(-1)!));
    }
  }

  /** A padded or grouped weight's own shape is in the model; a bias tells its rows. */
  #shapeOf({ name, shape, stored }: StoredLayer): readonly number[] {
    const bias = this.#file.tensors.get(name.replace(/weight$/, "bias"));
    const rows = bias?.shape.length === 1 ? bias.shape[0]! : undefined;
    const values = shape[0] * shape[1];
    if (rows === undefined || rows === 0) return shape;
    if (stored.kind === "affine") {
      const columns = values / rows;
      return Number.isInteger(columns) && columns % stored.group === 0 ? [rows, columns] : shape;
    }
    return rows < shape[0] && rows > shape[0] - 32 ? [rows, shape[1]] : shape;
  }

  /** Makes `read` know the layer under that name, in that shape. */
  #add(name: string, layer: StoredLayer, shape: readonly number[], storedColumns: number): TensorEntry {
    const file = this.#file;
    const { stored } = layer;
    const matrix = shape.length === 2;
    const columns = shape.at(-1)!;
    const values = shape.reduce((n, size) => n * size, 1);
    const to: Target = matrix ? targetOf(stored, columns, this.#options) : "F32";
    const spec: RecodeSpec = { stored, to, rows: values / columns, columns, storedColumns };
    const rowBytes = bytesOf(to, columns);
    const raw = file.tensors.get(stored.data)!;
    const read = [stored.data, ...("scales" in stored ? [stored.scales] : [])];
    const shifts = stored.kind === "affine" ? file.tensors.get(stored.shifts)!.bytes : 0;
    const bytes = read.reduce((sum, part) => sum + file.tensors.get(part)!.bytes, shifts);
    this.#recoded.set(name, { spec, rowBytes });
    const tensors = this.#layerTensors(layer, columns, spec.rows);
    return {
      name,
      encoding: to,
      shape,
      offset: raw.offset,
      bytes: spec.rows * rowBytes,
      recoded: { format: layer.format, bytes },
      ...(tensors && { layer: tensors }),
    };
  }

  #layerTensors(layer: StoredLayer, columns: number, rows: number): LayerTensors | undefined {
    const { scale, inputScale, rotation, name } = layer;
    if (scale === undefined && inputScale === undefined && rotation === undefined) return undefined;
    const vector = (label: string, raw: string, size: number): string => {
      const own = `${name} ${label}`;
      if (!this.#made.has(own)) {
        this.#made.set(own, async () => {
          const all = await this.#finite(raw);
          return all.length > size ? all.slice(0, size) : all;
        });
        this.tensors.set(own, { name: own, encoding: "F32", shape: [size], offset: 0, bytes: 4 * size });
      }
      return own;
    };
    const count = scale === undefined ? 1 : this.#file.tensors.get(scale)!.shape.reduce((n, size) => n * size, 1);
    if (rotation !== undefined) {
      const own = rotationName(rotation);
      const size = rotation;
      this.#made.set(own, () => Promise.resolve(hadamard(size)));
      this.tensors.set(own, { name: own, encoding: "F32", shape: [size, size], offset: 0, bytes: 4 * size * size });
    }
    return {
      ...(scale !== undefined && { scale: vector("scale", scale, count === 1 ? 1 : rows) }),
      ...(inputScale !== undefined && { inputScale: vector("input scale", inputScale, columns) }),
      ...(rotation !== undefined && { rotation: rotationName(rotation) }),
    };
  }

  shapedAs(name: string, shape: readonly number[]): TensorEntry | undefined {
    const layer = this.#layers.get(name);
    if (!layer || shape.length !== 2) return undefined;
    const [rows, columns] = shape as readonly [number, number];
    const { stored } = layer;
    if (stored.kind === "affine") {
      if (rows * columns !== layer.shape[0] * layer.shape[1] || columns % stored.group !== 0) return undefined;
    } else {
      const unit = { nvfp4: 16, mxfp8: 32 }[stored.kind as string];
      const padded = (size: number): number => Math.ceil(size / unit!) * unit!;
      if (unit === undefined || padded(rows) !== layer.shape[0] || padded(columns) !== layer.shape[1]) return undefined;
    }
    const own = `${name} [${shape}]`;
    const known = this.#shaped.get(own) ?? this.#add(own, layer, shape, layer.shape[1]);
    this.#shaped.set(own, known);
    return known;
  }

  async read(name: string, offset: number, into: Uint8Array): Promise<void> {
    const made = this.#made.get(name);
    if (made) {
      const values = await made();
      into.set(new Uint8Array(values.buffer, values.byteOffset + offset, into.length));
      return;
    }
    const recoded = this.#recoded.get(name);
    if (!recoded) return this.#file.read(name, offset, into);
    const { rowBytes } = recoded;
    const end = offset + into.length;
    const last = Math.ceil(end / rowBytes);
    const atOnce = Math.max(1, Math.floor(PIECE / rowBytes));
    const pool = this.#pool();
    let next = Math.floor(offset / rowBytes);
    let failed = false;
    const worker = async (): Promise<void> => {
      while (next < last && !failed) {
        const first = next;
        const count = Math.min(atOnce, last - first);
        next += count;
        try {
          const made = await this.#rows(recoded, first, count);
          const start = first * rowBytes;
          const from = Math.max(offset, start);
          const to = Math.min(end, start + made.out.length);
          into.set(made.out.subarray(from - start, to - start), from - offset);
          pool.give(made);
        } catch (error) {
          failed = true;
          throw error;
        }
      }
    };
    // the rest ends before the error is told: nothing may write into `into` after that
    const pieces = Math.ceil((last - next) / atOnce);
    const ended = await Promise.allSettled(Array.from({ length: Math.min(pieces, pool.width) }, worker));
    for (const end of ended) if (end.status === "rejected") throw end.reason;
  }

  async #rows({ spec, rowBytes }: Recoded, first: number, count: number) {
    const pool = this.#pool();
    const parts: Uint8Array[] = [];
    for (const { tensor, offset, bytes } of rowParts(spec, first, count)) {
      const part = pool.take(bytes);
      await this.#file.read(tensor, offset, part);
      parts.push(part);
    }
    const result = await pool.run({ spec, parts, first, count, out: pool.take(count * rowBytes) });
    if ("out" in result) return result;
    if (result.tensor === undefined) throw new ReadFailed(this.#file.path, `${spec.stored.data}: ${result.fact}`);
    throw new CorruptFile(this.#file.path, `${result.tensor} ${result.fact}: get the file again`);
  }

  async #finite(raw: string): Promise<Float32Array> {
    const values = await readFloat32(this.#file, raw);
    const bad = values.find((value) => !Number.isFinite(value));
    if (bad !== undefined)
      throw new CorruptFile(this.#file.path, `${raw} has a scale that is ${bad}: get the file again`);
    return values;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** One of each size serves all layers. */
const rotationName = (size: number): string => `rotation ${size}`;

function bytesOf(to: Target, values: number): number {
  if (to === "F32") return 4 * values;
  if (to === "F16" || to === "BF16") return 2 * values;
  const { values: block, bytes } = BLOCK_CODECS[to];
  return (values / block) * bytes;
}
