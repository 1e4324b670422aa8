import { createLedger } from "./createLedger.ts";
import type { HostBlock, HostMemory } from "./hostMemory.ts";
import type { Ledger } from "./ledger.ts";
import { RamCopy } from "./ramCopy.ts";
import { ramLeaveOrder } from "./ramLeaveOrder.ts";
import type { RamTenant } from "./ramTenant.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Bytes, Reason } from "./words.ts";

/**
 * The RAM tier: copies of weights in the machine's memory, from which devices with memory of their own are fed without reading a file
 * again. It belongs to no device and may serve several. Budget in bytes: `Infinity` is no limit, 0 keeps nothing. Staging is host
 * memory and comes off the same budget; there has to be staging, so that a budget below it holds that and no copies.
 *
 * A weight that is read is kept while there is room, and leaves only when a copy that is needed more finds none (`ramLeaveOrder`), the
 * budget falls, or someone asks for memory back. Decisions are made at once and depend on no timing; memory follows them: a new copy's
 * is made when all that had left before it is given back, so that what is held never passes the budget.
 */
export class RamTier {
  readonly ledger: Ledger;
  readonly #host: HostMemory;
  readonly #copies = new Set<RamCopy>();
  readonly #leaving = new Set<RamCopy>();
  readonly #staging = new Map<RamTenant, Bytes>();
  #budget: Bytes;
  /** Bytes of copies that the machine has shown to have room for; until the budget is set anew. */
  #faultLimit = Number.POSITIVE_INFINITY;
  #used = 0;
  #clock = 0;

  constructor(host: HostMemory, budget: Bytes) {
    this.#host = host;
    this.#budget = budget;
    this.ledger = createLedger(budget);
  }

  get budget(): Bytes {
    return this.#budget;
  }

  /** Bytes of copies, those on their way included. */
  get used(): Bytes {
    return this.#used;
  }

