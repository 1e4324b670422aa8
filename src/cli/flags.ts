import { type Command, Option } from "commander";
import type { EngineOptions } from "../engine/messages.ts";
import { bytesFlag } from "./bytesFlag.ts";
import { UsageError } from "./errors.ts";
import { intFlag, seedFlag } from "./intFlag.ts";

/** Flags that the engine is started with: devices, memory, folders. */
export interface EngineFlags {
  readonly baseDirectory?: string;
  readonly outputDirectory?: string;
  readonly device?: string;
  readonly vram?: string;
  readonly vramWeights?: string;
  readonly disableDynamicVram?: boolean;
  readonly forceFp32?: boolean;
  readonly threads?: number;
  readonly disableMetadata?: boolean;
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
  return command
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
    .option("--disable-dynamic-vram", "place every weight before the first step, or refuse with the numbers")
    .option("--force-fp32", "compute in f32 whatever the file's encoding")
    .option("--threads <n>", "CPU threads (default: one per core)", intFlag("--threads", 1))
    .option("--disable-metadata", "leave the workflow out of the pictures");
}

/** Folders: of `weir run` only, since the demo has its own. */
export function addFolderFlags(command: Command): Command {
  return command
    .option("--base-directory <dir>", "folder with models/, input/ and output/ (default: the current folder)")
    .option("--output-directory <dir>", "where SaveImage writes (default: output/ in the base directory)");
}

export function engineOptions(flags: EngineFlags, verbose: boolean, baseDirectory: string): EngineOptions {
  return {
    ...(flags.device === undefined ? {} : { device: flags.device }),
    ...(flags.vram === undefined ? {} : { vram: flags.vram }),
    ...(flags.vramWeights === undefined ? {} : { vramWeights: flags.vramWeights }),
    ...(flags.threads === undefined ? {} : { threads: flags.threads }),
    ...(flags.outputDirectory === undefined ? {} : { outputDirectory: flags.outputDirectory }),
    disableDynamicVram: flags.disableDynamicVram ?? false,
    forceFp32: flags.forceFp32 ?? false,
    disableMetadata: flags.disableMetadata ?? false,
    baseDirectory,
    verbose,
  };
}
