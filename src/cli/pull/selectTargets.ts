import { NotOnHub } from "./errors.ts";
import { isIncluded } from "./isIncluded.ts";
import type { Target } from "./parseTarget.ts";
import type { RemoteFile } from "./remoteFile.ts";
import { isWeights, selectFiles } from "./selectFiles.ts";
import { shown } from "./shown.ts";

/** A file that is meant, and the folder of models that a set says it belongs to. */
export interface Wanted {
  readonly file: RemoteFile;
  readonly hint: string | null;
}

export interface Selection {
  /** Of repos whose words do not say one. */
  readonly revision: string;
  readonly include: readonly string[];
  /** Files that are no weights have a place too. */
  readonly anyFile: boolean;
  /** The files of a repo, asked for once. */
  readonly list: (repo: string, revision: string) => Promise<readonly RemoteFile[]>;
  readonly say: (text: string) => void;
}

/** Sets are of the branch that their repos show. */
export const SET_REVISION = "main";

/** The files that the words of a command line mean, each once, in their order. Throws as `list` and `selectFiles` do. */
export async function selectTargets(targets: readonly Target[], options: Selection): Promise<readonly Wanted[]> {
  const { revision, include, anyFile, list, say } = options;
  const wanted = new Map<string, Wanted>();
  const add = (file: RemoteFile, hint: string | null) =>
    wanted.set(`${file.repo}@${file.commit}/${file.path}`, { file, hint });
  for (const target of targets) {
    if (target.kind === "repo") {
      const files = await list(target.repo, target.revision ?? revision);
      const named = files.some(({ path }) => path === target.path);
      for (const file of selectFiles(target.repo, files, target.path, include)) {
        // A pattern takes READMEs along; who names a file means it.
        if (anyFile || named || isWeights(file.path)) add(file, null);
        else say(`left out: ${shown(file.path)} (not weights; --to FOLDER takes any file)`);
      }
      continue;
    }
    say(`${target.name}: ${target.set.what}`);
    if (target.set.note !== undefined) say(`note: ${target.set.note}`);
    for (const { repo, path, folder } of target.set.files) {
      if (include.length > 0 && !isIncluded(path, include)) continue;
      const [file] = selectFiles(repo, await list(repo, SET_REVISION), path, []);
      add(file!, folder);
    }
  }
  if (wanted.size === 0)
    throw new NotOnHub(`nothing is left of it${include.length > 0 ? ` that matches ${include.join(" or ")}` : ""}`);
  return [...wanted.values()];
}
