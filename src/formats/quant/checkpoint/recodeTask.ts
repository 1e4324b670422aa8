import { BadLayer } from "./badLayer.ts";
import { recodeRows } from "./recodeRows.ts";
import type { RecodeSpec } from "./recodeSpec.ts";

/** Rows to be recoded elsewhere; `bytes`: of the result. */
export interface RecodeTask {
  readonly spec: RecodeSpec;
  readonly parts: readonly Uint8Array[];
  readonly first: number;
  readonly count: number;
  readonly bytes: number;
}

export type RecodeResult =
  | { readonly out: Uint8Array }
  /** A bad value, with its tensor; or a failure of ours, without. */
  | { readonly tensor?: string; readonly fact: string };

/** The work of a thread: never throws. */
export function runRecodeTask({ spec, parts, first, count, bytes }: RecodeTask): RecodeResult {
  const out = new Uint8Array(bytes);
  try {
    recodeRows(spec, parts, first, count, out);
    return { out };
  } catch (error) {
    if (error instanceof BadLayer) return { tensor: error.tensor, fact: error.message };
    return { fact: error instanceof Error ? error.message : String(error) };
  }
}
