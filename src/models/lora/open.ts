import { readFloat32 } from "../../formats/readFloat32.ts";
import type { TensorEntry, WeightSource } from "../../formats/weightSource.ts";
import { elements } from "../../tensor/dtype.ts";
import { BrokenModel, WrongModel } from "../errors.ts";
import type { Model, Role, WeightDecl } from "../model.ts";
import { identify } from "../registry.ts";
import type { Adapter, Chain, Form } from "./adapter.ts";
import { type HadamardFactors, hadamardParts, hadamardRows } from "./hadamard.ts";
import { loraKey, type Part } from "./keys.ts";
import { type MadeTensor, withMade } from "./madeSource.ts";

/** A LoRA file: what it adds to which layers, in its own names. `fitLora` finds the layers in a model. */
export interface LoraModel extends Model {
  readonly kind: "lora";
  readonly adapters: readonly Adapter[];
  /** Tensors that were not understood, with the reason: "is of a kind that is not supported", ... */
  readonly unused: readonly { readonly name: string; readonly why: string }[];
}

type Parts = Map<Part, TensorEntry>;

/**
 * Opens a LoRA from a file's header and its alphas (one value each: nothing else is read). Every spelling of `loraKey`; low-rank factors
 * stay as the file has them. Throws `WrongModel` for a file of another kind, `BrokenModel` where factors do not fit together or an alpha
 * is no number.
 */
export async function openLora(source: WeightSource): Promise<LoraModel> {
  const stems = new Map<string, Parts>();
  const unused: { name: string; why: string }[] = [];
  for (const entry of source.tensors.values()) {
    const key = loraKey(entry.name);
    if (key === null) unused.push({ name: entry.name, why: "is no part of a LoRA that is known" });
    else {
      const parts = stems.get(key.stem) ?? new Map<Part, TensorEntry>();
      stems.set(key.stem, parts);
      if (parts.has(key.part)) unused.push({ name: entry.name, why: "says a second time what another tensor says" });
      else parts.set(key.part, entry);
    }
  }
  const file = new LoraFile(source);
  for (const [stem, parts] of stems) {
    const before = file.adapters.length;
    await file.add(stem, parts);
    if (file.adapters.length === before)
      for (const { name } of parts.values()) unused.push({ name, why: whyUnused(parts) });
  }
  if (file.adapters.length === 0) throw new WrongModel(source.path, "a LoRA", notALora(source, stems.size));
  return { kind: "lora", source: withMade(source, file.made), weights: file.weights, adapters: file.adapters, unused };
}

function whyUnused(parts: Parts): string {
  if (parts.has("other")) return "is of a kind that is not supported (OFT, or factors of convolutions)";
  return "lacks its other half";
}

function notALora(source: WeightSource, stems: number): string {
  const { kind, what } = identify(source);
  return kind === "lora" || stems > 0 ? "a LoRA of a kind that is not supported" : what;
}

/** Collects adapters and the weights they use. */
class LoraFile {
  readonly adapters: Adapter[] = [];
  readonly weights: WeightDecl[] = [];
  readonly made: MadeTensor[] = [];
  readonly #source: WeightSource;

  constructor(source: WeightSource) {
    this.#source = source;
  }

  /** What one layer is given, if the parts are complete. */
  async add(stem: string, parts: Parts): Promise<void> {
    for (const entry of parts.values())
      if (elements(entry.shape) === 0) this.#refuse(entry, `is [${entry.shape}], expected sizes above 0`);
    const bias = parts.get("diffBias");
    if (bias) this.#push({ stem, kind: "diff", ...this.#whole(bias), scale: 1, bias: true });
    const set = parts.get("set");
    const diff = parts.get("diff");
    if (set) {
      const { form, ...sizes } = this.#whole(set);
      this.#push({ stem, kind: "set", ...sizes, form: { kind: "set", weight: form.weight }, scale: 1 });
    } else if (diff) this.#push({ stem, kind: "diff", ...this.#whole(diff), scale: 1 });
    else await this.#factored(stem, parts);
  }

