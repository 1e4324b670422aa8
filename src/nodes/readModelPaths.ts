import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { parse } from "yaml";
import { BadModelPaths } from "./errors.ts";

/** A folder that a user's file adds to a kind of models. */
export interface ModelPath {
  /** As written: "unet" and "diffusion_models" are one kind, which `createFolders` knows. */
  readonly folder: string;
  readonly path: string;
  /** Looked at before the folders under the base directory. */
  readonly first: boolean;
}

/** Far above any such file. */
const MAX_BYTES = 2 ** 20;

/**
 * ComfyUI's `extra_model_paths.yaml`: sections of `folder: paths`, paths a line each, below the section's `base_path`. `~` and environment
 * variables are expanded; what is not absolute is relative to the file. Folders need not exist. Throws BadModelPaths, with file and place.
 * Source: comfyui-api.md, "Command line".
 */
export function readModelPaths(file: string, env: NodeJS.ProcessEnv): readonly ModelPath[] {
  const sections = asRecord(parseFile(file));
  if (sections === null) throw new BadModelPaths(file, "holds no sections; expected `name:` and folders below it");
  const found: ModelPath[] = [];
  for (const [name, section] of Object.entries(sections)) {
    if (section === null || section === undefined) continue;
    const entries = asRecord(section);
    if (entries === null) throw new BadModelPaths(file, `section "${name}" holds no \`folder: path\` lines`);
    const { base_path: base, is_default: first, ...folders } = entries;
    const root = typeof base === "string" ? resolve(dirname(file), expand(base, env)) : dirname(file);
    for (const [folder, paths] of Object.entries(folders)) {
      if (typeof paths !== "string") {
        if (paths === null || typeof paths === "boolean") continue;
        throw new BadModelPaths(file, `${name}.${folder} is no path; write a path, or \`|\` and a path a line`);
      }
      for (const line of paths.split("\n")) {
        const path = line.trim();
        if (path === "") continue;
        const expanded = base === undefined ? expand(path, env) : path;
        found.push({ folder, path: isAbsolute(expanded) ? expanded : join(root, expanded), first: first === true });
      }
    }
  }
  return found;
}

function parseFile(file: string): unknown {
  if (!existsSync(file)) throw new BadModelPaths(file, "does not exist");
  const { size } = statSync(file);
  if (size > MAX_BYTES) throw new BadModelPaths(file, `has ${size} bytes; at most ${MAX_BYTES} are read`);
  try {
    // Aliases are not part of such files, and a few of them can make text that no memory holds.
    return parse(readFileSync(file, "utf8"), { maxAliasCount: 0, prettyErrors: true });
  } catch (error) {
    throw new BadModelPaths(file, `is not read: ${(error as Error).message.split("\n")[0]}`);
  }
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;

/** A leading ~, $NAME and ${NAME}; names that are not set stay as they are. */
function expand(path: string, env: NodeJS.ProcessEnv): string {
  const home = path === "~" || path.startsWith("~/") ? homedir() + path.slice(1) : path;
  return home.replace(/\$(?:(\w+)|\{(\w+)\})/g, (all, bare?: string, braced?: string) => env[bare ?? braced!] ?? all);
}
