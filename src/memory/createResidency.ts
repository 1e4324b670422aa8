import { adopt, type CannotAdopt } from "./adopt.ts";
import { arrayMemory } from "./arrayMemory.ts";
import { checkInvariants } from "./checkInvariants.ts";
import { Cursor } from "./cursor.ts";
import type { DeviceMemory, Place, WeightStore } from "./deviceMemory.ts";
import {
  BudgetTooSmall,
  OutOfDeviceMemory,
  ReserveTooLarge,
  RoomIsLeased,
  UnknownWeight,
  WeightTooLarge,
} from "./errors.ts";
import type { EventLog } from "./eventLog.ts";
import { leaveOrder } from "./leaveOrder.ts";
import type { Ledger } from "./ledger.ts";
import { createLoader, PIECE } from "./loader.ts";
import { Lock } from "./lock.ts";
import { makeRoom } from "./makeRoom.ts";
import { drop, dropChunk, dropSpent, load, retract } from "./moves.ts";
import { planRam } from "./planRam.ts";
import type { Policy } from "./policy.ts";
import { Pool } from "./pool.ts";
import { prefetch } from "./prefetch.ts";
import { ramRank } from "./ramRank.ts";
import type { RamTenant } from "./ramTenant.ts";
import { RamTier } from "./ramTier.ts";
import type { Announcement, Budget, DoesNotFit, Lease, Residency, ResidencyStats } from "./residency.ts";
import { placeInRing, repackWindow } from "./ring.ts";
import { flatten } from "./schedule.ts";
import { type RunState, type State, weightLimit } from "./state.ts";
import type { WeightRecord } from "./weightRecord.ts";
import {
  type Bytes,
  type Fence,
  fail,
  type ModelId,
  ok,
  type Result,
  type Schedule,
  type Use,
  type WeightId,
  type WeightSpec,
} from "./words.ts";

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

/** Lease objects are used again; `release` of one that is not out is the caller's mistake. */
class PooledLease implements Lease {
  current: Use | null = null;
  readonly #table: State["table"];

  constructor(table: State["table"]) {
    this.#table = table;
  }

  get use(): Use {
    if (this.current === null) throw new Error("invariant: a lease is read after its release");
    return this.current;
  }

  place(weight: WeightId): Place {
    const record = this.#table[weight];
    if (this.current === null || !record || record.holds === 0 || record.place === null) {
      throw new Error(`invariant: weight ${weight} is not under this lease`);
    }
    return record.place;
  }
}

/** The residency of one device, empty. Throws `ReserveTooLarge`. Pure: all it knows of the world comes in through the options. */
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
    tenant: createTenant(() => state),
    loader: createLoader({
      memory,
      store,
      concurrency,
      ram,
      fault(what, error) {
        const message = error instanceof Error ? error.message : String(error);
        events.add({ kind: "fault", at: state.now, device: memory.device, what, message });
      },
    }),
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
    faultLimit: Number.POSITIVE_INFINITY,
    replan: null,
  };
  return new Core(state, concurrency);
}

class Core implements CheckedResidency {
  readonly #state: State;
  /** What waits for fences or makes chunks, one at a time. The fast path does not take it. */
  readonly #lock = new Lock();
  readonly #idle: PooledLease[] = [];
  readonly #closing = new Set<() => void>();
  readonly #concurrency: number;

  constructor(state: State, concurrency: number) {
    this.#state = state;
    this.#concurrency = concurrency;
  }

  get device() {
    return this.#state.memory.device;
  }

  get events() {
    return this.#state.events;
  }

