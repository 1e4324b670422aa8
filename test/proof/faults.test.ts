import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { openGgml } from "../../src/ggml/index.ts";
import { liveBufferBytes } from "../../src/ggml/memory.ts";
import type { CheckedResidency, ResidencyOptions } from "../../src/memory/createResidency.ts";
import { createReferenceBackend } from "../../src/reference/index.ts";
import { createRuntime } from "../../src/runtime/createRuntime.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { root } from "../cli/built.ts";
import { type Fault, Faults, type Site } from "./faults.ts";
import { openTiny, tinyInput, writeTinyFile } from "./tinyModel.ts";
import { type Watched, type WatchOptions, watch } from "./watched.ts";

/**
 * Two models on one runtime, and every call to the world that can fail does, at its Nth time, for every N until a run meets no fault; once
 * and for good. Each time the outcome is the right bytes or one typed error with its numbers; then the books are right, a run without
 * faults gives the right bytes on the same runtime, and closing gives everything back. Under every program, from its submission to
 * its end, the bytes of its weights are compared with the file's. Source: SQLite's malloc and i/o error tests.
 */

/** The runtime keeps its residency to itself; its books are looked at from behind. */
const made = vi.hoisted(() => ({ residency: undefined as unknown, options: undefined as unknown }));
vi.mock("../../src/memory/createResidency.ts", async (original) => {
  const real = await original<typeof import("../../src/memory/createResidency.ts")>();
  return {
    ...real,
    createResidency: (options: ResidencyOptions) => {
      made.options = options;
      return (made.residency = real.createResidency(options));
    },
  };
});

/** The system's calls on files, below everything that is ours. */
const files = vi.hoisted(() => ({
  read: undefined as undefined | ((real: FileHandle["read"], path: string, args: unknown[]) => unknown),
}));
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const open: typeof real.open = async (name, ...rest) => {
    const handle = await real.open(name, ...rest);
    return new Proxy(handle, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        const bound = value.bind(target) as FileHandle["read"];
        if (key !== "read") return bound;
        return (...args: unknown[]) =>
          files.read ? files.read(bound, String(name), args) : (bound as (...args: unknown[]) => unknown)(...args);
      },
    });
  };
  return { ...real, open, default: { ...real, open } };
});

const A = 4;
const B = 2;
const SEEDS = { a: 11, b: 22, other: 33 };
const folder = mkdtempSync(path.join(tmpdir(), "weir-faults-"));
const original = {
  a: path.join(folder, "original-a"),
  b: path.join(folder, "original-b"),
  other: path.join(folder, "other-a"),
};
const used = { a: path.join(folder, "a.safetensors"), b: path.join(folder, "b.safetensors") };
const bytesOf = new Map<string, Uint8Array>();
const otherBytes = new Map<string, Uint8Array>();
const documented = new Set(
  [...readFileSync(path.join(root, "docs/errors.md"), "utf8").matchAll(/^\| `([a-z-]+)` \|/gm)].map((m) => m[1]!),
);

beforeAll(async () => {
  for (const [name, bytes] of (await writeTinyFile(original.a, "a", A, SEEDS.a)).resident) bytesOf.set(name, bytes);
  for (const [name, bytes] of (await writeTinyFile(original.b, "b", B, SEEDS.b)).resident) bytesOf.set(name, bytes);
  for (const [name, bytes] of bytesOf) otherBytes.set(name, bytes);
  for (const [name, bytes] of (await writeTinyFile(original.other, "a", A, SEEDS.other)).resident)
    otherBytes.set(name, bytes);
});
afterEach(() => vi.unstubAllGlobals());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two conds over the large model twice, the small one once, the large one again with more tokens: everything grows, leaves and comes back. */
async function work(runtime: Runtime): Promise<string> {
  const hash = createHash("sha256");
  for (const { file, prefix, stages, tokens, passes } of [
    { file: used.a, prefix: "a", stages: A, tokens: [2, 3], passes: 2 },
    { file: used.b, prefix: "b", stages: B, tokens: [4], passes: 1 },
    { file: used.a, prefix: "a", stages: A, tokens: [9], passes: 1 },
  ]) {
    const model = openTiny(await openSafetensors(file), prefix, stages);
    const loaded = runtime.load(model);
    const run = await loaded.begin(
      tokens.map((n) => model.pass(n)),
      { repeat: passes },
    );
    try {
      for (let pass = 0; pass < passes; pass++) {
        const outputs = await run.pass(tokens.map((n) => tinyInput(n, pass)));
        for (const output of outputs)
          for (const values of Object.values(output)) hash.update(new Uint8Array(values.slice().buffer));
      }
    } finally {
      run.end();
    }
  }
  return hash.digest("hex");
}

interface Lane {
  readonly name: string;
  readonly sites: readonly Site[];
  readonly options: Omit<WatchOptions, "expected">;
  open(): Promise<{ readonly inner: Parameters<typeof watch>[0]; close(): void }>;
}

