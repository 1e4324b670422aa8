import { openGgml } from "../ggml/index.ts";
import type { DeviceInfo } from "../tensor/backend.ts";
import { vramBudget } from "./budget.ts";
import type { PlainError } from "./messages.ts";
import { plainError } from "./plainError.ts";

/** What an engine would find and use on this machine. Plain data. */
export interface ProbeReport {
  readonly library: {
    readonly version: string;
    readonly commit: string;
    readonly dir: string;
    /** `null`: WEIR_GGML_DIR names the folder. */
    readonly packageName: string | null;
  } | null;
  readonly devices: readonly DeviceInfo[];
  /** The device an engine would open, and how much of it by default, in bytes; it was opened and closed to be sure. */
  readonly chosen: { readonly id: string; readonly vram: number } | null;
  /** What is odd but no error, such as another version of the library. */
  readonly warnings: readonly string[];
  /** Why there is no library, or no such device. */
  readonly error: PlainError | null;
}

/** Loads the compute library, lists devices and opens the one that would be used. Runs in a process of its own: native code may end it. */
export async function probe(device: string | undefined): Promise<ProbeReport> {
  const warnings: string[] = [];
  let found: Pick<ProbeReport, "library" | "devices"> = { library: null, devices: [] };
  try {
    const library = await openGgml({ warn: (text) => void warnings.push(text) });
    const { version, commit, dir, packageName } = library;
    found = { library: { version, commit, dir, packageName }, devices: library.devices() };
    const info = library.select(device);
    const opened = library.open(info.id);
    await opened.backend.close();
    opened.memory.close();
    return { ...found, chosen: { id: info.id, vram: vramBudget(info, undefined, false) }, warnings, error: null };
  } catch (error) {
    return { ...found, chosen: null, warnings, error: plainError(error) };
  }
}
