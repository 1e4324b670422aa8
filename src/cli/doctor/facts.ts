import type { Probed } from "../../engine/probeDevices.ts";

/** What `weir doctor` found, as data: all that `--json` prints but the problems. */
export interface Facts {
  readonly weir: string;
  readonly node: { readonly version: string; readonly needed: string; readonly ok: boolean };
  readonly platform: string;
  readonly processor: { readonly model: string; readonly cores: number };
  /** Bytes; `total` is what this process may have (a container's limit counts). */
  readonly memory: { readonly total: number; readonly free: number };
  /** Graphics processors on the bus, whether or not anything can use them. `null`: this system does not tell. */
  readonly graphics: readonly ("nvidia" | "amd" | "intel" | "other")[] | null;
  readonly packages: {
    /** Of this platform, best first; the first one installed is used. Empty: no build is known for it. */
    readonly known: readonly string[];
    readonly installed: readonly string[];
    readonly version: string;
  };
  /** `null`: Vulkan is none of this platform's. */
  readonly vulkan: { readonly loader: string | null; readonly drivers: readonly string[] } | null;
  readonly nvidiaDriver: boolean;
  /** How packages of the system are installed here. */
  readonly installer: "apt" | "dnf" | "pacman" | null;
  /** Variables that change what Weir does, as they are set. */
  readonly environment: Readonly<Record<string, string>>;
  readonly device: string | null;
  readonly folders: {
    readonly base: string;
    readonly models: readonly { readonly folder: string; readonly files: readonly ModelFile[] }[];
    readonly output: { readonly path: string; readonly writable: boolean };
  };
  readonly probed: Probed;
}

export interface ModelFile {
  readonly name: string;
  readonly bytes: number;
}