const reference = async () => ({ inner: createReferenceBackend(), close: () => {} });
const ggml = (discreteCpu: boolean) => async () => {
  const library = await openGgml({ discreteCpu, env: {} });
  const { backend, memory } = library.open("cpu", { threads: 1 });
  return { inner: { backend, memory }, close: () => memory.close() };
};
const anywhere = ["chunk", "activations", "carried", "write", "submit", "fence", "read"] as const;
const file = ["eio", "short", "end", "changed"] as const;
const lanes: readonly Lane[] = [
  { name: "reference, unified", sites: [...anywhere, ...file, "map"], options: {}, open: reference },
  {
    name: "reference, discrete and queued",
    sites: [...anywhere, "eio", "staging", "upload"],
    options: { discrete: true, queued: true },
    open: reference,
  },
  {
    name: "ggml, unified and queued",
    sites: [...anywhere, "eio", "map"],
    options: { queued: true },
    open: ggml(false),
  },
  {
    name: "ggml, discrete",
    sites: [...anywhere, "upload"],
    options: { discrete: true },
    open: ggml(true),
  },
];

/** One runtime of a lane, with everything in reach. */
interface Opened {
  readonly runtime: Runtime;
  readonly device: Watched;
  readonly faults: Faults;
  readonly expected: { bytes: ReadonlyMap<string, Uint8Array> };
  readonly residency: CheckedResidency;
  readonly used: () => number;
  close(): Promise<void>;
}

async function start(lane: Lane, vram: number): Promise<Opened> {
  copyFileSync(original.a, used.a);
  copyFileSync(original.b, used.b);
  const faults = new Faults();
  const expected = { bytes: bytesOf as ReadonlyMap<string, Uint8Array> };
  const { inner, close } = await lane.open();
  const device = watch(inner, faults, { ...lane.options, expected: (name) => expected.bytes.get(name) });
  const runtime = createRuntime({
    ...device,
    memory: device.memory,
    backend: device.backend,
    policy: "dynamic",
    vram,
    precision: "native",
  });
  const { residency } = made as { residency: CheckedResidency };
  const { ledger } = made.options as ResidencyOptions;
  files.read = (real, name, args) => faultyRead(faults, real, name, args);
  if (lane.sites.includes("staging")) stubStaging(faults);
  return {
    runtime,
    device,
    faults,
    expected,
    residency,
    used: () => ledger.used,
    async close() {
      faults.arm(undefined);
      await runtime.close();
      close();
      files.read = undefined;
      vi.unstubAllGlobals();
    },
  };
}

/** What the system may do when a file is read. */
async function faultyRead(faults: Faults, real: FileHandle["read"], name: string, args: unknown[]): Promise<unknown> {
  const [into, at, length, position] = args as [Uint8Array, number, number, number];
  if (faults.hits("eio")) {
    into.fill(0xa5, at, at + (length >> 1));
    throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO", errno: -5, syscall: "read" });
  }
  if (faults.hits("end")) return { bytesRead: 0, buffer: into };
  if (faults.hits("changed") && name === used.a) {
    // As a download that finishes does it: the name is another file from one moment to the next.
    copyFileSync(original.other, `${used.a}.new`);
    renameSync(`${used.a}.new`, used.a);
  }
  return real(into, at, faults.hits("short") ? Math.max(1, length >> 1) : length, position);
}

/** Arrays that the loader makes are its staging buffers. */
function stubStaging(faults: Faults): void {
  const Real = globalThis.Uint8Array;
  const Stub: Uint8ArrayConstructor = new Proxy(Real, {
    construct(target, args: unknown[], newTarget): object {
      if (
        typeof args[0] === "number" &&
        /src.memory./.test(new Error().stack!.split("\n")[2] ?? "") &&
        faults.hits("staging")
      )
        throw new RangeError("Array buffer allocation failed");
      return Reflect.construct(target, args, newTarget === Stub ? target : newTarget) as object;
    },
  });
  vi.stubGlobal("Uint8Array", Stub);
}

/** The errors that each fault may end in. None: it may not end in one. */
const ENDS: Readonly<Record<Site, readonly string[]>> = {
  chunk: ["out-of-device-memory"],
  activations: ["device-full"],
  carried: ["device-full"],
  map: [],
  staging: ["out-of-host-memory"],
  upload: ["upload-failed"],
  write: ["compute-failed"],
  submit: ["compute-failed"],
  fence: ["compute-failed"],
  read: ["compute-failed"],
  eio: ["read-failed"],
  short: [],
  end: ["read-failed"],
  changed: ["file-changed"],
};
/** The fact and the numbers in each message. */
const SAYS: Readonly<Record<string, RegExp>> = {
  "out-of-device-memory": /needs \d+ bytes of weights, \d+ are held and the budget allows \d+/,
  "device-full": /has no room for [\d.]+ \w+ of (activations|carried), though the budget is [\d.]+ \w+/,
  "out-of-host-memory": /the \d+ bytes through which [ab]\.\S+ goes/,
  "upload-failed": /failed twice to take \d+ bytes of [ab]\./,
  "compute-failed": / 7 failed$/,
  "read-failed": /\d+ bytes at \d+ could not be read: .*\(EIO\)|ends at byte \d+, \d+ bytes short/,
  "file-changed": /a\.safetensors: was replaced by another file since it was opened/,
};
/** Faults that cost nothing when they happen once: a refused chunk means a smaller plan, an upload is tried again. */
const HARMLESS_ONCE: readonly Site[] = ["chunk", "upload"];

