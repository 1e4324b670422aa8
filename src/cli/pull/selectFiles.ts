import { formatBytes } from "../../runtime/formatBytes.ts";
import { UsageError } from "../errors.ts";
import { NotOnHub } from "./errors.ts";
import { isIncluded } from "./isIncluded.ts";
import type { RemoteFile } from "./remoteFile.ts";
import { shown } from "./shown.ts";

/** What Weir and ComfyUI open without running code. */
const WEIGHTS = /\.(safetensors|sft|gguf)$/i;
/** Lines of a list in an error. */
const SHOWN = 40;

/** A repo of several models, of which none was named. `lines`: its files. */
export class SeveralFiles extends UsageError {
  readonly lines: readonly string[];
  constructor(message: string, lines: readonly string[]) {
    super(message);
    this.lines = lines;
  }
}

export const isWeights = (path: string): boolean => WEIGHTS.test(path);

/** "7.75 GB  split_files/...": a line a file, as `--list` and errors show them. */
export function fileLines(files: readonly RemoteFile[]): readonly string[] {
  const sizes = files.map(({ bytes }) => formatBytes(bytes));
  const width = Math.max(...sizes.map((size) => size.length), 0);
  return files.map(({ path }, i) => `${sizes[i]!.padStart(width)}  ${shown(path, path.length)}`);
}

/**
 * The files of a repo that are meant. `path`: a file, a folder (all weights below it) or a pattern; `include`: patterns, of the whole path, or
 * of the name where they have no "/". Neither: the repo's only file of weights. Throws NotOnHub, and SeveralFiles where it is not the only one.
 */
export function selectFiles(
  repo: string,
  files: readonly RemoteFile[],
  path: string | undefined,
  include: readonly string[],
): readonly RemoteFile[] {
  const within = path === undefined ? files : below(repo, files, path);
  if (include.length > 0) {
    const found = within.filter((file) => isIncluded(file.path, include));
    if (found.length === 0)
      throw new NotOnHub(`no file of ${repo} matches ${include.join(" or ")}; it has:`, capped(within));
    return found;
  }
  if (path !== undefined) return within;
  const weights = files.filter((file) => isWeights(file.path));
  if (weights.length === 0)
    throw new NotOnHub(
      `${repo} has no safetensors or GGUF file${files.length === 0 ? "" : "; it has:"}`,
      capped(files),
    );
  if (weights.length > 1)
    throw new SeveralFiles(
      `${repo} has ${weights.length} files of weights (${formatBytes(total(weights))}); name one or more: weir pull ${repo}/FILE, or --include GLOB ('*' is all). It has:`,
      capped(weights),
    );
  return weights;
}

function below(repo: string, files: readonly RemoteFile[], path: string): readonly RemoteFile[] {
  const exact = files.filter((file) => file.path === path);
  if (exact.length > 0) return exact;
  const inside = files.filter((file) => file.path.startsWith(`${path}/`) && isWeights(file.path));
  if (inside.length > 0) return inside;
  const matching = /[*?[]/.test(path) ? files.filter((file) => isIncluded(file.path, [path])) : [];
  if (matching.length > 0) return matching;
  const name = path.split("/").at(-1)!.toLowerCase();
  const near = files.filter((file) => file.path.toLowerCase().endsWith(name));
  throw new NotOnHub(`${repo} has no ${path}; it has:`, capped(near.length > 0 ? near : files));
}

const total = (files: readonly RemoteFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

function capped(files: readonly RemoteFile[]): readonly string[] {
  const lines = fileLines(files);
  return lines.length <= SHOWN ? lines : [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more (--list)`];
}
