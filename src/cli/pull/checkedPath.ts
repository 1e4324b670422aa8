import { BadReply } from "./errors.ts";
import { shown } from "./shown.ts";

const MAX_PATH = 1024;

/** A path inside a repo as a server lists it: parts between "/" that are neither empty nor "." nor "..". Throws BadReply. */
export function checkedPath(path: unknown, repo: string): string {
  if (typeof path !== "string" || path === "" || path.length > MAX_PATH)
    throw new BadReply(`${repo} lists a file without a path that can be used`);
  if (path.includes("\0") || path.split("/").some((part) => part === "" || part === "." || part === ".."))
    throw new BadReply(`${repo} lists a file at "${shown(path)}", which is no place in a repo; nothing was written`);
  return path;
}
