import { createEventLog } from "../createEventLog.ts";
import { createLedger } from "../createLedger.ts";
import { type CheckedResidency, createResidency } from "../createResidency.ts";
import type { DeviceMemory, WeightStore } from "../deviceMemory.ts";
import type { EventLog, MemoryEvent } from "../eventLog.ts";
import type { Ledger } from "../ledger.ts";
import type { Policy } from "../policy.ts";
import { RamTier } from "../ramTier.ts";
import type { Lease } from "../residency.ts";
import { spreadPins } from "../spreadPins.ts";
import type { Bytes, Schedule, Use, WeightId } from "../words.ts";
import { fakeHost } from "./fakeHost.ts";
import { type FakeMemoryOptions, fakeMemory } from "./fakeMemory.ts";
import { fakeByte, fakeStore } from "./fakeStore.ts";

export interface Bench {
  readonly memory: ReturnType<typeof fakeMemory>;
  readonly store: ReturnType<typeof fakeStore>;
  readonly ledger: Ledger;
  readonly events: EventLog;
  readonly residency: CheckedResidency;
  readonly host: ReturnType<typeof fakeHost>;
  readonly ram: RamTier;
}

export interface BenchOptions extends FakeMemoryOptions {
  readonly vram?: Bytes;
  readonly weights?: Bytes;
  /** Bytes of the RAM tier: copies and staging. A unified device has none. */
  readonly ram?: Bytes;
  readonly policy?: Policy;
  readonly concurrency?: number;
  readonly readFails?: (nth: number) => boolean;
  readonly see?: (weight: WeightId) => void;
  readonly hostFails?: (nth: number) => boolean;
}

/** A residency over fakes, with everything in reach. */
export function bench(options: BenchOptions): Bench {
  const { vram = 2 ** 40, weights = 2 ** 40, policy = spreadPins, concurrency = 2, pause, readFails } = options;
  const memory = fakeMemory(options);
  const { see } = options;
  const store = fakeStore({ ...(pause && { pause }), ...(readFails && { fails: readFails }), ...(see && { see }) });
  const ledger = createLedger(vram);
  const events = createEventLog(100_000);
  const budget = { vram, weights };
  const host = fakeHost(options.hostFails);
  const ram = new RamTier(host, options.unified ? 0 : (options.ram ?? 0));
  const pieces: { memory: DeviceMemory; store: WeightStore } = { memory, store };
  return {
    memory,
    store,
    ledger,
    events,
    host,
    ram,
    residency: createResidency({ ...pieces, ledger, policy, budget, events, concurrency, ram }),
  };
}

/** Registers a model whose stage i has weights of the sizes in `stages[i]`. */
export function registerStages(
  residency: CheckedResidency,
  model: string,
  stages: readonly (readonly Bytes[])[],
): Use[] {
  const specs = stages.flatMap((sizes, s) =>
    sizes.map((bytes, i) => ({ name: `${model}.${s}.${i}`, bytes, fileBytes: bytes })),
  );
  const ids = [...residency.register(model, specs)];
  return stages.map((sizes, s) => ({
    stage: `${model}.${s}`,
    weights: ids.splice(0, sizes.length),
    activationBytes: 0,
    flops: 0,
  }));
}

export const passes = (uses: readonly Use[], n: number | "unknown"): Schedule => ({
  kind: "repeat",
  n,
  body: { kind: "sequence", items: uses.map((use) => ({ kind: "use", use })) },
});

/** Throws unless every byte of every weight under the lease is the weight's own: what a device would compute with. */
export function expectOwnBytes(lease: Lease): void {
  for (const weight of lease.use.weights) {
    const { chunk, offset, bytes } = lease.place(weight);
    const data = chunk.handle as Uint8Array;
    for (let i = 0; i < bytes; i++) {
      if (data[offset + i] !== fakeByte(weight, i)) {
        throw new Error(`${lease.use.stage}: byte ${i} of ${bytes} of weight ${weight} is not its own`);
      }
    }
  }
}

/** Acquires, computes, releases; checks the books after each. */
export async function step(bench: Bench, use: Use): Promise<void> {
  const lease = await bench.residency.acquire(use);
  bench.residency.checkInvariants();
  expectOwnBytes(lease);
  bench.residency.release(lease);
  bench.residency.checkInvariants();
}

/**
 * Moves and drops, one short line each: "3 +7 stream" is weight 7 brought from disk at logical time 3, "3 ram>7 stream" the same from RAM,
 * "3 ram+7 stream" its copy in RAM, "3 ram-7 room" that leaving.
 */
export function brief(events: readonly MemoryEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.kind !== "move" && event.kind !== "drop") return [];
    const { at, weight, reason } = event;
    if (event.kind === "drop") return [`${at} ${event.from === "ram" ? "ram" : ""}-${weight} ${reason}`];
    const sign = event.to === "ram" ? "ram+" : event.from === "ram" ? "ram>" : "+";
    return [`${at} ${sign}${weight} ${reason}`];
  });
}

/** What the log says is in a tier, or on its way there: moves less drops. Nothing comes from RAM that is not there. */
export function replay(events: readonly MemoryEvent[], tier: "vram" | "ram" = "vram"): Set<WeightId> {
  const there = { vram: new Set<WeightId>(), ram: new Set<WeightId>() };
  for (const event of events) {
    if (event.kind === "move" && event.to !== "disk") {
      if (there[event.to].has(event.weight)) throw new Error(`weight ${event.weight} moves into ${event.to} twice`);
      if (event.from === "ram" && !there.ram.has(event.weight))
        throw new Error(`weight ${event.weight} comes from RAM, and is not there`);
      there[event.to].add(event.weight);
    } else if (event.kind === "drop" && event.from !== "disk" && !there[event.from].delete(event.weight))
      throw new Error(`weight ${event.weight} leaves ${event.from} twice`);
  }
  return there[tier];
}
