import { WrongLora } from "../../models/errors.ts";
import { type LoraFit, type LoraModel, madeFor } from "../../models/lora/index.ts";

/** What a LoRA was put on: the file's name, and how it fits. */
export interface Fitted {
  readonly file: string;
  readonly fit: LoraFit;
}

/** Names that are told; the rest is counted. */
const SHOWN = 3;

/**
 * One line on what of a LoRA is not used, or `null` where all of it is. Throws `WrongLora` where none of it fits any of the models.
 */
export function describeFit(name: string, lora: LoraModel, fitted: readonly Fitted[]): string | null {
  const used = fitted.reduce((sum, { fit }) => sum + fit.patches.length, 0);
  const mismatched = fitted.flatMap(({ file, fit }) => fit.mismatched.map((one) => ({ file, ...one })));
  const unknown = lora.adapters.filter((adapter) => fitted.every(({ fit }) => fit.unknown.includes(adapter)));
  const overDora = fitted.flatMap(({ fit }) => fit.overDora);
  const sizes = mismatched.map(
    ({ adapter: { stem, rows, columns }, file, wanted }) =>
      `${stem} is [${columns === 0 ? [rows] : [rows, columns]}], in ${file} ${wanted}`,
  );
  if (used === 0 && overDora.length === 0) {
    const files = fitted.map(({ file }) => file).join(" and ");
    throw new WrongLora(name, madeFor(lora), files, sizes.length > 0 ? sizes[0]! : null);
  }
  const parts = [
    list(
      unknown.length,
      "not in the model",
      unknown.map(({ stem }) => stem),
    ),
    list(sizes.length, "of other sizes", sizes),
    list(
      overDora.length,
      "DoRA over another DoRA that changes columns",
      overDora.map(({ stem }) => stem),
    ),
    list(
      lora.unused.length,
      "tensors not understood",
      lora.unused.map(({ name, why }) => `${name} ${why}`),
    ),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : `${name}: ${used} layers are used, others are left out: ${parts.join("; ")}`;
}

function list(count: number, what: string, names: readonly string[]): string | null {
  if (count === 0) return null;
  const more = count > SHOWN ? `, and ${count - SHOWN} more` : "";
  return `${count} ${what} (${names.slice(0, SHOWN).join(", ")}${more})`;
}
