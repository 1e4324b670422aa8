import { createHash, type Hash } from "node:crypto";
import type { RemoteFile } from "./remoteFile.ts";

/** A hash that, fed with a file's content, ends as the file's digest. git: sha1 of "blob SIZE\0" and the content. */
export function contentHash({ digest, bytes }: Pick<RemoteFile, "digest" | "bytes">): Hash {
  if (digest.kind === "sha256") return createHash("sha256");
  return createHash("sha1").update(`blob ${bytes}\0`);
}
