import { BadReply } from "./errors.ts";
import type { RemoteFile } from "./remoteFile.ts";
import { shown } from "./shown.ts";

/** Longest name that common file systems take, less what is added to it while it is fetched. */
const MAX_NAME = 200;
/** Names that mean devices on Windows, with any extension. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * The name that a file of a repo gets here: the last part of its path, the same on every system. Throws BadReply for one that some system
 * reads as something else than a name.
 */
export function checkedName({ repo, path }: Pick<RemoteFile, "repo" | "path">): string {
  const name = path.split("/").at(-1)!;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  const escapes = /[\x00-\x1f\x7f]/.test(path);
  const unusable = escapes || /[\\:*?"<>|]|[. ]$/.test(name) || DEVICES.test(name);
  if (name === "" || unusable || Buffer.byteLength(name) > MAX_NAME)
    throw new BadReply(`${repo} calls a file "${shown(path)}", which is no name for a file here; nothing was written`);
  return name;
}
