import { pyFloat, pyRepr, pyStr } from "../../workflow/python.ts";
import { kind, node } from "../declare.ts";
import { STRING } from "../kinds.ts";

/** Any value as text, as Python prints it: text as it is, numbers, lists and objects as JSON; of arrays their sizes. */
export const PreviewAny = node({
  name: "PreviewAny",
  displayName: "Preview as Text",
  category: "utilities",
  description: "Shows any value as text.",
  pythonModule: "comfy_extras.nodes_preview_any",
  searchAliases: ["show output", "inspect", "debug", "print value", "show text"],
  inputs: { source: kind<unknown>("*").link() },
  outputs: { STRING: STRING.output },
  outputNode: true,
  execute: ({ source }, { linkTypes }) => {
    const text = textOf(source, linkTypes?.["source"]);
    return { outputs: { STRING: text }, ui: { text: [text] } };
  },
});

function textOf(value: unknown, type: string | undefined): string {
  if (typeof value === "number" && type === "FLOAT") return pyFloat(value);
  if (typeof value !== "object" || value === null) return pyStr(value);
  try {
    return printable(JSON.stringify(value, shown, 4));
  } catch {
    return `a value of type ${type ?? "unknown"}, which has no text`;
  }
}

/** What JSON cannot hold: large whole numbers, and the values of pictures and latents, which nobody reads. */
function shown(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return pyRepr(value);
  if (ArrayBuffer.isView(value)) return `${(value as Float32Array).length} values`;
  return typeof value === "function" ? undefined : value;
}

/** Letters beyond ASCII as \\u escapes, as Python's json prints them. */
const printable = (text: string): string =>
  text.replace(/[^ -~\n]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
