import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** What was learned, by latent's channels and VAE (`colourKey`): [channels + 1, 3], as `LatentColours` has it. */
export type KnownColours = ReadonlyMap<string, Float64Array>;

/** VAEs that are remembered: those used last. */
const MOST = 32;
/** Of a file that this writes: more is none of ours. */
const MAX_BYTES = 4 * 2 ** 20;

/** What an earlier process has written; nothing where there is no such file, or it holds something else: then it is learned anew. */
export function readColours(path: string): KnownColours {
  try {
    if (statSync(path).size > MAX_BYTES) return new Map();
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof value !== "object" || value === null || Array.isArray(value)) return new Map();
    const good = Object.entries(value).filter((entry): entry is [string, number[]] => isWeights(entry[0], entry[1]));
    return new Map(good.slice(-MOST).map(([key, weights]) => [key, Float64Array.from(weights)]));
  } catch {
    return new Map();
  }
}

/** Replaces the file as a whole. What cannot be written is learned again by the next process. */
export function writeColours(path: string, known: KnownColours): void {
  const last = [...known].slice(-MOST).map(([key, weights]) => [key, Array.from(weights)]);
  const next = `${path}.${process.pid}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(next, JSON.stringify(Object.fromEntries(last)));
    renameSync(next, path);
  } catch {
    // Previews are no reason to end a job.
  }
}

/** As many numbers as the key's channels ask for. */
function isWeights(key: string, value: unknown): boolean {
  const channels = Number(/^\d{1,4}(?= )/.exec(key)?.[0] ?? Number.NaN);
  const split = channels === 128 ? 4 : 1;
  return (
    Array.isArray(value) && value.length === (channels / split + 1) * 3 && value.every((item) => Number.isFinite(item))
  );
}
