import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Folders } from "../../nodes/context.ts";
import { UsageError } from "../errors.ts";
import { checkedName } from "./checkedName.ts";
import { folderByPath, modelFolders } from "./folderOf.ts";
import { partPath } from "./partFile.ts";
import type { RemoteFile } from "./remoteFile.ts";
import { isWeights } from "./selectFiles.ts";

/** Where a file goes, and what of it is there. Paths are absolute. */
export interface Place {
  readonly file: RemoteFile;
  readonly name: string;
  /** Where it is written: the final folder, or the folder of all models while only the header will tell which. */
  readonly folder: string;
  /** Its name when it is whole; `null`: the header will tell. */
  readonly final: string | null;
  /** Files of its name and size that are there already: maybe the same. */
  readonly candidates: readonly string[];
  /** Bytes that an earlier run fetched. */
  readonly partBytes: number;
}

/** What is asked about folders here. */
export interface Where {
  /** `--to`: any file may go there. */
  readonly to: string | null;
  readonly models: string;
  readonly folders: Folders;
}

/** Throws UsageError for a file that has no place among models, BadReply for a name that is none. */
export async function findPlace(file: RemoteFile, hint: string | null, where: Where): Promise<Place> {
  const name = checkedName(file);
  const { to, models, folders } = where;
  if (to === null && !isWeights(name))
    throw new UsageError(
      `${file.repo}/${file.path} is no safetensors or GGUF file, so no folder of models is for it; say where with --to FOLDER`,
    );
  const kind = to === null ? (hint ?? folderByPath(file.path)) : null;
  const folder = to ?? (kind === null ? models : join(models, kind));
  const final = to === null && kind === null ? null : join(folder, name);
  const kinds = to === null ? (kind === null ? modelFolders : [kind]) : [];
  const known = [
    join(folder, name),
    ...kinds.flatMap((each) => folders.resolve(each, name) ?? []),
    // A folder that the file was moved to by hand, below the one that is meant.
    ...kinds.flatMap((each) =>
      folders
        .list(each)
        .filter((listed) => listed.endsWith(`/${name}`))
        .flatMap((listed) => folders.resolve(each, listed) ?? []),
    ),
  ];
  const candidates: string[] = [];
  for (const path of new Set(known)) if ((await sizeOf(path)) === file.bytes) candidates.push(path);
  const partBytes = Math.min(file.bytes, (await sizeOf(partPath(folder, name, file))) ?? 0);
  return { file, name, folder, final, candidates, partBytes };
}

const sizeOf = (path: string): Promise<number | null> =>
  stat(path).then(
    (found) => (found.isFile() ? found.size : null),
    () => null,
  );
