import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { parseByteSize } from "../engine/byteSize.ts";
import type { EngineOptions } from "../engine/messages.ts";
import { addAcceptedFlags } from "./acceptedFlags.ts";
import { bytesFlag } from "./bytesFlag.ts";
import { addCacheFlags, type CacheFlags, cacheMode } from "./cacheFlags.ts";
import { UsageError } from "./errors.ts";
import { intFlag, seedFlag } from "./intFlag.ts";

/** Flags that the engine is started with: devices, memory, folders, the user's nodes. */
export interface EngineFlags extends CacheFlags {
  readonly baseDirectory?: string;
  readonly outputDirectory?: string;
  readonly device?: string;
  readonly vram?: string;
  readonly vramWeights?: string;
  readonly ram?: string;
  readonly disableDynamicVram?: boolean;
  readonly reserveVram?: readonly string[];
  readonly vramHeadroom?: readonly string[];
  readonly gpuOnly?: boolean;
  readonly lowvram?: boolean;
  readonly novram?: boolean;
  readonly highvram?: boolean;
  readonly cpu?: boolean;
  readonly extraModelPathsConfig?: readonly string[];
  readonly modelsDirectory?: string;
  readonly inputDirectory?: string;
  readonly tempDirectory?: string;
  readonly forceFp32?: boolean;
  readonly fp8?: "q8_0" | "f16";
  readonly threads?: number;
  readonly disableMetadata?: boolean;
  readonly customNodes?: readonly string[];
}

/** Flags that change the workflow or what is shown of its run. */
export interface JobFlags {
  readonly seed?: bigint;
  readonly steps?: number;
  readonly output?: string;
  readonly stats?: "json";
  readonly verbose?: boolean;
  readonly trace?: string;
}

export function addJobFlags(command: Command): Command {
  return command
    .option("--seed <n>", "noise seed of every sampler node, 0 to 2^64 - 1", seedFlag)
    .option("--steps <n>", "steps of every scheduler and sampler node", intFlag("--steps", 1))
    .option("-o, --output <path>", "where the picture goes: a file (more pictures become NAME-2.png, ...) or a folder")
    .addOption(
      new Option(
        "--stats <format>",
        "one JSON object on stdout instead of paths: pictures, and each run's numbers",
      ).argParser((text: string) => {
        if (text !== "json") throw new UsageError(`--stats takes json; got "${text}"`);
        return text;
      }),
    )
    .option("--verbose", "print each move of a weight as it happens, with its reason")
    .option("--trace <file>", "write a time line (Chrome trace format): nodes, compute, uploads, reads, waits, drops");
}

export function addEngineFlags(command: Command): Command {
  addAcceptedFlags(command);
  command
    .option("--device <device>", "cpu, vulkan, cuda, metal, or a device's name (default: the best there is)")
    .option(
      "--vram <size>",
      "ceiling on all device memory: 8GB, 7.5GiB, or a share of the device such as 60%",
      bytesFlag("--vram", "the device's memory"),
    )
    .option(
      "--vram-weights <size>",
      "ceiling on weights alone: 400MB, or a share of the model's weights such as 30%",
      bytesFlag("--vram-weights", "the model's weights"),
    )
    .option(
      "--ram <size>",
      "host memory for weights that a GPU has no room for: 8GB, 50%, 0, or auto (default: follows what is free)",
      ramFlag,
    )
    .addOption(
      new Option("--reserve-vram <size>", "leave so much of what is free to others; a bare number is GB").argParser(
        reserved("--reserve-vram"),
      ),
    )
    .addOption(
      new Option("--vram-headroom <size>", "the same, on top").argParser(reserved("--vram-headroom")).hideHelp(),
    )
    .option("--lowvram", "keep at most 30% of each model's weights")
    .option("--novram", "keep no weight longer than its stage")
    .option("--highvram", "leave nothing of a GPU's free memory to others (also --gpu-only)")
    .option("--cpu", "compute on the CPU: --device cpu")
    .option("--disable-dynamic-vram", "place every weight before the first step, or refuse with the numbers")
    .option("--force-fp32", "compute in f32 whatever the file's encoding")
    .addOption(fp8Flag())
    .option("--threads <n>", "CPU threads (default: one per core)", intFlag("--threads", 1))
    .option("--disable-metadata", "leave the workflow out of the pictures")
    .addOption(customNodesFlag());
  addCacheFlags(command);
  return command;
}

/** Of every command that has to know node classes. */
export const customNodesFlag = (): Option =>
  new Option(
    "--custom-nodes <dir>",
    "load node classes from the JavaScript and TypeScript files in a folder: they run with your rights " +
      "(may be given more than once)",
  ).argParser((text: string, all: readonly string[] | undefined) => [...(all ?? []), text]);

