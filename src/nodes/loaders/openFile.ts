import { stat } from "node:fs/promises";
import { openWeights } from "../../formats/openWeights.ts";
import type { QuantOptions } from "../../formats/quant/checkpoint/quantOptions.ts";
import type { WeightSource } from "../../formats/weightSource.ts";
import type { Model } from "../../models/model.ts";
import type { LoadedModel } from "../../runtime/runtime.ts";
import type { WeirContext } from "../context.ts";
import { MissingFile } from "../errors.ts";

/** Where a file of a model folder lies. Throws MissingFile, which lists what is in the folder. */
export function modelPath(folder: string, name: string, { folders }: WeirContext): string {
  const path = folders.resolve(folder, name);
  if (path !== null) return path;
  const names = folders.list(folder);
  const has = names.length === 0 ? "it is empty" : `it has ${names.join(", ")}`;
  throw new MissingFile(`there is no file "${name}" in the folder models/${folder}: ${has}`);
}

/**
 * A model of a folder, known to the runtime: only its header is read. It may read through an earlier opening of the same file, so use
 * `model` as returned. `cast`: wider floats are rounded to that encoding (`weight_dtype`). Throws what opening throws, each naming the file.
 */
export async function openFile<M extends Model>(
  folder: string,
  name: string,
  open: (source: WeightSource) => M,
  context: WeirContext,
  cast?: QuantOptions["cast"],
): Promise<{ readonly model: M; readonly loaded: LoadedModel }> {
  const source = await openWeights(modelPath(folder, name, context), {
    ...context.runtime.quant,
    ...(cast && { cast }),
  });
  return loadSource(source, open, context);
}

/** The same of a file that is open, which is closed where it is no such model. */
export async function loadSource<M extends Model>(
  source: WeightSource,
  open: (source: WeightSource) => M,
  context: WeirContext,
): Promise<{ readonly model: M; readonly loaded: LoadedModel }> {
  let model: M;
  try {
    model = open(source);
  } catch (error) {
    await source.close();
    throw error;
  }
  const loaded = context.runtime.load(model);
  return { model: loaded.model as M, loaded };
}

/** Changes when the file does: a loader then runs again. */
export async function fileFingerprint(folder: string, name: string | undefined, context: WeirContext): Promise<string> {
  const path = name === undefined ? null : context.folders.resolve(folder, name);
  if (path === null) return "none";
  const { size, mtimeNs, ino } = await stat(path, { bigint: true });
  return `${size}-${mtimeNs}-${ino}`;
}
