import { kernelRows } from "./kernelRows.ts";
import { plainRows } from "./plainRows.ts";
import type { RecodeSpec } from "./recodeSpec.ts";

/** `count` rows from `first` on: `parts` as `rowParts` asks for them, into `out`, which has exactly their room. Throws `BadLayer`. Pure. */
export function recodeRows(
  spec: RecodeSpec,
  parts: readonly Uint8Array[],
  first: number,
  count: number,
  out: Uint8Array,
): void {
  if (!kernelRows(spec, parts, first, count, out)) plainRows(spec, parts, first, count, out);
}
