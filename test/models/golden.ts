import { expect } from "vitest";
import { toFloat32 } from "../../src/formats/toFloat32.ts";
import { sharedJson, sharedSource } from "./shared.ts";

interface Tolerance {
  readonly atol: number;
  readonly rtol: number;
}

interface CaseJson {
  readonly params: Readonly<Record<string, unknown>>;
  readonly tolerance: Tolerance;
  readonly tolerances?: Readonly<Record<string, Tolerance>>;
  readonly tensors: Readonly<Record<string, readonly [string, readonly number[]]>>;
}

/** A golden case: its parameters, and its tensors as f32. */
export interface Golden {
  readonly params: CaseJson["params"];
  has(name: string): boolean;
  shape(name: string): number[];
  values(name: string): Float32Array;
  /** Expects |got - want| <= atol + rtol * |want| everywhere, with the case's own tolerance for this output. */
  check(name: string, got: Float32Array): void;
}

/** `name` as in the golden folder: "flux2/klein_8x8". */
export async function golden(name: string): Promise<Golden> {
  const json = (await sharedJson(`golden/${name}`)) as CaseJson;
  const source = await sharedSource(`golden/${name}`);
  const tensors = new Map<string, Float32Array>();
  for (const [key, entry] of source.tensors) {
    const bytes = new Uint8Array(entry.bytes);
    await source.read(key, 0, bytes);
    tensors.set(key, toFloat32(entry.encoding, bytes));
  }
  await source.close();
  const values = (key: string): Float32Array => tensors.get(key)!;
  return {
    params: json.params,
    has: (key) => tensors.has(key),
    shape: (key) => [...json.tensors[key]![1]],
    values,
    check(key, got) {
      const want = values(key);
      const { atol, rtol } = json.tolerances?.[key] ?? json.tolerance;
      expect(got.length, `${name} ${key}`).toBe(want.length);
      let worst = 0;
      for (let i = 0; i < want.length; i++) {
        const share = Math.abs(got[i]! - want[i]!) / (atol + rtol * Math.abs(want[i]!));
        if (!(share <= worst)) worst = Number.isNaN(share) ? Number.POSITIVE_INFINITY : share;
      }
      if (process.env["WEIR_SHOW_ERRORS"]) console.log(`${name} ${key}: ${worst.toFixed(4)} of the tolerance`);
      expect(worst, `${name} ${key}: worst error as a share of its tolerance`).toBeLessThanOrEqual(1);
    },
  };
}
