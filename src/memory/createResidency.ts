import { acquire } from "./acquire.ts";
import { announce } from "./announce.ts";
import { arrayMemory } from "./arrayMemory.ts";
import { checkInvariants } from "./checkInvariants.ts";
import { closeModel } from "./closeModel.ts";
import type { DeviceMemory, WeightStore } from "./deviceMemory.ts";
import { ReserveTooLarge } from "./errors.ts";
import type { EventLog } from "./eventLog.ts";
import { followDevice } from "./followDevice.ts";
import { giveBack } from "./giveBack.ts";
import type { Ledger } from "./ledger.ts";
import { createLoader } from "./loader.ts";
import { Lock } from "./lock.ts";
import type { Policy } from "./policy.ts";
import { Pool } from "./pool.ts";
import { RamTier } from "./ramTier.ts";
import { readAhead } from "./readAhead.ts";
import { registerModel } from "./registerModel.ts";
import { release } from "./release.ts";
import type { Budget, Residency } from "./residency.ts";
import { residencyStats } from "./residencyStats.ts";
import { setBudget } from "./setBudget.ts";
import type { State } from "./state.ts";
import { tenantOf } from "./tenantOf.ts";
import { watchThrash } from "./thrashWatch.ts";
import type { Bytes } from "./words.ts";

export interface ResidencyOptions {
  readonly memory: DeviceMemory;
  readonly store: WeightStore;
  /** Shared with whoever makes other buffers on this device. Its ceiling follows `budget.vram`. */
  readonly ledger: Ledger;
  readonly policy: Policy;
  readonly budget: Budget;
  readonly events: EventLog;
  /** Bytes that the device's driver takes unasked, as measured: charged for good. */
  readonly reserve?: Bytes;
  /**
   * Where copies of weights are kept beside the device's own memory, and what its staging is counted against; may be shared with other devices.
   * Without it nothing is kept. A unified device has no use for one.
   */
  readonly ram?: RamTier;
  /** Loads in flight at once: two, so that a read and an upload overlap. */
  readonly concurrency?: number;
}

/** A residency that can be asked whether its books are right; for tests. */
export interface CheckedResidency extends Residency {
  /** Throws on the first thing that does not hold. */
  checkInvariants(): void;
}

/**
 * The residency of one device, empty. Throws `ReserveTooLarge`. Pure: all it knows of the world comes in through the options. Each request is a
 * file of its own over the one `State`.
 */
export function createResidency(options: ResidencyOptions): CheckedResidency {
  const { memory, store, ledger, policy, budget, events, reserve = 0, concurrency = 2 } = options;
  const ram = options.ram ?? new RamTier(arrayMemory, 0);
  ledger.setCeiling(budget.vram);
  if (ledger.charge("reserve", reserve) !== null) throw new ReserveTooLarge(reserve, budget.vram);
  const now = () => state.now;
  const state: State = {
    memory,
    ledger,
    events,
    policy,
    pool: new Pool(memory, ledger, events, now),
    ram,
    tenant: tenantOf(() => state),
    loader: createLoader({
      memory,
      store,
      concurrency,
      ram,
      fault(what, error) {
        const message = error instanceof Error ? error.message : String(error);
        events.add({ kind: "fault", at: state.now, device: memory.device, what, message });
      },
      beside({ id }, bytes) {
        events.add({ kind: "read", at: state.now, device: memory.device, weight: id, bytes, reason: "made" });
      },
    }),
    concurrency,
    lock: new Lock(),
    idle: [],
    releases: new Set(),
    tracks: new Map(),
    wanted: [],
    nextKnown: false,
    table: [],
    budget,
    runs: 0,
    now: 0,
    run: null,
    plan: null,
    scheduled: new Set(),
    ramPinned: new Set(),
    window: [],
    head: { chunk: 0, offset: 0 },
    available: Number.POSITIVE_INFINITY,
    floor: 0,
    faultLimit: Number.POSITIVE_INFINITY,
    replan: null,
  };
  return {
    device: memory.device,
    events,
    register: (model, weights) => registerModel(state, model, weights),
    close: (model) => closeModel(state, model),
    announce: (schedule, reserved) => state.lock.run(() => announce(state, schedule, reserved)),
    announceNext(models) {
      state.nextKnown = models.length > 0;
      const places = new Map([...models].reverse().map((model, i) => [model, models.length - 1 - i]));
      for (const record of state.table) {
        if (record !== null) record.nextUse = places.get(record.model) ?? Number.POSITIVE_INFINITY;
      }
    },
    readAhead: (models) => state.lock.run(async () => readAhead(state, models)),
    acquire: (use) => acquire(state, use),
    release: (lease, after) => release(state, lease, after),
    setBudget: (budget) => setBudget(state, budget),
    followDevice: (available) => followDevice(state, available),
    trim: (bytes = Number.POSITIVE_INFINITY) => state.lock.run(() => giveBack(state, (given) => bytes - given, "trim")),
    watchThrash: () => watchThrash(state),
    stats: () => residencyStats(state),
    checkInvariants() {
      checkInvariants(state);
      state.ram.checkInvariants();
    },
  };
}