/** What eight-bit floats of a file become: they have no type in ggml (docs/quantised.md). */
export const fp8Flag = (): Option =>
  new Option("--fp8 <form>", "fp8 weights in VRAM: q8_0 (1.06 bytes each, nearly exact) or f16 (2, exact)").choices([
    "q8_0",
    "f16",
  ]);

/** Folders: of `weir run` only, since the demo has its own. */
export function addFolderFlags(command: Command): Command {
  return command
    .option("--base-directory <dir>", "folder with models/, input/ and output/ (default: the current folder)")
    .option("--output-directory <dir>", "where SaveImage writes (default: output/ in the base directory)")
    .option("--input-directory <dir>", "where LoadImage reads (default: input/ in the base directory)")
    .option("--temp-directory <dir>", "where PreviewImage writes (default: temp/ in the base directory)")
    .option("--models-directory <dir>", "where models are (default: models/ in the base directory)")
    .option(
      "--extra-model-paths-config <file>",
      "more model folders, in the form of extra_model_paths.yaml (may be given more than once)",
      (text: string, all: readonly string[] | undefined) => [...(all ?? []), text],
    );
}

/** What `--lowvram` lets stay of a model's weights. */
export const LOW_VRAM_SHARE = 0.3;

/** `--ram`: an amount of memory, nothing, or what is free. Kept as written. */
function ramFlag(text: string): string {
  if (text === "0" || text.toLowerCase() === "auto" || parseByteSize(text) !== null) return text;
  throw new UsageError(
    `--ram takes auto, 0, an amount such as 8GB, or a share of the machine's memory such as 50%; got "${text}"`,
  );
}

/** Amounts of memory, each kept as written; checked at once. */
function reserved(flag: string) {
  return (text: string, all: readonly string[] | undefined): readonly string[] => {
    if (parseByteSize(text, "GB") === null && Number(text) !== 0) {
      throw new UsageError(`${flag} is "${text}"; expected GB such as 1.5, or 400MB, or 10%`);
    }
    return Number(text) === 0 ? (all ?? []) : [...(all ?? []), text];
  };
}

/** Folders as absolute paths, but for the base directory. */
export function folderOptions(
  flags: Pick<EngineFlags, "inputDirectory" | "tempDirectory" | "modelsDirectory" | "extraModelPathsConfig">,
  cwd: string,
): Partial<Pick<EngineOptions, "inputDirectory" | "tempDirectory" | "modelsDirectory" | "extraModelPaths">> {
  const folder = (path: string | undefined, name: string) => (path === undefined ? {} : { [name]: resolve(cwd, path) });
  return {
    ...folder(flags.inputDirectory, "inputDirectory"),
    ...folder(flags.tempDirectory, "tempDirectory"),
    ...folder(flags.modelsDirectory, "modelsDirectory"),
    ...(flags.extraModelPathsConfig && {
      extraModelPaths: flags.extraModelPathsConfig.map((file) => resolve(cwd, file)),
    }),
  };
}

/** What the engine is started with. Throws UsageError where flags contradict each other. */
export function engineOptions(
  flags: EngineFlags,
  verbose: boolean,
  baseDirectory: string,
  cwd: string = baseDirectory,
): EngineOptions {
  const named = [
    flags.novram && "--novram",
    flags.lowvram && "--lowvram",
    flags.disableDynamicVram && "--disable-dynamic-vram",
  ].filter(Boolean);
  if (named.length > 1) throw new UsageError(`${named.join(" and ")} each name a policy: one of them`);
  const cache = cacheMode(flags);
  const reserve = [...(flags.reserveVram ?? []), ...(flags.vramHeadroom ?? [])];
  return {
    ...(flags.device === undefined ? (flags.cpu ? { device: "cpu" } : {}) : { device: flags.device }),
    ...(flags.vram === undefined ? {} : { vram: flags.vram }),
    ...(flags.vramWeights === undefined ? {} : { vramWeights: flags.vramWeights }),
    ...(flags.ram === undefined ? {} : { ram: flags.ram }),
    ...(reserve.length === 0 ? {} : { reserveVram: reserve }),
    ...(flags.highvram || flags.gpuOnly ? { highVram: true } : {}),
    ...(flags.novram ? { pinShare: 0 } : flags.lowvram ? { pinShare: LOW_VRAM_SHARE } : {}),
    ...(flags.threads === undefined ? {} : { threads: flags.threads }),
    ...(flags.outputDirectory === undefined ? {} : { outputDirectory: flags.outputDirectory }),
    ...folderOptions(flags, cwd),
    ...(cache && { cache }),
    ...(flags.customNodes && { customNodes: flags.customNodes.map((folder) => resolve(cwd, folder)) }),
    disableDynamicVram: flags.disableDynamicVram ?? false,
    forceFp32: flags.forceFp32 ?? false,
    ...(flags.fp8 && { fp8: flags.fp8 }),
    disableMetadata: flags.disableMetadata ?? false,
    baseDirectory,
    verbose,
  };
}