  async #factored(stem: string, parts: Parts): Promise<void> {
    const made = this.#lowRank(parts) ?? this.#kronecker(parts) ?? this.#hadamard(stem, parts) ?? this.#turned(parts);
    if (!made) return;
    const { form, kind, rank, rows, columns } = made;
    const alpha = parts.get("alpha");
    const scale = alpha === undefined || rank === undefined ? 1 : (await this.#number(alpha)) / rank;
    const told = parts.get("doraScale");
    const dora = told && this.#doraOf(told, rows, columns);
    const adapter = { stem, form, kind: dora ? "DoRA" : kind, rows, columns, scale } as const;
    this.#push({ ...adapter, ...(rank !== undefined && { rank }), ...(dora && { dora }) });
  }

  #push(adapter: Adapter): void {
    this.adapters.push(adapter);
  }

  #lowRank(parts: Parts): Made | undefined {
    const [up, down, mid] = [parts.get("up"), parts.get("down"), parts.get("mid")];
    if (!up || !down) return undefined;
    const chain = this.#chain(mid ? [down, mid, up] : [down, up]);
    const rank = matrixOf(down)[0];
    return { form: { kind: "low-rank", chain }, kind: "LoRA", rank, rows: chain.rows, columns: chain.columns };
  }

  #kronecker(parts: Parts): Made | undefined {
    if (parts.has("other")) return undefined;
    let rank: number | undefined;
    const side = (whole: Part, a: Part, b: Part): Chain | undefined => {
      const [w, wa, wb] = [parts.get(whole), parts.get(a), parts.get(b)];
      if (w) return this.#chain([w]);
      if (!wa || !wb) return undefined;
      rank = matrixOf(wb)[0];
      return this.#chain([wb, wa]);
    };
    const left = side("lokrW1", "lokrW1A", "lokrW1B");
    const right = left && side("lokrW2", "lokrW2A", "lokrW2B");
    if (!right) return undefined;
    const sizes = { rows: left.rows * right.rows, columns: left.columns * right.columns };
    return { form: { kind: "kronecker", left, right }, kind: "LoKr", ...sizes, ...(rank !== undefined && { rank }) };
  }

  #hadamard(stem: string, parts: Parts): Made | undefined {
    const [w1a, w1b, w2a, w2b] = (["hadaW1A", "hadaW1B", "hadaW2A", "hadaW2B"] as const).map((part) => parts.get(part));
    if (!w1a || !w1b || !w2a || !w2b || parts.has("other")) return undefined;
    const [[rows, rank1], [inner1, columns], [rows2, rank2], [inner2, columns2]] = [
      matrixOf(w1a),
      matrixOf(w1b),
      matrixOf(w2a),
      matrixOf(w2b),
    ];
    if (inner1 !== rank1) this.#refuse(w1b, `has ${inner1} rows, expected ${rank1} as ${w1a.name} has columns`);
    if (inner2 !== rank2) this.#refuse(w2b, `has ${inner2} rows, expected ${rank2} as ${w2a.name} has columns`);
    if (rows2 !== rows || columns2 !== columns)
      this.#refuse(w2a, `makes [${rows2}, ${columns2}], the other product is [${rows}, ${columns}]`);
    const sizes = { rows, columns, rank1, rank2 };
    const factors = async (): Promise<HadamardFactors> => {
      const read = ({ name }: TensorEntry) => readFloat32(this.#source, name);
      return { ...sizes, w1a: await read(w1a), w1b: await read(w1b), w2a: await read(w2a), w2b: await read(w2b) };
    };
    const chain = hadamardParts(sizes).map(({ part, shape }) => {
      const name = `${stem} hada ${part}`;
      const tensor = {
        name,
        shape,
        rows: async (first: number, count: number) => hadamardRows(await factors(), part, first, count),
      };
      this.made.push(tensor);
      const entry = { name, encoding: "F32", shape, offset: 0, bytes: 4 * elements(shape) } as const;
      this.weights.push({ name, entry, role: "matrix", shape });
      return name;
    });
    const form: Form =
      chain.length === 1
        ? { kind: "delta", weight: chain[0]! }
        : { kind: "low-rank", chain: { weights: chain, rows, columns } };
    return { form, kind: "LoHa", rank: inner1, rows, columns };
  }

  /**
   * GLoRA: W (A x) + B x. Files of today have A = a1 a2, B = b1 b2; older ones A = a2 a1, B = b2 b1. Which it is, sizes tell; of
   * a square layer both fit, and the rank is what is smaller.
   */
  #turned(parts: Parts): Made | undefined {
    const [a1, a2, b1, b2] = (["gloraA1", "gloraA2", "gloraB1", "gloraB2"] as const).map((part) => parts.get(part));
    if (!a1 || !a2 || !b1 || !b2 || parts.has("doraScale")) return undefined;
    const fits = (a: TensorEntry, b: TensorEntry) => matrixOf(a)[1] === matrixOf(b)[0];
    const [size, across] = matrixOf(a1);
    const old = fits(a2, a1) && fits(b2, b1) && !(fits(a1, a2) && fits(b1, b2) && size > across);
    const input = this.#chain(old ? [a1, a2] : [a2, a1]);
    const chain = this.#chain(old ? [b1, b2] : [b2, b1]);
    if (input.rows !== input.columns || input.columns !== chain.columns)
      this.#refuse(a1, `makes [${input.rows}, ${input.columns}] with ${a2.name}, expected ${chain.columns} of both`);
    const rank = matrixOf(old ? a1 : a2)[0];
    const { rows, columns } = chain;
    return { form: { kind: "turned", chain, input }, kind: "GLoRA", rank, rows, columns };
  }

  /** A tensor of the layer's own size: a matrix, or a vector. */
  #whole(entry: TensorEntry): { form: { kind: "delta"; weight: string }; rows: number; columns: number } {
    const [rows, width] = matrixOf(entry);
    const vector = width === 1;
    const columns = vector ? 0 : width;
    return { form: { kind: "delta", weight: this.#weight(entry, vector ? "vector" : "matrix") }, rows, columns };
  }

  /** Matrices that are applied one after the other. Throws `BrokenModel` where one does not take what the one before gives. */
  #chain(entries: readonly TensorEntry[]): Chain {
    const sizes = entries.map(matrixOf);
    for (let n = 1; n < sizes.length; n++)
      if (sizes[n]![1] !== sizes[n - 1]![0])
        this.#refuse(
          entries[n]!,
          `has ${sizes[n]![1]} columns, expected ${sizes[n - 1]![0]} as ${entries[n - 1]!.name} has rows`,
        );
    const weights = entries.map((entry) => this.#weight(entry, "matrix"));
    return { weights, rows: sizes.at(-1)![0], columns: sizes[0]![1] };
  }

  #doraOf(entry: TensorEntry, rows: number, columns: number): NonNullable<Adapter["dora"]> {
    const size = elements(entry.shape);
    const axis = entry.shape[0] === rows ? "rows" : "columns";
    if (size !== (axis === "rows" ? rows : columns))
      this.#refuse(entry, `is [${entry.shape}], expected a length for each of ${rows} rows or ${columns} columns`);
    return { weight: this.#weight(entry, "vector"), axis, size };
  }

  #weight(entry: TensorEntry, role: Role): string {
    const shape = role === "vector" ? [elements(entry.shape)] : matrixOf(entry);
    this.weights.push({ name: entry.name, entry, role, shape });
    return entry.name;
  }

  async #number(entry: TensorEntry): Promise<number> {
    if (elements(entry.shape) !== 1) this.#refuse(entry, `is [${entry.shape}], expected one number`);
    const [value] = await readFloat32(this.#source, entry.name);
    if (!Number.isFinite(value)) this.#refuse(entry, `is ${value}, expected a number`);
    return value!;
  }

  #refuse(entry: TensorEntry, what: string): never {
    throw new BrokenModel(this.#source.path, entry.name, what);
  }
}

interface Made {
  readonly form: Form;
  readonly kind: Adapter["kind"];
  readonly rank?: number;
  readonly rows: number;
  readonly columns: number;
}

/** As a matrix: what follows the first axis is one row (a convolution's kernel lies so). */
function matrixOf({ shape }: TensorEntry): [rows: number, columns: number] {
  const [rows = 1, ...rest] = shape;
  return [rows, elements(rest)];
}
