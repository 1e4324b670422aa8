import { createHash } from "node:crypto";
import { layerRows } from "../../formats/quant/checkpoint/layerRows.ts";
import type { WeightSource } from "../../formats/weightSource.ts";
import type { Model, WeightDecl } from "../model.ts";
import { deltaRows, fileRows, type ReadRows } from "./deltaRows.ts";
import { entryOf, readMade } from "./madeSource.ts";
import { lengthParts, type Step } from "./stack.ts";

/** Values of a base weight that are looked at at a time. */
const PIECE = 1 << 20;

/** The inner products that a DoRA's lengths are made of, by its weight and place and the two parts (-1: the weight itself). */
export const lengthName = (weight: string, at: number, a: number, b: number): string => `${weight} ${at}: ${a} ${b}`;

/**
 * What DoRA needs to know of a model: the squared lengths of a weight's rows, and where it stacks on other LoRAs the inner products with
 * what those add. With w = sum of c_i p_i, |w|^2 = sum of c_i c_j (p_i . p_j): strengths enter as numbers and cost no second look.
 * A model of its own whose vectors are made when they are first read: then the host reads each such base weight once, in pieces (`takeBeside`
 * says how much, for the memory's log); the vectors (4 bytes a row) are kept as long as the model is. `null`: no step is a DoRA.
 */
export function lengthsModel(base: Model, steps: ReadonlyMap<string, readonly Step[]>): Model | null {
  const weights: WeightDecl[] = [];
  const makers = new Map<string, () => Promise<Float32Array>>();
  let beside = 0;
  const counted = countReads((bytes) => {
    beside += bytes;
  });
  const asked = createHash("sha256").update(base.source.identity);
  for (const [weight, list] of steps)
    for (const [at, step] of list.entries()) {
      const { dora } = step.adapter;
      if (!dora) continue;
      const parts = lengthParts(list, at)!;
      let made: Promise<ReadonlyMap<string, Float32Array>> | undefined;
      const all = () => {
        made ??= innerProducts(base, weight, list, at, parts, counted).catch((error: unknown) => {
          // what failed once may be read the next time
          made = undefined;
          throw error;
        });
        return made;
      };
      for (const [n, a] of parts.entries())
        for (const b of parts.slice(n)) {
          const name = lengthName(weight, at, a, b);
          makers.set(name, async () => (await all()).get(name)!);
          const shape = [dora.size];
          weights.push({ name, entry: entryOf({ name, shape }), role: "vector", shape });
        }
      const files = list
        .slice(0, at + 1)
        .map(({ lora, adapter }) => [lora.source.path, lora.source.identity, adapter.stem]);
      asked.update(JSON.stringify([weight, files]));
    }
  if (weights.length === 0) return null;
  const identity = asked.digest("hex");
  const source: WeightSource = {
    path: `${base.source.path}, lengths for DoRA ${identity.slice(0, 12)}`,
    fileBytes: 0,
    identity,
    tensors: new Map(weights.map(({ name, entry }) => [name, entry])),
    metadata: {},
    read: (name, offset, into) =>
      readMade(
        {
          ...source.tensors.get(name)!,
          rows: async (first, count) => (await makers.get(name)!()).slice(first, first + count),
        },
        offset,
        into,
      ),
    takeBeside() {
      const bytes = beside;
      beside = 0;
      return bytes;
    },
    close: () => Promise.resolve(),
  };
  return { kind: "lora-lengths", source, weights };
}

/** A source that tells how many bytes its reads take. */
const countReads =
  (told: (bytes: number) => void) =>
  (source: WeightSource): WeightSource =>
    Object.create(source, {
      read: {
        value(name: string, offset: number, into: Uint8Array) {
          told(into.length);
          return source.read(name, offset, into);
        },
      },
    }) as WeightSource;

/** Sums over each row (or column) of the step's part of the weight, for each pair of parts. */
async function innerProducts(
  base: Model,
  weight: string,
  steps: readonly Step[],
  at: number,
  parts: readonly number[],
  counted: (source: WeightSource) => WeightSource,
): Promise<ReadonlyMap<string, Float32Array>> {
  const step = steps[at]!;
  const { columns, dora } = step.adapter;
  const ofBase = { weights: base.weights, source: counted(base.source) };
  const ofStep = (part: number): Promise<ReadRows> => {
    const { lora, ...rest } = steps[part]!;
    return deltaRows({
      ...rest,
      lora: Object.create(lora, { source: { value: counted(lora.source) } }) as typeof lora,
    });
  };
  const readers = await Promise.all(parts.map((part) => (part < 0 ? baseRows(ofBase, weight) : ofStep(part))));
  const pairs = parts.flatMap((a, n) =>
    parts
      .slice(n)
      .map((b, m) => ({ name: lengthName(weight, at, a, b), n, m: n + m, sums: new Float64Array(dora!.size) })),
  );
  const atOnce = Math.max(1, Math.floor(PIECE / columns));
  for (let first = 0; first < step.count; first += atOnce) {
    const count = Math.min(atOnce, step.count - first);
    const rows: Float32Array[] = [];
    for (const read of readers) rows.push(await read(step.first + first, count));
    for (const { n, m, sums } of pairs)
      addProducts(sums, rows[n]!, rows[m]!, columns, dora!.axis === "rows" ? first : null);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return new Map(pairs.map(({ name, sums }) => [name, Float32Array.from(sums)]));
}

/** Adds a * b into the sums of its rows, from `firstRow` on, or of its columns (null). */
function addProducts(
  sums: Float64Array,
  a: Float32Array,
  b: Float32Array,
  columns: number,
  firstRow: number | null,
): void {
  for (let at = 0, row = firstRow ?? 0; at < a.length; at += columns, row++) {
    if (firstRow === null) for (let c = 0; c < columns; c++) sums[c]! += a[at + c]! * b[at + c]!;
    else {
      let sum = 0;
      for (let c = at; c < at + columns; c++) sum += a[c]! * b[c]!;
      sums[row]! += sum;
    }
  }
}

/** Rows of the model's own weight as it computes with them: decoded, and scaled where the file has scales. */
async function baseRows({ source, weights }: Pick<Model, "source" | "weights">, weight: string): Promise<ReadRows> {
  const decl = weights.find(({ name }) => name === weight)!;
  const { entry, shape, scale, inputScale, rotation } = decl;
  const read = fileRows(source, { ...entry, shape });
  const inFile = (name: string): string => weights.find((weight) => weight.name === name)!.entry.name;
  const layer = {
    ...(scale !== undefined && { scale: inFile(scale) }),
    ...(inputScale !== undefined && { inputScale: inFile(inputScale) }),
    ...(rotation !== undefined && { rotation: inFile(rotation) }),
  };
  if (Object.keys(layer).length === 0) return read;
  return async (first, count) => {
    const rows = await read(first, count);
    await layerRows(source, layer, rows, rows.length / count, first);
    return rows;
  };
}
