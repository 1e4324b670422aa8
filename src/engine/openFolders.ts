import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Folders } from "../nodes/context.ts";
import { createFolders, type ModelRoots } from "../nodes/folders.ts";
import { readModelPaths } from "../nodes/readModelPaths.ts";
import type { EngineOptions } from "./messages.ts";

/** Of an engine's options those that name folders. */
export type FolderNames = Pick<
  EngineOptions,
  "baseDirectory" | "outputDirectory" | "inputDirectory" | "tempDirectory" | "modelsDirectory" | "extraModelPaths"
>;

/**
 * The folders that an engine with these options has: those of the base directory, those of its own extra_model_paths.yaml, as in ComfyUI,
 * and those of the files the user names. Nothing is created. Throws `readModelPaths`' errors.
 */
export function openFolders(names: FolderNames, env: NodeJS.ProcessEnv): Folders & ModelRoots {
  const { baseDirectory, outputDirectory, inputDirectory, tempDirectory, modelsDirectory } = names;
  const own = join(baseDirectory, "extra_model_paths.yaml");
  const files = [...(existsSync(own) ? [own] : []), ...(names.extraModelPaths ?? [])];
  return createFolders({
    baseDirectory,
    ...(outputDirectory === undefined ? {} : { outputDirectory }),
    ...(inputDirectory === undefined ? {} : { inputDirectory }),
    ...(tempDirectory === undefined ? {} : { tempDirectory }),
    ...(modelsDirectory === undefined ? {} : { modelsDirectory }),
    modelPaths: files.flatMap((file) => readModelPaths(file, env)),
  });
}
