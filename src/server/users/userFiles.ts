import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import { RequestError } from "../errors.ts";
import { checkNames } from "../files/checkNames.ts";
import { containedPath, containedPlace } from "../files/containedPath.ts";
import { writeWhole } from "../files/writeWhole.ts";

/** A user's file as the page lists it: `path` with "/", times in ms since 1970. */
export interface UserFile {
  readonly path: string;
  readonly size: number;
  readonly modified: number;
  readonly created: number;
}

const escapes = () => new RequestError(403, "the path leads out of the user's folder", "file");
const missing = () => new RequestError(404, "there is no such file", "file");

/** A user's file that is there: its real path. Throws RequestError: 400, 403, 404. */
export async function existingUserFile(folder: string, file: string): Promise<string> {
  if (file === "") throw new RequestError(400, "a file's name is needed", "file");
  const found = await containedPath(folder, file);
  if (found.kind === "escapes") throw escapes();
  if (found.kind === "missing" || !(await stat(found.path)).isFile()) throw missing();
  return found.path;
}

/** Writes one, whole or not at all. Throws RequestError: 403, 409 where it is there and may not be replaced. */
export async function writeUserFile(
  folder: string,
  file: string,
  bytes: Uint8Array,
  overwrite: boolean,
): Promise<UserFile> {
  const place = await placeOf(folder, file);
  await checkFree(place, overwrite);
  await writeWhole(place, bytes);
  return describeUserFile(folder, place);
}

/** Throws as above. */
export async function moveUserFile(folder: string, from: string, to: string, overwrite: boolean): Promise<UserFile> {
  const source = await existingUserFile(folder, from);
  const place = await placeOf(folder, to);
  await checkFree(place, overwrite);
  await mkdir(dirname(place), { recursive: true });
  await rename(source, place);
  return describeUserFile(folder, place);
}

export async function removeUserFile(folder: string, file: string): Promise<void> {
  await rm(await existingUserFile(folder, file));
}

async function placeOf(folder: string, file: string): Promise<string> {
  checkNames(file, "file");
  await mkdir(folder, { recursive: true });
  const place = await containedPlace(folder, file);
  if (place === null) throw escapes();
  const inside = file
    .replaceAll("\\", "/")
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  if (inside.length === 0) throw new RequestError(400, "a file's name is needed", "file");
  return place;
}

async function checkFree(place: string, overwrite: boolean): Promise<void> {
  const there = await stat(place).catch(() => null);
  if (there === null) return;
  if (!there.isFile()) throw new RequestError(409, "there is a folder of this name", "file");
  if (!overwrite) throw new RequestError(409, "there is a file of this name", "file");
}

async function describeUserFile(folder: string, path: string): Promise<UserFile> {
  const { size, mtimeMs, birthtimeMs } = await stat(path);
  // Both are real paths by now, or both are as given.
  const root = await containedPath(folder, ".");
  const from = root.kind === "inside" && path.startsWith(root.path) ? root.path : folder;
  return {
    path: relative(from, path).split(sep).join("/"),
    size,
    modified: Math.round(mtimeMs),
    created: Math.round(birthtimeMs),
  };
}
