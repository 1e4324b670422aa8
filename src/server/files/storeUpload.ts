import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { RequestError } from "../errors.ts";
import { checkNames } from "./checkNames.ts";
import { containedPlace } from "./containedPath.ts";
import type { MultipartForm } from "./readMultipart.ts";
import { isPictureFolder, type PictureFolder, type ServerFolders } from "./serverFolders.ts";
import { writeWhole } from "./writeWhole.ts";

/** What an upload's answer says: where the file is now. `subfolder` as it was sent. */
export interface StoredUpload {
  readonly name: string;
  readonly subfolder: string;
  readonly type: PictureFolder;
}

export interface UploadPlace {
  readonly filename: string;
  readonly subfolder: string;
  readonly type: PictureFolder;
  readonly overwrite: boolean;
  /** A file of this name and these bytes is taken for it. */
  readonly reuse: boolean;
}

/** Names tried for one upload: a folder with so many of one name is a mistake. */
const MAX_NAMES = 10_000;

/** Where a form wants its file. Throws RequestError 400; nothing is written. */
export function uploadPlace(form: MultipartForm): UploadPlace {
  const filename = form.files.get("image")?.filename ?? "";
  if (filename === "") throw new RequestError(400, "the part named image must be a file with a name", "image");
  if (/[/\\\0]|^\.{1,2}$|^\.weir-/.test(filename) || /\p{Cc}/u.test(filename)) {
    throw new RequestError(400, "the file's name must be a plain name", "image");
  }
  const type = form.fields.get("type") ?? "input";
  if (!isPictureFolder(type)) throw new RequestError(400, "the type must be input, output or temp", "type");
  checkNames(filename, "image");
  checkNames(form.fields.get("subfolder") ?? "", "subfolder");
  const overwrite = form.fields.get("overwrite");
  return {
    filename,
    subfolder: form.fields.get("subfolder") ?? "",
    type,
    overwrite: overwrite === "true" || overwrite === "1",
    reuse: true,
  };
}

/**
 * Stores a file in a folder of pictures. On a clash of names the same bytes keep the name, others become `name (1).ext`. Throws
 * RequestError 400 where the subfolder leads out, by its name or by a link.
 */
export async function storeUpload(
  folders: ServerFolders,
  place: UploadPlace,
  bytes: Uint8Array,
): Promise<StoredUpload> {
  const { filename, subfolder, type, overwrite, reuse } = place;
  const folder = await containedPlace(folders[type], subfolder);
  if (folder === null) throw new RequestError(400, "the subfolder leads out of its folder", "subfolder");
  const extension = extname(filename);
  const stem = filename.slice(0, filename.length - extension.length);
  for (let n = 0; n < MAX_NAMES; n++) {
    const name = n === 0 ? filename : `${stem} (${n})${extension}`;
    const path = join(folder, name);
    const taken = await stat(path).catch(() => null);
    if (taken !== null && !taken.isFile()) continue;
    if (taken !== null && !overwrite) {
      if (!reuse || taken.size !== bytes.byteLength || hash(await readFile(path)) !== hash(bytes)) continue;
      return { name, subfolder, type };
    }
    await writeWhole(path, bytes);
    return { name, subfolder, type };
  }
  throw new RequestError(400, `the folder holds ${MAX_NAMES} files of this name`, "image");
}

const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
