import { BadReply } from "./errors.ts";
import { shown } from "./shown.ts";

/** Longest name that common file systems take, less what is added to it while it is fetched. */
const MAX_NAME = 200;
const MAX_PATH = 1024;
/** Names that mean devices on Windows, with any extension. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A path that a server names, fit to become a file's name here: parts between "/" that are neither empty nor "." nor "..", and in the last
 * one nothing that any system reads as something else than a name. Throws BadReply.
 */
export function checkedPath(path: unknown, repo: string): string {
  if (typeof path !== "string" || path === "" || path.length > MAX_PATH)
    throw new BadReply(`${repo} lists a file without a path that can be used`);
  const parts = path.split("/");
  const name = parts.at(-1)!;
  const broken =
    parts.some((part) => part === "" || part === "." || part === "..") ||
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    /[\x00-\x1f\x7f\\]/.test(path);
  const unusable = /[:*?"<>|]|[. ]$/.test(name) || DEVICES.test(name) || Buffer.byteLength(name) > MAX_NAME;
  if (broken || unusable)
    throw new BadReply(`${repo} lists a file named "${shown(path)}", which is no name for a file; nothing was written`);
  return path;
}