interface Budgets {
  readonly hash: string;
  readonly otherHash: string;
  readonly roomy: number;
  readonly tight: number;
}
const budgets = new Map<string, Budgets>();

/** What the work gives undisturbed, and the two budgets: one at which all fits, one at which most of it has to stream. */
async function measure(lane: Lane): Promise<Budgets> {
  const known = budgets.get(lane.name);
  if (known) return known;
  const roomy = await start(lane, 2 ** 30);
  const hash = await work(roomy.runtime);
  const { peak } = roomy.runtime.stats().vram;
  await roomy.close();
  const other = await start(lane, 2 ** 30);
  copyFileSync(original.other, used.a);
  other.expected.bytes = otherBytes;
  const otherHash = await work(other.runtime);
  await other.close();
  const found = { hash, otherHash, roomy: peak, tight: Math.floor(peak * 0.55) };
  budgets.set(lane.name, found);
  return found;
}

/** One run with one fault, and what has to hold afterwards. Returns whether the fault was met. */
async function disturbed(lane: Lane, vram: number, fault: Fault, measured: Budgets): Promise<boolean> {
  const o = await start(lane, vram);
  let met: boolean;
  try {
    met = await disturb(o, vram, fault, measured);
  } catch (error) {
    // What failed is told, not what follows from it.
    await o.close().catch(() => {});
    throw error;
  }
  await o.close();
  expect(o.device.liveBytes).toBe(0);
  expect(liveBufferBytes()).toBe(0);
  return met;
}

async function disturb(o: Opened, vram: number, fault: Fault, { hash, otherHash }: Budgets): Promise<boolean> {
  const { runtime, device, faults, residency } = o;
  const books = () => {
    residency.checkInvariants();
    expect(o.used()).toBe(device.liveBytes);
    expect(runtime.stats().vram.peak).toBeLessThanOrEqual(vram);
  };
  faults.arm(fault);
  const outcome = await work(runtime).then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  const { met } = faults;
  faults.arm(undefined);
  if ("error" in outcome) {
    const { code, message } = outcome.error as { code?: string; message: string };
    // The error itself, where it is none of those: its message says more than a code that is not there.
    if (code === undefined || !ENDS[fault.site].includes(code)) throw outcome.error;
    expect(documented).toContain(code);
    expect(message.replaceAll(folder, "")).toMatch(SAYS[code]!);
    expect(met).toBe(true);
    if (!fault.forGood) expect(HARMLESS_ONCE).not.toContain(fault.site);
  } else expect(outcome.result).toBe(hash);
  books();

  // What is read from here on is what the name stands for now.
  const changed = Buffer.compare(readFileSync(used.a), readFileSync(original.a)) !== 0;
  if (changed) o.expected.bytes = otherBytes;
  expect(await work(runtime)).toBe(changed ? otherHash : hash);
  books();
  return met;
}

describe.each(lanes)("$name", (lane) => {
  test("undisturbed, at both budgets: the same bytes, and they stream at the small one", async () => {
    const { hash, tight, roomy } = await measure(lane);
    for (const vram of [roomy, tight]) {
      const o = await start(lane, vram);
      expect(await work(o.runtime)).toBe(hash);
      const { movedBytesByReason } = o.runtime.stats().counters;
      expect((movedBytesByReason.stream ?? 0) > 0).toBe(vram === tight);
      await o.close();
    }
  });

  test.each(lane.sites)("%s", { timeout: 600_000 }, async (site) => {
    const measured = await measure(lane);
    let runs = 0;
    for (const vram of [measured.tight, measured.roomy])
      for (const forGood of [false, true])
        for (let nth = 1; ; nth++) {
          runs++;
          const fault = { site, nth, forGood };
          const met = await disturbed(lane, vram, fault, measured).catch((error: unknown) => {
            throw new Error(`${site} ${nth}, ${forGood ? "for good" : "once"}, at ${vram} bytes`, { cause: error });
          });
          if (!met) break;
        }
    // At least one call of each kind was there to fail, both ways.
    expect(runs).toBeGreaterThan(4);
    if (process.env["WEIR_PROOF_VERBOSE"]) process.stderr.write(`${lane.name}, ${site}: ${runs} runs\n`);
  });
});
