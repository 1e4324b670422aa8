import { systemFact } from "../formats/systemFact.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "the folder does not exist",
  ENOTDIR: "it is not a folder",
  EEXIST: "it is not a folder",
  EISDIR: "it is a folder",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
};

/** Why a place that the user named cannot be written, in words. */
export function whyNotWritten(error: unknown): string {
  return REASONS[(error as NodeJS.ErrnoException).code ?? ""] ?? systemFact(error);
}
