import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { openFolders } from "../../engine/openFolders.ts";
import type { probeDevices } from "../../engine/probeDevices.ts";
import { PACKAGE_VERSION, PACKAGES, packageDir } from "../../ggml/findLibrary.ts";
import type { Folders } from "../../nodes/context.ts";
import { createFolders } from "../../nodes/folders.ts";
import { isNewEnough } from "../isNewEnough.ts";
import { packageJson } from "../packageJson.ts";
import type { Facts, ModelFile } from "./facts.ts";

/** Variables that Weir, ggml or a Vulkan loader reads. */
const VARIABLES = [
  "WEIR_GGML_DIR",
  "WEIR_DISCRETE_CPU",
  "WEIR_GGML_DEBUG",
  "WEIR_DEBUG",
  "WEIR_TEST_CRASH",
  "CUDA_VISIBLE_DEVICES",
  "GGML_VK_VISIBLE_DEVICES",
  "VK_DRIVER_FILES",
  "VK_ICD_FILENAMES",
  "VK_LOADER_DRIVERS_DISABLE",
];

/** Folders that workflows of today load from; others are listed where they hold files. */
const MODEL_FOLDERS = ["diffusion_models", "text_encoders", "vae"];
/** A folder of thousands is counted, not listed. */
const MAX_FILES = 1000;

export interface GatherOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly baseDirectory: string;
  readonly device?: string;
  readonly probe: typeof probeDevices;
}

/** Looks at this machine. Only `probe` touches native code, and that in a process of its own. Never throws for what it finds. */
export async function gatherFacts({ env, baseDirectory, device, probe }: GatherOptions): Promise<Facts> {
  const { version, engines } = packageJson();
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  const total = Math.min(totalmem(), limit);
  const known = PACKAGES[`${process.platform}-${process.arch}`] ?? [];
  return {
    weir: version,
    node: { version: process.version, needed: engines.node, ok: isNewEnough(process.versions.node, engines.node) },
    platform: `${process.platform} ${process.arch}`,
    processor: { model: cpus()[0]?.model.trim() ?? "unknown", cores: cpus().length },
    memory: { total, free: Math.min(process.availableMemory(), total) },
    graphics: graphics(),
    packages: { known, installed: known.filter((name) => packageDir(name) !== null), version: PACKAGE_VERSION },
    vulkan: vulkan(env),
    nvidiaDriver: ["/proc/driver/nvidia/version", "/dev/dxg", windows("nvcuda.dll")].some(existsSync),
    installer: installer(),
    environment: Object.fromEntries(VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
    device: device ?? null,
    folders: await folders(baseDirectory, env),
    probed: await probe({ env, ...(device === undefined ? {} : { device }) }),
  };
}

const windows = (file: string): string => join(process.env["SystemRoot"] ?? "C:\\Windows", "System32", file);

/** Display controllers by their PCI vendor. */
function graphics(): Facts["graphics"] {
  const bus = "/sys/bus/pci/devices";
  if (process.platform !== "linux") return null;
  const read = (slot: string, file: string) => readFileSync(join(bus, slot, file), "utf8").trim();
  return names(bus).flatMap((slot) => {
    try {
      // 0x03: display controllers.
      if (!read(slot, "class").startsWith("0x03")) return [];
      const vendor = { "0x10de": "nvidia", "0x1002": "amd", "0x8086": "intel" }[read(slot, "vendor")];
      return [(vendor ?? "other") as "nvidia"];
    } catch {
      return [];
    }
  });
}

function vulkan(env: Readonly<Record<string, string | undefined>>): Facts["vulkan"] {
  if (process.platform === "win32") {
    const loader = windows("vulkan-1.dll");
    return { loader: existsSync(loader) ? loader : null, drivers: [] };
  }
  if (process.platform !== "linux") return null;
  const triples = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu", arm: "arm-linux-gnueabihf" };
  const triple = triples[process.arch as keyof typeof triples] ?? "";
  const places = [
    ...(env["LD_LIBRARY_PATH"] ?? "").split(":"),
    `/usr/lib/${triple}`,
    "/usr/lib64",
    "/usr/lib",
    "/lib64",
  ];
  const loader = places.filter(Boolean).map((place) => join(place, "libvulkan.so.1"));
  const named = (env["VK_DRIVER_FILES"] ?? env["VK_ICD_FILENAMES"] ?? "").split(":").filter(Boolean);
  const listed = ["/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d", "/usr/share/vulkan/icd.d"].flatMap((folder) =>
    names(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(folder, name)),
  );
  return { loader: loader.find(existsSync) ?? null, drivers: named.length > 0 ? named.filter(existsSync) : listed };
}

const INSTALLERS = { apt: "apt-get", dnf: "dnf", pacman: "pacman" } as const;

function installer(): Facts["installer"] {
  const found = Object.entries(INSTALLERS).find(([, program]) =>
    ["/usr/bin", "/sbin", "/bin"].some((folder) => existsSync(join(folder, program))),
  );
  return (found?.[0] as keyof typeof INSTALLERS | undefined) ?? null;
}

/** Those of a run; of an extra_model_paths.yaml that cannot be read a run says what is wrong. */
function foldersOf(baseDirectory: string, env: NodeJS.ProcessEnv): Folders {
  try {
    return openFolders({ baseDirectory }, env);
  } catch {
    return createFolders({ baseDirectory });
  }
}

async function folders(baseDirectory: string, env: NodeJS.ProcessEnv): Promise<Facts["folders"]> {
  const all = foldersOf(baseDirectory, env);
  const others = names(join(baseDirectory, "models")).filter((name) => name !== "unet" && name !== "clip");
  const models = [...new Set([...MODEL_FOLDERS, ...others])].map((folder) => ({
    folder,
    files: all
      .list(folder)
      .slice(0, MAX_FILES)
      .map((name): ModelFile => ({ name, bytes: sizeOf(all.resolve(folder, name)) })),
  }));
  return {
    base: baseDirectory,
    models: models.filter(({ folder, files }) => files.length > 0 || MODEL_FOLDERS.includes(folder)),
    output: { path: all.output, writable: await canWrite(all.output) },
  };
}

/** A folder that is not there yet is made when a picture is saved. */
async function canWrite(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      if (!(await stat(at)).isDirectory()) return false;
      await access(at, constants.W_OK);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(at) === at) return false;
    }
  }
}

function sizeOf(path: string | null): number {
  try {
    return path === null ? 0 : statSync(path).size;
  } catch {
    return 0;
  }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
