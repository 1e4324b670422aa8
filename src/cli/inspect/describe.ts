import { quote } from "../../formats/quote.ts";
import { formatBytes } from "../../runtime/formatBytes.ts";
import type { Inspection } from "./inspectFile.ts";

/** Groups that are told one by one; a stranger's file may have a million. */
const SHOWN = 200;
/** Metadata keys shown, and characters of a value: whole workflows lie in there. */
const SHOWN_KEYS = 20;

/** What `weir inspect` prints. Everything that comes from the file is quoted or escaped: terminals act on control characters. */
export function describe(inspection: Inspection): string {
  const { path, fileBytes, what, tensors, parameters, encodings, groups, dims, needs, note, metadata } = inspection;
  const lines = [
    `${path}: ${plain(what)}`,
    `  ${count(parameters)} parameters in ${tensors} tensors, ${formatBytes(fileBytes)}`,
    `  ${encodings.map((e) => `${e.encoding} ${formatBytes(e.bytes)} (${e.tensors} tensors)`).join(", ")}`,
  ];
  if (dims)
    lines.push(
      `  ${Object.entries(dims)
        .map(([name, value]) => `${name} ${value}`)
        .join(", ")}`,
    );
  if (note !== null) lines.push(`  ${plain(note)}`);
  if (needs) {
    lines.push(
      `Needs at ${needs.size}:`,
      `  --vram-weights ${flagBytes(needs.vramWeights)} at least, of ${formatBytes(needs.residentBytes)} of weights`,
      `  --vram ${flagBytes(needs.vram)} at least, about: ${formatBytes(needs.activationBytes)} beside the weights`,
      "Stages, in the order in which they run:",
      ...folded(needs.stages.map(({ name, bytes }) => ({ name, bytes }))),
    );
  } else lines.push("Tensors by name:", ...folded(groups));
  const keys = Object.keys(metadata);
  if (keys.length > 0) {
    lines.push(
      "Metadata:",
      ...keys.slice(0, SHOWN_KEYS).map((key) => `  ${plain(quote(key))} ${quote(metadata[key]!)}`),
    );
    if (keys.length > SHOWN_KEYS) lines.push(`  and ${keys.length - SHOWN_KEYS} more; --json has all`);
  }
  return `${lines.join("\n")}\n`;
}

const flagBytes = (bytes: number): string => formatBytes(bytes, "up").replace(" ", "");
const plain = (text: string): string => text.replace(/[^\P{Cc}\t]/gu, "?");

/** "9.07 B", "4.02 M", "512". */
function count(n: number): string {
  for (const [unit, size] of [
    ["B", 1e9],
    ["M", 1e6],
    ["K", 1e3],
  ] as const)
    if (n >= size) return `${(n / size).toPrecision(3)} ${unit}`;
  return String(n);
}

/** Neighbours that differ in their number alone and have the same size are one line: "double_blocks.0 to 7". */
function folded(rows: readonly { readonly name: string; readonly bytes: number }[]): string[] {
  const runs: { first: string; last: string; stem: string; n: number; bytes: number }[] = [];
  for (const { name, bytes } of rows) {
    const stem = name.replace(/\d+$/, "");
    const before = runs.at(-1);
    if (before && stem !== name && before.stem === stem && before.bytes === bytes) {
      before.last = name.slice(stem.length);
      before.n += 1;
    } else runs.push({ first: name, last: "", stem: stem === name ? `${name} ` : stem, n: 1, bytes });
  }
  const shown = runs.slice(0, SHOWN).map(({ first, last, n, bytes }) => {
    const name = plain(quote(first).slice(1, -1));
    return n === 1
      ? `  ${name}  ${formatBytes(bytes)}`
      : `  ${name} to ${last}  ${formatBytes(bytes)} each, ${n} of them`;
  });
  return runs.length > SHOWN ? [...shown, `  and ${runs.length - SHOWN} more; --json has all`] : shown;
}
