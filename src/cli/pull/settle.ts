import { join } from "node:path";
import { openWeights } from "../../formats/openWeights.ts";
import type { Place } from "./findPlace.ts";
import { folderByHeader } from "./folderOf.ts";
import { shown } from "./shown.ts";

/** The final path of a file that is whole: where it was known before, or as its header tells. `doubt`: why that is no folder of models. */
export async function settle(
  { final, folder, name }: Place,
  whole: string,
): Promise<{ readonly path: string; readonly doubt: string | null }> {
  if (final !== null) return { path: final, doubt: null };
  let doubt = "its header does not tell which kind of model it is";
  try {
    const source = await openWeights(whole);
    try {
      const kind = folderByHeader(source);
      if (kind !== null) return { path: join(folder, kind, name), doubt: null };
    } finally {
      await source.close();
    }
  } catch (error) {
    doubt = `it cannot be opened as weights: ${shown((error as Error).message.replace(whole, name))}`;
  }
  return { path: join(folder, name), doubt };
}