  register(model: ModelId, weights: readonly WeightSpec[]): readonly WeightId[] {
    const { memory, table } = this.#state;
    const sizes = weights.map(({ name, bytes }) => {
      const size = Math.max(1, Math.ceil(bytes / memory.alignment)) * memory.alignment;
      if (size > memory.maxChunkBytes) throw new WeightTooLarge(name, bytes, memory.maxChunkBytes, memory.device);
      return size;
    });
    const piece = Math.min(PIECE, Math.max(0, ...weights.map(({ bytes }) => bytes)));
    this.#state.ram.reserveStaging(this.#state.tenant, this.#concurrency * piece);
    return weights.map(({ name, bytes }, i) => {
      const id = table.length;
      const record: WeightRecord = {
        id,
        model,
        name,
        bytes,
        size: sizes[i]!,
        state: "absent",
        place: null,
        chunk: null,
        load: null,
        ram: null,
        holds: 0,
        nextUse: Number.POSITIVE_INFINITY,
        lastRun: 0,
        lastUse: -1,
        neededUntil: -1,
        used: false,
        fence: null,
        fences: null,
      };
      table.push(record);
      return id;
    });
  }

  async close(model: string): Promise<void> {
    const state = this.#state;
    const { table, pool } = state;
    const own = table.filter((r): r is WeightRecord => r?.model === model);
    for (let closed = false; !closed; ) {
      while (own.some((record) => record.holds > 0)) await new Promise<void>((done) => this.#closing.add(done));
      closed = await this.#lock.run(async () => {
        // Acquired again while others were served: wait again.
        if (own.some((record) => record.holds > 0)) return false;
        if (state.run !== null && own.some((record) => state.scheduled.has(record.id))) this.#retract(state.run);
        const reads: Promise<void>[] = [];
        for (const record of own) {
          const { ram: copy } = record;
          if (record.place !== null) drop(state, record, "closed");
          if (copy !== null) {
            state.ram.drop(copy, "closed");
            reads.push(copy.released.reached);
          }
          table[record.id] = null;
        }
        for (const chunk of [...pool.chunks]) {
          if (chunk.residents.length === 0 && !state.window.includes(chunk)) pool.shrink(chunk);
        }
        await pool.shrunk();
        await Promise.all(reads);
        return true;
      });
    }
  }

  announce(schedule: Schedule, reserved: Bytes): Promise<Result<Announcement, DoesNotFit>> {
    return this.#lock.run(async () => {
      const state = this.#state;
      const { ledger, table } = state;
      const track = flatten(schedule);
      for (const { stage, weights } of track.uses) {
        for (const weight of weights) if (!table[weight]) throw new UnknownWeight(weight, stage);
      }
      if (state.run !== null) this.#retract(state.run);
      const besideBytes = ledger.used - ledger.usedBy("weights") + reserved;
      const run: RunState = {
        schedule,
        besideBytes,
        cursor: new Cursor(track),
        ahead: new Cursor(track),
        aheadWeight: 0,
        rescan: true,
        complete: false,
      };
      state.run = run;
      state.faultLimit = Number.POSITIVE_INFINITY;
      state.ram.forgetRefusals();
      state.runs++;
      for (const { weights } of track.uses) for (const weight of weights) table[weight]!.lastRun = state.runs;
      for (const { residents } of state.window) for (const record of residents) record.neededUntil = -1;
      const adopted = await adopt(state, "replan");
      if (!adopted.ok) {
        state.run = null;
        this.#catchUp();
        const { error } = adopted;
        if (error.kind === "too-small")
          return fail(this.#doesNotFit(error.error.stage, error.error.needed, besideBytes));
        throw this.#failure(error, track.uses[0]?.stage ?? "");
      }
      if (state.plan!.eager) {
        try {
          await this.#loadAll();
        } catch (error) {
          this.#retract(run);
          throw error;
        }
      }
      prefetch(state);
      return ok({ end: () => this.#retract(run) });
    });
  }

  announceNext(models: readonly ModelId[]): void {
    const places = new Map([...models].reverse().map((model, i) => [model, models.length - 1 - i]));
    for (const record of this.#state.table) {
      if (record !== null) record.nextUse = places.get(record.model) ?? Number.POSITIVE_INFINITY;
    }
  }

  acquire(use: Use): Lease | Promise<Lease> {
    const state = this.#state;
    const { table } = state;
    const { weights } = use;
    state.now++;
    let resident = true;
    for (let i = 0; i < weights.length; i++) {
      const record = table[weights[i]!];
      if (!record) return Promise.reject(new UnknownWeight(weights[i]!, use.stage));
      if (record.state !== "resident") resident = false;
    }
    if (state.replan !== null || (!resident && this.#lock.held)) return this.#acquireInTurn(use, null);
    const announced = this.#arrive(use);
    if (resident) {
      state.events.hit();
      if (!this.#lock.held) this.#boundary();
      return this.#lease(use);
    }
    dropSpent(state);
    if (!this.#placePlanned(use)) return this.#acquireInTurn(use, { announced });
    this.#logMiss(use);
    const loads = this.#loadNow(use, announced);
    prefetch(state);
    return this.#whenLoaded(use, loads);
  }

  release(lease: Lease, after?: Fence): void {
    if (!(lease instanceof PooledLease) || lease.current === null) {
      throw new Error("invariant: a lease is released that is not out");
    }
    const { weights } = lease.current;
    lease.current = null;
    this.#idle.push(lease);
    const { table } = this.#state;
    for (let i = 0; i < weights.length; i++) {
      const record = table[weights[i]!]!;
      if (record.holds === 0) throw new Error(`invariant: ${record.name} is released without a lease`);
      record.holds--;
      if (after !== undefined && !after.done && record.fence !== after) addFence(record, after);
    }
    if (this.#closing.size > 0) this.#wakeClosing();
  }

  async setBudget(budget: Budget): Promise<void> {
    const state = this.#state;
    const smaller = budget.vram < state.budget.vram || budget.weights < state.budget.weights;
    state.budget = budget;
    state.ledger.setCeiling(budget.vram);
    state.events.add({
      kind: "budget",
      at: state.now,
      device: state.memory.device,
      vram: budget.vram,
      weights: budget.weights,
    });
    if (state.run !== null) state.replan = smaller ? "budget" : (state.replan ?? "replan");
    else if (smaller) {
      await this.#lock.run(() => this.#shrinkToLimit());
      // Leases hold the rest: the next acquire tries again.
      if (state.run === null) this.#catchUp();
    }
  }

  trim(bytes: Bytes = Number.POSITIVE_INFINITY): Promise<Bytes> {
    return this.#lock.run(() => this.#giveBack((given) => bytes - given, "trim"));
  }

  stats(): ResidencyStats {
    const { table, pool, plan, run } = this.#state;
    const weightBudget = Math.max(0, weightLimit(this.#state));
    const resident = table.filter((r): r is WeightRecord => r?.state === "resident");
    const inRam = table.filter((r): r is WeightRecord => r !== null && r.ram !== null);
    return {
      ramBytes: inRam.reduce((sum, record) => sum + record.bytes, 0),
      inRam: inRam.map((record) => record.id),
      residentBytes: resident.reduce((sum, record) => sum + record.size, 0),
      chunkBytes: pool.bytes,
      pinnedBytes: run === null ? 0 : (plan?.pinnedBytes ?? 0),
      windowBytes: run === null ? 0 : (plan?.windowBytes ?? 0),
      modelBytes: run === null ? 0 : (plan?.modelBytes ?? 0),
      weightBudget,
      resident: resident.sort((a, b) => a.lastUse - b.lastUse).map((record) => record.id),
    };
  }

  checkInvariants(): void {
    checkInvariants(this.#state);
    this.#state.ram.checkInvariants();
  }

  /** The schedule moves to this use, if it names it (true); its weights are held from here on. */
  #arrive(use: Use): boolean {
    const state = this.#state;
    const announced = state.run?.cursor.seek(use) ?? false;
    const step = announced ? state.run!.cursor.step : -1;
    const { weights } = use;
    for (let i = 0; i < weights.length; i++) {
      const record = state.table[weights[i]!]!;
      record.holds++;
      record.lastUse = state.now;
      record.used = true;
      if (record.neededUntil < step) record.neededUntil = step;
    }
    return announced;
  }

  #boundary(): void {
    dropSpent(this.#state);
    prefetch(this.#state);
  }

  /** Places for what is missing as the plan foresees it: in the window. False: there is no room that way. */
  #placePlanned(use: Use): boolean {
    const state = this.#state;
    const { window, table } = state;
    let all = true;
    for (const weight of use.weights) {
      const record = table[weight]!;
      if (record.state === "absent" && !(window.length > 0 && placeInRing(state, record, true))) all = false;
    }
    if (all) return true;
    if (window.length === 0) return false;
    return repackWindow(state, use);
  }

  /** Starts what is placed and not on its way, and hurries what is. Returns what to wait for. */
  #loadNow(use: Use, announced: boolean): Promise<void>[] {
    const state = this.#state;
    const loads: Promise<void>[] = [];
    for (const weight of use.weights) {
      const record = state.table[weight]!;
      if (record.state === "placed") {
        const streams = !state.plan?.pinned.has(weight) || state.window.includes(record.chunk!);
        const reason = !announced ? "miss" : !streams ? "pin" : state.plan?.ahead === false ? "stream" : "miss";
        load(state, record, reason, true);
        record.used = true;
      }
      if (record.load === null) continue;
      record.load.hurry();
      loads.push(record.load.finished);
    }
    return loads;
  }

  /** The slow path: after whatever else changes the pool, with the plan made anew where that is due. `held`: it has arrived already. */
  async #acquireInTurn(use: Use, held: { readonly announced: boolean } | null): Promise<Lease> {
    const state = this.#state;
    const loads = await this.#lock.run(async () => {
      try {
        if (state.replan !== null) await this.#replan(use);
        for (const weight of use.weights) if (!state.table[weight]) throw new UnknownWeight(weight, use.stage);
        held ??= { announced: this.#arrive(use) };
        dropSpent(state);
        if (!this.#placePlanned(use)) await makeRoom(state, use);
      } catch (error) {
        if (held !== null) this.#unhold(use);
        throw error;
      } finally {
        // Nothing was planned around what the device refused: the next one may ask again.
        if (state.run === null) state.faultLimit = Number.POSITIVE_INFINITY;
      }
      this.#logMiss(use);
      const started = this.#loadNow(use, held.announced);
      prefetch(state);
      return started;
    });
    return this.#whenLoaded(use, loads);
  }

  /** `loads` were taken down when they were under way: one that has failed since has left no trace but its promise. */
  async #whenLoaded(use: Use, loads: readonly Promise<void>[]): Promise<Lease> {
    try {
      for (const loaded of loads) await loaded;
    } catch (error) {
      this.#unhold(use);
      throw error;
    }
    return this.#lease(use);
  }

  #lease(use: Use): Lease {
    const lease = this.#idle.pop() ?? new PooledLease(this.#state.table);
    lease.current = use;
    return lease;
  }

  #unhold(use: Use): void {
    for (const weight of use.weights) this.#state.table[weight]!.holds--;
    if (this.#closing.size > 0) this.#wakeClosing();
  }

  #wakeClosing(): void {
    for (const wake of this.#closing) wake();
    this.#closing.clear();
  }

  #logMiss(use: Use): void {
    const { events, now, memory } = this.#state;
    events.add({ kind: "acquire", at: now, device: memory.device, stage: use.stage, hit: false });
  }

  async #replan(use: Use): Promise<void> {
    const state = this.#state;
    if (state.run === null) {
      await this.#shrinkToLimit();
      this.#catchUp();
      return;
    }
    const why = state.replan!;
    const adopted = await adopt(state, why === "room" ? "replan" : why);
    if (adopted.ok) return;
    // Leases stand in the way: the old plan goes on until a boundary at which they do not.
    if (adopted.error.kind === "leased") return;
    throw this.#failure(adopted.error, use.stage);
  }

  /** The announcement is over: what was to be loaded and nobody waits for is not. */
  #retract(run: RunState): void {
    const state = this.#state;
    if (state.run !== run) return;
    state.run = null;
    state.faultLimit = Number.POSITIVE_INFINITY;
    this.#catchUp();
    for (const record of state.table) {
      if (record?.state === "loading" && record.holds === 0 && !record.load!.begun) retract(state, record);
    }
  }

  async #loadAll(): Promise<void> {
    const { run, table } = this.#state;
    const records = run!.cursor.track.uses.flatMap(({ weights }) => weights.map((weight) => table[weight]!));
    for (const record of records) if (record.state === "placed") load(this.#state, record, "pin", false);
    for (const record of records) if (record.load !== null) await record.load.finished;
  }

  /** Gives chunks back, least recently used first and no leased ones, until `missing(bytes given)` is not positive. */
  async #giveBack(missing: (given: Bytes) => Bytes, reason: "trim" | "budget"): Promise<Bytes> {
    const state = this.#state;
    const nothing: ReadonlySet<WeightId> = new Set();
    let given = 0;
    while (missing(given) > 0) {
      const chunk = leaveOrder(state.pool.chunks, nothing, nothing)[0];
      if (chunk === undefined) break;
      given += chunk.bytes;
      dropChunk(state, chunk, () => reason);
      if (state.run !== null) state.replan ??= "replan";
      await state.pool.shrunk();
    }
    return given;
  }

  /** Between announcements only a budget that fell is left to be carried out. */
  #catchUp(): void {
    this.#state.replan = this.#state.pool.bytes > weightLimit(this.#state) ? "budget" : null;
  }

  async #shrinkToLimit(): Promise<void> {
    await this.#giveBack(() => this.#state.pool.bytes - weightLimit(this.#state), "budget");
  }

  #doesNotFit(stage: string, weightBytes: Bytes, besideBytes: Bytes): DoesNotFit {
    const { budget } = this.#state;
    const limit = budget.weights < budget.vram - besideBytes ? "weights" : "vram";
    return {
      stage,
      weightBytes,
      reservedBytes: besideBytes,
      budget,
      limit,
      needed: limit === "weights" ? weightBytes : weightBytes + besideBytes,
    };
  }

  #failure(error: CannotAdopt, stage: string): Error {
    const { memory, pool } = this.#state;
    const limit = weightLimit({ ...this.#state, faultLimit: Number.POSITIVE_INFINITY });
    if (error.kind === "leased") return new RoomIsLeased(stage, error.short, limit, pool.bytes);
    const { needed } = error.error;
    if (error.kind === "refused")
      return new OutOfDeviceMemory(memory.device, error.error.stage, needed, pool.bytes, limit);
    return new BudgetTooSmall(error.error.stage, needed, limit);
  }
}

/** What this residency's copies are worth to it, by the announcement in force. */
function createTenant(state: () => State): RamTenant {
  return {
    rank: (record) => ramRank(state(), record),
    left({ id, bytes }, reason) {
      const { events, now, memory } = state();
      events.add({ kind: "drop", at: now, device: memory.device, weight: id, bytes, from: "ram", reason });
    },
    refused(bytes) {
      const { events, now, memory } = state();
      const message = `the machine refused ${bytes} bytes for a copy in RAM`;
      events.add({ kind: "fault", at: now, device: memory.device, what: "allocate", message });
    },
    budgeted(ram) {
      const { events, now, memory, budget } = state();
      const { vram, weights } = budget;
      events.add({ kind: "budget", at: now, device: memory.device, vram, weights, ram });
    },
    resized: () => planRam(state()),
  };
}

function addFence(record: WeightRecord, fence: Fence): void {
  if (record.fence === null || record.fence.done) record.fence = fence;
  else record.fences = [...(record.fences ?? []).filter((other) => !other.done), fence];
}
