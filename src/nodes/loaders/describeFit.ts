import { quote } from "../../formats/quote.ts";
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
  const used = new Set(fitted.flatMap(({ fit }) => fit.patches.map(({ adapter }) => adapter)));
  const unknown = lora.adapters.filter((adapter) => fitted.every(({ fit }) => fit.unknown.includes(adapter)));
  const overDora = fitted.flatMap(({ fit }) => fit.overDora);
  const sizes = fitted.flatMap(({ file, fit }) =>
    fit.mismatched.map(({ adapter: { stem, rows, columns }, wanted }) => {
      const own = columns === 0 ? [rows] : [rows, columns];
      return `${quote(stem)} is [${own.join(", ")}], in ${file} [${wanted.join(", ")}]`;
    }),
  );
  if (used.size === 0 && overDora.length === 0)
    throw new WrongLora(name, madeFor(lora), fitted.map(({ file }) => file).join(" and "), sizes[0] ?? null);
  const stems = (adapters: readonly { readonly stem: string }[]) => adapters.map(({ stem }) => quote(stem));
  const parts = [
    told("that are not in the model", stems(unknown)),
    told("of another size", sizes),
    told("that would need to know what an earlier DoRA or GLoRA makes of columns", stems(overDora)),
    told(
      "tensors that are not understood",
      lora.unused.map(({ name, why }) => `${quote(name)} ${why}`),
    ),
  ].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return `${name}: used are ${used.size} of its ${lora.adapters.length} layers. Left out: ${parts.join("; ")}`;
}

function told(what: string, names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const more = names.length > SHOWN ? `, and ${names.length - SHOWN} more` : "";
  return `${names.length} ${what} (${names.slice(0, SHOWN).join(", ")}${more})`;
}
