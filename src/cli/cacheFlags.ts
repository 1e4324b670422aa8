import { type Command, Option } from "commander";
import { parseByteSize } from "../engine/byteSize.ts";
import type { CacheMode } from "../workflow/createResultCache.ts";
import { UsageError } from "./errors.ts";
import { intFlag } from "./intFlag.ts";

/** Which results of nodes are kept between workflows, one way of four: ComfyUI's flags. */
export interface CacheFlags {
  readonly cacheRam?: string | true;
  readonly cacheClassic?: boolean;
  readonly cacheLru?: number;
  readonly cacheNone?: boolean;
}

export function addCacheFlags(command: Command): void {
  const ways = ["cacheRam", "cacheClassic", "cacheLru", "cacheNone"] as const;
  const way = (flags: string, description: string, own: (typeof ways)[number]) =>
    new Option(flags, description).conflicts(ways.filter((name) => name !== own));
  command
    .addOption(
      way(
        "--cache-ram [size]",
        "keep results of nodes as long as so much of the machine's memory is free; a bare number is GB " +
          "(default: a quarter of it)",
        "cacheRam",
      ).argParser(headroom),
    )
    .addOption(way("--cache-classic", "keep those of the last workflow", "cacheClassic"))
    .addOption(way("--cache-lru <n>", "keep n of them, the last used", "cacheLru").argParser(intFlag("--cache-lru", 0)))
    .addOption(way("--cache-none", "keep none: every workflow runs whole", "cacheNone"));
}

/** Undefined: nothing was said. */
export function cacheMode({ cacheRam, cacheClassic, cacheLru, cacheNone }: CacheFlags): CacheMode | undefined {
  if (cacheNone) return { kind: "none" };
  if (cacheClassic) return { kind: "classic" };
  // 0 is ComfyUI's own default of the flag, and means that it is not used.
  if (cacheLru !== undefined && cacheLru > 0) return { kind: "lru", entries: cacheLru };
  if (typeof cacheRam === "string") return { kind: "ram", headroom: bytesOf(cacheRam) };
  return cacheRam ? { kind: "ram", headroom: null } : undefined;
}

function headroom(text: string): string {
  if (bytesOf(text) !== null) return text;
  throw new UsageError(`--cache-ram takes an amount of memory such as 4 (GB) or 400MB; got "${text}"`);
}

function bytesOf(text: string): number | null {
  if (Number(text) === 0 && text.trim() !== "") return 0;
  const size = parseByteSize(text, "GB");
  return size !== null && "bytes" in size ? size.bytes : null;
}
