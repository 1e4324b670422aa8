import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { GgmlNotFound } from "./errors.ts";

/** Where ggml's libraries lie. All paths are absolute. */
export interface LibraryFiles {
  readonly dir: string;
  /** The npm package they come from; `null` when the user named a folder. */
  readonly packageName: string | null;
  readonly base: string;
  readonly registry: string;
  /** Variants of the CPU backend for different instruction sets; the best one that runs here is chosen by its own score. */
  readonly cpu: readonly string[];
  /** GPU backends in the folder, CUDA first. */
  readonly gpu: readonly string[];
}

export interface FindOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: string;
  readonly arch?: string;
}

/** Which packages serve a platform, best first: CUDA where the user installed it, then what the project depends on. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "linux-x64": ["linux-x64-cuda", "linux-x64-vulkan", "linux-x64"],
  "linux-arm64": ["linux-arm64"],
  "linux-arm": ["linux-armv7l"],
  "darwin-arm64": ["mac-arm64-metal"],
  "darwin-x64": ["mac-x64"],
  "win32-x64": ["win-x64-cuda", "win-x64-vulkan", "win-x64"],
  "win32-arm64": ["win-arm64"],
};

/** The version all platforms have (ggml 0.23.0). */
export const PACKAGE_VERSION = "3.21.1";

const REGISTRY = /^(?:lib)?ggml(?:\.[^-]*)?\.(?:so|dylib|dll)$/;
const BASE = /^(?:lib)?ggml-base\.(?:so|dylib|dll)$/;
const CPU = /^(?:lib)?ggml-cpu(?:-[\w.]+)?\.(?:so|dylib|dll)$/;
const GPUS = ["cuda", "metal", "vulkan"] as const;

/** Finds the libraries: the folder in `WEIR_GGML_DIR`, else the platform's package. Throws `GgmlNotFound`, which names both. */
export function findLibrary({
  env = process.env,
  platform = process.platform,
  arch = process.arch,
}: FindOptions = {}): LibraryFiles {
  const named = env["WEIR_GGML_DIR"];
  if (named) return filesIn(path.resolve(named), null);
  const names = PACKAGES[`${platform}-${arch}`];
  if (!names)
    throw new GgmlNotFound(
      `no build of ggml is known for ${platform}-${arch}; name a folder that holds one in WEIR_GGML_DIR`,
    );
  for (const name of names) {
    const dir = packageDir(name);
    if (dir) return filesIn(dir, `@node-llama-cpp/${name}`);
  }
  const wanted = names.find((name) => !name.endsWith("cuda"))!;
  throw new GgmlNotFound(
    `ggml's libraries are not installed; run: npm install @node-llama-cpp/${wanted}@${PACKAGE_VERSION} (or name a folder that holds them in WEIR_GGML_DIR)`,
  );
}

/** The folder with a package's libraries, or `null` where it is not installed. */
export function packageDir(name: string): string | null {
  try {
    const entry = createRequire(import.meta.url).resolve(`@node-llama-cpp/${name}`);
    const dir = path.join(path.dirname(entry), "..", "bins", name);
    return existsSync(dir) ? dir : null;
  } catch {
    return null; // not installed: the next candidate may be
  }
}

function filesIn(dir: string, packageName: string | null): LibraryFiles {
  let names: string[];
  try {
    names = readdirSync(dir).sort();
  } catch {
    throw new GgmlNotFound(`WEIR_GGML_DIR is ${dir}, which is no folder that can be read`);
  }
  const one = (what: string, pattern: RegExp): string => {
    const found = names.find((name) => pattern.test(name));
    if (!found) throw new GgmlNotFound(`${dir} holds no ${what}; it needs the shared libraries of ggml 0.23.0`);
    return path.join(dir, found);
  };
  const cpu = names.filter((name) => CPU.test(name)).map((name) => path.join(dir, name));
  if (cpu.length === 0)
    throw new GgmlNotFound(`${dir} holds no libggml-cpu; it needs the shared libraries of ggml 0.23.0`);
  const gpu = GPUS.flatMap((kind) =>
    names.filter((name) => new RegExp(`^(?:lib)?ggml-${kind}\\.(?:so|dylib|dll)$`).test(name)),
  );
  return {
    dir,
    packageName,
    base: one("libggml-base", BASE),
    registry: one("libggml", REGISTRY),
    cpu,
    gpu: gpu.map((name) => path.join(dir, name)),
  };
}
