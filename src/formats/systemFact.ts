const FACTS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of the path is no folder",
  EISDIR: "is a folder, not a file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file system takes no file of that size",
  EMFILE: "too many files are open",
  EIO: "the disk reports an error",
  ELOOP: "the links go in a circle",
  ENAMETOOLONG: "the name is too long",
};

/** What a failed system call means, in words, with its code. */
export function systemFact(error: unknown): string {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  const fact = code && FACTS[code];
  if (fact) return `${fact} (${code})`;
  return error instanceof Error ? error.message : String(error);
}
