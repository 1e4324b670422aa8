import { BadLayer } from "./badLayer.ts";
import { recodeRows } from "./recodeRows.ts";
import type { RecodeSpec } from "./recodeSpec.ts";

/** Rows to be recoded elsewhere; `out`: where to, exactly their room. Who has the task has its buffers. */
export interface RecodeTask {
  readonly spec: RecodeSpec;
  readonly parts: readonly Uint8Array[];
  readonly first: number;
  readonly count: number;
  readonly out: Uint8Array;
}

export type RecodeResult =
  /** `parts` come back for what they held is done with: their room serves the next task. */
  | { readonly out: Uint8Array; readonly parts: readonly Uint8Array[] }
  /** A bad value, with its tensor; or a failure of ours, without. */
  | { readonly tensor?: string; readonly fact: string };

/** The work of a thread: never throws. */
export function runRecodeTask({ spec, parts, first, count, out }: RecodeTask): RecodeResult {
  try {
    recodeRows(spec, parts, first, count, out);
    return { out, parts };
  } catch (error) {
    if (error instanceof BadLayer) return { tensor: error.tensor, fact: error.message };
    return { fact: error instanceof Error ? error.message : String(error) };
  }
}
