import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { readTensors } from "./readTensors.ts";

/** A tensor of a case, widened from the file's encoding: f16 and bf16 to f32; 64-bit integers stay bigint. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number> | ArrayLike<bigint>;
}
export type Tensors = ReadonlyMap<string, GoldenTensor>;

export interface Tolerance {
  readonly atol: number;
  readonly rtol: number;
}

/** One case of a goldens folder: what to run, on what, and what must come out. Format: the folder's README. */
export interface GoldenCase {
  readonly name: string;
  readonly kind: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The whole json, for kinds that keep their rows there. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Tensors `in.*` without the prefix. */
  readonly inputs: Tensors;
  /** Tensors `out.*`, prefix kept: the names that `tolerances` uses. */
  readonly outputs: Tensors;
  tolerance(output: string): Tolerance;
  /** A file named by the case, relative to the nearest folder above it that holds it. Throws when none does. */
  find(relative: string): string;
}

/**
 * `null` where the file is json but no case (a quantiser's map, a shared weights file), or not of one of `kinds`. Throws where it is a
 * broken case.
 */
export async function readCase(file: string, kinds?: ReadonlySet<string>): Promise<GoldenCase | null> {
  const json: unknown = JSON.parse(await readFile(file, "utf8"));
  if (!isRecord(json) || typeof json["kind"] !== "string" || typeof json["name"] !== "string") return null;
  if (json["kind"] === "weights" || (kinds && !kinds.has(json["kind"]))) return null;
  const listed = isRecord(json["tensors"]) ? Object.keys(json["tensors"]) : [];
  const beside = file.replace(/\.json$/, ".safetensors");
  const tensors: Tensors = existsSync(beside) ? await readTensors(beside) : new Map();
  const missing = listed.filter((name) => !tensors.has(name));
  if (missing.length > 0) throw new Error(`${beside} lacks ${missing.join(", ")}, which the case lists`);

  const common = json["tolerance"] as Tolerance;
  const own = isRecord(json["tolerances"]) ? (json["tolerances"] as Record<string, Tolerance>) : {};
  const starting = (prefix: string) => [...tensors].filter(([name]) => name.startsWith(prefix));
  return {
    name: json["name"],
    kind: json["kind"],
    params: isRecord(json["params"]) ? json["params"] : {},
    json,
    inputs: new Map(starting("in.").map(([name, tensor]) => [name.slice("in.".length), tensor])),
    outputs: new Map(starting("out.")),
    tolerance: (output) => own[output] ?? common,
    find: (relative) => findAbove(path.dirname(path.resolve(file)), relative),
  };
}

function findAbove(folder: string, relative: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    const candidate = path.join(at, relative);
    if (existsSync(candidate)) return candidate;
    if (at === path.dirname(at)) throw new Error(`no folder above ${folder} holds ${relative}`);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
