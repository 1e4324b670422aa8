import type { TensorEntry, WeightSource } from "../formats/weightSource.ts";
import { elements } from "../tensor/dtype.ts";
import { BrokenModel } from "./errors.ts";
import type { Role, WeightDecl } from "./model.ts";

/**
 * Collects a model's weights while its file is opened. Keys are renamed at this door and nowhere else: inside a model a weight has the
 * published name without the file's prefix. Every shape is checked against what the other tensors say, so that building a graph later
 * finds nothing to complain about. Reads no weights. Throws `BrokenModel`, which names the file, the tensor and both shapes.
 */
export class Declarations {
  readonly source: WeightSource;
  readonly prefix: string;
  readonly weights: WeightDecl[] = [];

  readonly #otherName: (name: string) => string;

  /** `otherName`: what some files call a tensor that has not its published name. */
  constructor(source: WeightSource, prefix: string, otherName: (name: string) => string = (name) => name) {
    this.source = source;
    this.prefix = prefix;
    this.#otherName = otherName;
  }

  has(name: string): boolean {
    return this.source.tensors.has(this.prefix + name);
  }

  /**
   * The tensor's shape as it is in the file, of `axes` axes. `rows`: of a matrix, where another tensor tells them: some quantised files have the
   * matrix in rows of groups.
   */
  shape<const N extends 1 | 2 | 4>(name: string, axes: N, rows?: number): Axes[N] {
    const entry = this.#entry(name);
    const grouped = rows === undefined ? entry.shape : [rows, elements(entry.shape) / rows];
    const { shape } = this.source.shapedAs?.(entry.name, grouped) ?? entry;
    if (shape.length !== axes || shape.some((size) => size < 1))
      throw new BrokenModel(this.source.path, this.prefix + name, `is [${shape}], expected ${axes} sizes above 0`);
    return shape as unknown as Axes[N];
  }

  /** Takes a weight in. A file may write it with axes of size 1 more or less (a 1x1 convolution for a matrix). */
  add(name: string, role: Role, shape: readonly number[]): void {
    let entry = this.#entry(name);
    const plain = (sizes: readonly number[]) => sizes.filter((size) => size !== 1).join();
    if (plain(entry.shape) !== plain(shape) || elements(entry.shape) !== elements(shape)) {
      const shaped = this.source.shapedAs?.(entry.name, shape);
      if (!shaped) throw new BrokenModel(this.source.path, entry.name, `is [${entry.shape}], expected [${shape}]`);
      entry = shaped;
    }
    if (entry.layer && role !== "matrix")
      throw new BrokenModel(this.source.path, entry.name, `is quantised (${entry.recoded?.format}), and no matrix`);
    this.weights.push({ name, entry, role, shape, ...this.#layer(entry) });
  }

  /** What a quantised file has beside a matrix: weights of the model too, leased with it. */
  #layer({ layer }: TensorEntry): Pick<WeightDecl, "scale" | "inputScale" | "rotation"> {
    const found: Record<string, string> = {};
    for (const [part, theirs] of Object.entries(layer ?? {}) as [string, string][]) {
      const name = theirs.startsWith(this.prefix) ? theirs.slice(this.prefix.length) : theirs;
      found[part] = name;
      const entry = this.source.tensors.get(theirs)!;
      const role = entry.shape.length === 2 ? "matrix" : "vector";
      // one rotation serves many layers
      if (!this.weights.some((weight) => weight.name === name))
        this.weights.push({ name, entry, role, shape: entry.shape });
    }
    return found;
  }

  /** How many of `stem`0, `stem`1, ... have tensors, without gaps. */
  count(stem: string): number {
    const start = this.prefix + stem;
    const found = new Set<number>();
    for (const name of this.source.tensors.keys()) {
      const index = name.startsWith(start) ? /^(\d{1,4})\./.exec(name.slice(start.length)) : null;
      if (index) found.add(Number(index[1]));
    }
    let n = 0;
    while (found.has(n)) n++;
    return n;
  }

  #entry(name: string) {
    const { tensors } = this.source;
    const entry = tensors.get(this.prefix + name) ?? tensors.get(this.prefix + this.#otherName(name));
    if (!entry) throw new BrokenModel(this.source.path, this.prefix + name, "is missing");
    return entry;
  }
}

interface Axes {
  readonly 1: readonly [number];
  readonly 2: readonly [number, number];
  readonly 4: readonly [number, number, number, number];
}
