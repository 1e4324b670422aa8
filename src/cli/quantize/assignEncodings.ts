import { UnsupportedFormat } from "../../formats/errors.ts";
import { ggufTypeOf } from "../../formats/gguf/writeGgufHeader.ts";
import { BLOCK_CODECS } from "../../formats/quant/blockCodecs.ts";
import { quote } from "../../formats/quote.ts";
import type { Encoding, TensorEntry, WeightSource } from "../../formats/weightSource.ts";
import type { WeightDecl } from "../../models/model.ts";
import { openModel } from "../inspect/openModel.ts";
import type { QuantType } from "./quantTypes.ts";
import { SMALL_VALUES, TENSOR_RULES } from "./tensorRules.ts";

/** What becomes of a tensor. */
export interface Assignment {
  /** Its name in the output. */
  readonly name: string;
  /** As it is read. */
  readonly entry: TensorEntry;
  readonly to: Encoding;
  /** Its bytes are not looked at: they are no weights. */
  readonly copy: boolean;
  /** Why it is not of the type that was asked for; `null` where it is. */
  readonly why: string | null;
  /** It would have been, but its rows are no whole blocks. */
  readonly fellBack: boolean;
}

/** Whole numbers as GGUF can name them: of the same bytes. */
const SAME_BYTES: Partial<Record<Encoding, Encoding>> = {
  I8: "I8",
  I16: "I16",
  I32: "I32",
  I64: "I64",
  U8: "I8",
  BOOL: "I8",
  U16: "I16",
  U32: "I32",
  U64: "I64",
};
const WIDE: readonly Encoding[] = ["F32", "F16", "BF16"];

/** Tensors that take a wider type than the rest. */
export interface Raised {
  readonly type: QuantType;
  readonly names: ReadonlySet<string>;
}

/**
 * Every tensor of a file but those that belong to another's product: they are multiplied in. `raised`: what takes a wider type where no rule
 * says otherwise. Throws UnsupportedFormat.
 */
export function assignEncodings(source: WeightSource, type: QuantType, raised?: Raised): readonly Assignment[] {
  const shaped = modelShapes(source);
  const folded = new Set<string>();
  for (const { layer } of [...source.tensors.values(), ...shaped.values()])
    for (const name of [layer?.scale, layer?.inputScale, layer?.rotation]) if (name !== undefined) folded.add(name);
  return [...source.tensors.values()]
    .filter(({ name }) => !folded.has(name))
    .map((stored) => {
      const { name } = stored;
      const entry = shaped.get(name) ?? stored;
      const copied = SAME_BYTES[entry.encoding];
      if (copied && !entry.recoded) return { name, entry, to: copied, copy: true, why: "no weights", fellBack: false };
      if (!Object.hasOwn(BLOCK_CODECS, entry.encoding) && ![...WIDE, "F64"].includes(entry.encoding))
        throw new UnsupportedFormat(
          source.path,
          `tensor ${quote(entry.name)} is ${entry.encoding} without a description of its scales: it cannot be converted`,
        );
      return {
        name,
        entry,
        copy: false,
        fellBack: false,
        ...weights(name, entry, raised?.names.has(name) ? raised.type : type),
      };
    });
}

/** Matrices that a quantised file holds padded or as rows of groups: in the shape that the model wants, which is the one others read too. */
function modelShapes(source: WeightSource): ReadonlyMap<string, TensorEntry> {
  const shaped = new Map<string, TensorEntry>();
  if (!source.shapedAs) return shaped;
  let weights: readonly WeightDecl[] = [];
  try {
    weights = openModel(source)?.model.weights ?? [];
  } catch {
    // a file that does not open as a model is converted as it is
  }
  for (const { entry, shape } of weights) {
    const name = entry.name.replace(/ \[[\d,]+\]$/, "");
    if (name !== entry.name && source.tensors.has(name)) shaped.set(name, { ...entry, shape });
  }
  return shaped;
}

function weights(
  name: string,
  entry: TensorEntry,
  type: QuantType,
): Pick<Assignment, "to" | "why"> & { readonly fellBack?: boolean } {
  const { shape } = entry;
  const values = shape.reduce((n, size) => n * size, 1);
  if (shape.length < 2) return { to: "F32", why: "vector" };
  if (WIDE.includes(type.encoding)) return { to: type.encoding, why: null };
  if (values <= SMALL_VALUES) return { to: "F32", why: "small" };
  if (shape.length > 3) return { to: kept(entry), why: "convolution" };
  const rule = TENSOR_RULES.find((candidate) => candidate.name.test(name));
  if (rule?.rule === "keep") return { to: kept(entry), why: rule.why };
  if (!name.endsWith("weight")) return { to: kept(entry), why: "no weight by its name" };
  const columns = shape.at(-1)!;
  const wanted = rule?.rule === "floor" && bits(type.encoding) < bits("Q8_0") ? "Q8_0" : type.encoding;
  const fits = (encoding: Encoding): boolean => columns % ggufTypeOf(encoding)!.values === 0;
  if (fits(wanted)) return { to: wanted, why: wanted === type.encoding ? null : rule!.why };
  const to = type.instead.find(fits) ?? "F16";
  const block = ggufTypeOf(wanted)!.values;
  return { to, why: `rows of ${columns} are no whole blocks of ${block}`, fellBack: true };
}

/** As wide as in the input. Eight-bit floats with their scale multiplied in need more bits than they had. */
function kept({ encoding, recoded }: TensorEntry): Encoding {
  if (recoded) return "BF16";
  return encoding === "F64" ? "F32" : encoding;
}

const bits = (encoding: Encoding): number => {
  const { values, bytes } = ggufTypeOf(encoding)!;
  return (8 * bytes) / values;
};
