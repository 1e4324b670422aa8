import type { ModelFolders } from "../../server/files/serverFolders.ts";
import { modelFolderNames } from "../modelFolderNames.ts";

/** Folders that ComfyUI looks through under their older name first: positions in lists are told to clients. */
const OLDER_FIRST: ReadonlySet<string> = new Set(["diffusion_models"]);

/** The model folders as requests name them. */
export function modelFolders(folders: {
  roots(folder: string): readonly string[];
  resolve(folder: string, name: string): string | null;
}): ModelFolders {
  return {
    names: modelFolderNames,
    roots(name) {
      if (!modelFolderNames.includes(name)) return null;
      const roots = folders.roots(name);
      return OLDER_FIRST.has(name) ? olderFirst(roots) : roots;
    },
    resolve: (name, file) => folders.resolve(name, file),
  };
}

/** The two of models/ swapped; what the user's files add stays where it is. */
function olderFirst(roots: readonly string[]): readonly string[] {
  const older = roots.findIndex((root) => /[\\/]unet$/.test(root));
  if (older < 1) return roots;
  return [...roots.slice(0, older - 1), roots[older]!, roots[older - 1]!, ...roots.slice(older + 1)];
}