  /** Bytes that copies may take. */
  get limit(): Bytes {
    return Math.max(0, Math.min(this.#budget - this.#stagingBytes(), this.#faultLimit));
  }

  /**
   * A copy of a weight that is about to be read, or `null` when there is no room for it: it is then brought without one. `displaces`: copies of a lower rank
   * may make way.
   */
  enter(record: WeightRecord, tenant: RamTenant, displaces = true): RamCopy | null {
    if (record.ram !== null) throw new Error(`invariant: ${record.name} enters RAM twice`);
    const need = this.#used + record.bytes - this.limit;
    if (need > 0) {
      const leaving =
        !displaces || record.bytes > this.limit ? null : ramLeaveOrder(this.#copies, need, tenant.rank(record));
      if (leaving === null) return null;
      for (const copy of leaving) this.drop(copy, "room");
    }
    const copy = new RamCopy(record, tenant, this.#clock++);
    record.ram = copy;
    this.#copies.add(copy);
    this.#used += copy.bytes;
    return copy;
  }

  /** It is used again. */
  touch(copy: RamCopy): void {
    copy.touched = this.#clock++;
  }

  /** Resolves when all that has left by now is given back; `null` when it is. */
  cleared(): Promise<unknown> | null {
    if (this.#leaving.size === 0) return null;
    return Promise.all([...this.#leaving].map((copy) => copy.released.reached));
  }

  drop(copy: RamCopy, reason: Reason): void {
    if (!this.#copies.delete(copy)) throw new Error(`invariant: ${copy.record.name} leaves RAM twice`);
    this.#used -= copy.bytes;
    copy.gone = true;
    copy.record.ram = null;
    this.#leaving.add(copy);
    copy.tenant.left(copy.record, reason);
    this.#settle(copy);
  }

  /** One load more needs the copy's memory. */
  hold(copy: RamCopy): void {
    copy.users++;
  }

  /** And one less. */
  unhold(copy: RamCopy): void {
    copy.users--;
    if (copy.gone) this.#settle(copy);
  }

  /**
   * When a copy's memory can be made; `null`: now, or it is made, or never, since it has left by now. It waits where the budget has fallen since it entered
   * and what made way is not back yet. That what left never waits for what stayed is what makes this end.
   */
  roomFor(copy: RamCopy): Promise<unknown> | null {
    return copy.gone || copy.block !== null || this.#hasRoom(copy) ? null : this.cleared();
  }

  /** The copy's memory, made now. `null`: there is none, the copy leaves, and where the machine refused it the tier asks for no more. */
  make(copy: RamCopy): HostBlock | null {
    const fits = this.#hasRoom(copy);
    if (!fits && !copy.gone) throw new Error(`invariant: ${copy.record.name} has no room in RAM and nothing leaves`);
    if (fits && this.ledger.charge("weights", copy.bytes) === null) {
      copy.block = this.#host.allocate(copy.bytes);
      if (copy.block !== null) return copy.block;
      this.ledger.credit("weights", copy.bytes);
    }
    if (!copy.gone) this.drop(copy, "fault");
    if (fits) {
      this.#faultLimit = Math.min(this.#faultLimit, this.#used);
      copy.tenant.refused(copy.bytes);
    }
    return null;
  }

  /** A new run may ask again for what the machine refused in the last one. */
  forgetRefusals(): void {
    this.#faultLimit = Number.POSITIVE_INFINITY;
  }

  /** What a residency's staging may take at once comes off the budget. */
  reserveStaging(tenant: RamTenant, bytes: Bytes): void {
    if (bytes <= (this.#staging.get(tenant) ?? 0)) return;
    this.#staging.set(tenant, bytes);
    this.#fit("room");
  }

  /** A staging buffer, or `null` when the machine has none. */
  stage(bytes: Bytes): HostBlock | null {
    if (this.ledger.charge("staging", bytes) !== null) throw new Error("invariant: staging that was not reserved");
    const block = this.#host.allocate(bytes);
    if (block === null) {
      this.ledger.credit("staging", bytes);
      return null;
    }
    const free = () => {
      block.free();
      this.ledger.credit("staging", bytes);
    };
    return { bytes, data: block.data, free };
  }

  /** Copies leave at once when they are too many for the new budget; their memory follows with the last load that needs it. */
  setBudget(bytes: Bytes): void {
    this.#budget = bytes;
    for (const tenant of this.#staging.keys()) tenant.budgeted(bytes);
    this.#faultLimit = Number.POSITIVE_INFINITY;
    this.#fit("budget");
  }

  /** Copies leave, the least needed first, until `bytes` are back (all without `bytes`). Returns the bytes given back. */
  trim(bytes: Bytes = Number.POSITIVE_INFINITY): Bytes {
    const before = this.#used;
    const need = Math.min(bytes, before);
    if (need > 0)
      for (const copy of ramLeaveOrder(this.#copies, need, Number.POSITIVE_INFINITY)!) this.drop(copy, "trim");
    return before - this.#used;
  }

  /** Throws on the first thing that does not hold; for tests. */
  checkInvariants(): void {
    let used = 0;
    let held = 0;
    for (const copy of this.#copies) {
      used += copy.bytes;
      if (copy.record.ram !== copy || copy.gone)
        throw new Error(`invariant: ${copy.record.name} is in RAM and does not know`);
    }
    for (const copy of [...this.#copies, ...this.#leaving]) {
      if (copy.block !== null) held += copy.bytes;
      if (copy.full && copy.block === null)
        throw new Error(`invariant: the copy of ${copy.record.name} is full and has no memory`);
    }
    if (used !== this.#used) throw new Error(`invariant: RAM has ${used} bytes of copies, counted ${this.#used}`);
    if (used > this.limit) throw new Error(`invariant: RAM has ${used} bytes of copies, ${this.limit} are allowed`);
    if (held !== this.ledger.usedBy("weights"))
      throw new Error(`invariant: RAM holds ${held} bytes, its ledger has ${this.ledger.usedBy("weights")}`);
  }

  #fit(reason: Reason): void {
    this.#setCeiling();
    const over = this.#used - this.limit;
    if (over > 0)
      for (const copy of ramLeaveOrder(this.#copies, over, Number.POSITIVE_INFINITY)!) this.drop(copy, reason);
    for (const tenant of this.#staging.keys()) tenant.resized();
  }

  #hasRoom({ bytes }: RamCopy): boolean {
    return this.ledger.usedBy("weights") + bytes <= this.limit;
  }

  /** There has to be staging, also while what left for a smaller budget is not back yet. */
  #setCeiling(): void {
    this.ledger.setCeiling(Math.max(this.#budget, this.ledger.usedBy("weights") + this.#stagingBytes()));
  }

  #stagingBytes(): Bytes {
    let sum = 0;
    for (const bytes of this.#staging.values()) sum += bytes;
    return sum;
  }

  /** A copy that has left is given back once nobody needs it; a read that only it waited for is called off. */
  #settle(copy: RamCopy): void {
    if (copy.users === 1 && copy.fill !== null && !copy.fill.running) {
      const { fill } = copy;
      copy.fill = null;
      fill.cancel();
      return;
    }
    if (copy.users > 0 || copy.released.done) return;
    if (copy.block !== null) {
      copy.block.free();
      copy.block = null;
      copy.full = false;
      this.ledger.credit("weights", copy.bytes);
      this.#setCeiling();
    }
    copy.unread?.();
    copy.unread = null;
    this.#leaving.delete(copy);
    copy.released.reach();
  }
}
