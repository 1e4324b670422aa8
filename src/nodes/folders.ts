import { readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import type { Folders } from "./context.ts";
import type { ModelPath } from "./readModelPaths.ts";

export interface FolderOptions {
  /** Holds models/, input/, output/, temp/, as ComfyUI lays them out. */
  readonly baseDirectory: string;
  readonly outputDirectory?: string;
  readonly inputDirectory?: string;
  readonly tempDirectory?: string;
  /** Instead of models/ under the base directory. */
  readonly modelsDirectory?: string;
  /** More folders of models: `readModelPaths`. */
  readonly modelPaths?: readonly ModelPath[];
}

/** Where files of a model folder lie, in the order in which they are looked for. */
export interface ModelRoots {
  roots(folder: string): readonly string[];
}

/** Folders of which ComfyUI knows an older name too; what is in both is taken from the first. Source: comfyui-api.md, "Command line". */
const ALIASES = new Map([
  ["diffusion_models", ["diffusion_models", "unet"]],
  ["text_encoders", ["text_encoders", "clip"]],
]);
const NEW_NAMES = new Map([
  ["unet", "diffusion_models"],
  ["clip", "text_encoders"],
]);

/** What can be opened. Pickles (.ckpt, .pt, .bin) run code when they are read, so they are not offered. */
const MODEL_FILE = /\.(safetensors|sft|gguf)$/i;
const LATENT = /\.latent$/i;
const PICTURE = /\.(png|apng|jpe?g|webp|gif|bmp|tiff?|avif)$/i;
/** Bounds on a walk: links may make a folder contain itself. */
const MAX_DEPTH = 8;
const MAX_FILES = 50_000;

/** The folders under a base directory, and those the user's files add. Nothing is created; a folder that is not there is empty. */
export function createFolders(options: FolderOptions): Folders & ModelRoots {
  const base = resolve(options.baseDirectory);
  const input = resolve(options.inputDirectory ?? join(base, "input"));
  const output = resolve(options.outputDirectory ?? join(base, "output"));
  const temp = resolve(options.tempDirectory ?? join(base, "temp"));
  const models = resolve(options.modelsDirectory ?? join(base, "models"));
  const pictures = new Map(Object.entries({ input, output, temp }));

  const roots = (folder: string): string[] => {
    const name = NEW_NAMES.get(folder) ?? folder;
    if (!/^\w+$/.test(name)) return [];
    const own = (ALIASES.get(name) ?? [name]).map((part) => join(models, part));
    const more = (options.modelPaths ?? []).filter((path) => (NEW_NAMES.get(path.folder) ?? path.folder) === name);
    const paths = (first: boolean) => more.filter((path) => path.first === first).map(({ path }) => path);
    return [...paths(true), ...own, ...paths(false)];
  };

  return {
    input,
    output,
    temp,
    roots,
    list(folder) {
      if (folder === "latents") return filesIn(input).filter((name) => LATENT.test(name));
      const root = pictures.get(folder);
      if (root !== undefined) return filesIn(root).filter((name) => PICTURE.test(name));
      const names = roots(folder).flatMap((path) => walk(path));
      return [...new Set(names)].filter((name) => MODEL_FILE.test(name)).sort();
    },
    resolve(folder, name) {
      if (folder === "latents") return LATENT.test(bareName(name)) ? resolvePicture(pictures, "input", name) : null;
      if (pictures.has(folder)) return resolvePicture(pictures, folder, name);
      // A name that is listed lies in the folder, or where a link in there leads that the user has made.
      if (!this.list(folder).includes(name)) return null;
      for (const path of roots(folder)) {
        const file = join(path, ...name.split("/"));
        if (isFile(file)) return file;
      }
      return null;
    },
  };
}

const bareName = (name: string): string => name.replace(/ \[(input|output|temp)\]$/, "");

/** Names like "a/b.png" and "b.png [output]"; nothing that leaves the folder, neither by its name nor by a link. */
function resolvePicture(folders: ReadonlyMap<string, string>, folder: string, name: string): string | null {
  const annotated = /^(.*) \[(input|output|temp)\]$/s.exec(name);
  const root = folders.get(annotated?.[2] ?? folder)!;
  const file = resolve(root, annotated?.[1] ?? name);
  if (name.includes("\0") || !file.startsWith(root + sep) || !isFile(file)) return null;
  try {
    return realpathSync(file).startsWith(realpathSync(root) + sep) ? file : null;
  } catch {
    return null;
  }
}

/** Files below a folder, as names with "/". Links are followed; a real folder is entered once. */
function walk(root: string): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const enter = (path: string, prefix: string, depth: number): void => {
    let real: string;
    try {
      real = realpathSync(path);
    } catch {
      return;
    }
    if (seen.has(real) || depth > MAX_DEPTH) return;
    seen.add(real);
    for (const name of namesIn(path)) {
      if (found.length >= MAX_FILES) return;
      const file = join(path, name);
      if (isFile(file)) found.push(prefix + name);
      else if (isFolder(file)) enter(file, `${prefix}${name}/`, depth + 1);
    }
  };
  enter(root, "", 0);
  return found;
}

const filesIn = (root: string): string[] =>
  namesIn(root)
    .filter((name) => isFile(join(root, name)))
    .sort();

function namesIn(path: string): string[] {
  try {
    return readdirSync(path).filter((name) => !name.startsWith("."));
  } catch {
    return [];
  }
}

const isFile = (path: string): boolean => kindOf(path)?.isFile() ?? false;
const isFolder = (path: string): boolean => kindOf(path)?.isDirectory() ?? false;

/** What is there, through links; null where there is nothing, or nothing that may be looked at. */
function kindOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
