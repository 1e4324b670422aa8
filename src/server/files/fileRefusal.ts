import { RequestError } from "../errors.ts";

/** What a file system says to names that it cannot have; a full or broken disk is another matter. */
const NAMES: Readonly<Record<string, string>> = {
  ENAMETOOLONG: "the name is too long for the file system",
  ENOTDIR: "a part of the path is a file, not a folder",
  EISDIR: "there is a folder of this name",
  EEXIST: "a part of the path is a file, not a folder",
  EINVAL: "the file system cannot have this name",
  EILSEQ: "the file system cannot have this name",
  ELOOP: "the path leads in a circle",
};

/** A refusal for an error of the file system that the request's own path has caused; null for all others. */
export function fileRefusal(error: unknown): RequestError | null {
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  const words = typeof code === "string" && typeof syscall === "string" ? NAMES[code] : undefined;
  return words === undefined ? null : new RequestError(400, words, "path");
}
