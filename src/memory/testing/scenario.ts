import fc from "fast-check";
import type { Announcement, Lease } from "../residency.ts";
import { spreadPins } from "../spreadPins.ts";
import { staticPlacement } from "../staticPlacement.ts";
import type { Bytes, Schedule, Use } from "../words.ts";
import { type Bench, bench, expectOwnBytes, registerStages } from "./bench.ts";
import type { Happening } from "./needlessReads.ts";
import { Turns } from "./turns.ts";

/** What a run is made of: models as stages of weight sizes, and things that happen. */
export interface Scenario {
  readonly models: readonly (readonly (readonly Bytes[])[])[];
  /** Stage i of model 0 also names the first weight of stage j. */
  readonly shared: readonly (readonly [number, number])[];
  readonly vramShare: number;
  readonly weightsShare: number;
  /** Of the models' bytes, what copies in RAM may take. */
  readonly ramShare: number;
  readonly alignment: Bytes;
  readonly maxChunkShare: number;
  readonly unified: boolean;
  readonly isStatic: boolean;
  readonly concurrency: number;
  readonly acts: readonly Act[];
  readonly seed: number;
  /** Of the calls that can fail, one in this many does (0: none). */
  readonly faults: number;
}

export type Act =
  | { readonly do: "announce"; readonly model: number; readonly shape: Shape; readonly reserved: number }
  | { readonly do: "next"; readonly count: number; readonly hold: boolean; readonly fence: boolean }
  | { readonly do: "skip"; readonly by: number }
  | { readonly do: "unannounced"; readonly model: number; readonly stage: number; readonly hold: boolean }
  | { readonly do: "release" }
  | { readonly do: "end" }
  | { readonly do: "budget"; readonly share: number }
  | { readonly do: "ahead"; readonly models: readonly number[] }
  | { readonly do: "told"; readonly models: readonly number[] }
  | { readonly do: "device"; readonly share: number }
  | { readonly do: "ram"; readonly share: number }
  | { readonly do: "trim"; readonly bytes: number }
  | { readonly do: "turns"; readonly count: number }
  | { readonly do: "close"; readonly model: number };

export type Shape = "once" | "thrice" | "unknown" | "nested" | "prologue";

const size = fc.integer({ min: 1, max: 24 });
const stage = fc.array(size, { minLength: 1, maxLength: 3, size: "max" });
const model = fc.array(stage, { minLength: 1, maxLength: 7, size: "max" });
/** Hundredths: most budgets are enough for a stage, some for all, few for nothing. */
const share = fc.integer({ min: 25, max: 150 }).map((percent) => percent / 100);

const ramShare = fc.constantFrom(0, 0.1, 0.3, 0.6, 1, 100);

const announce: fc.Arbitrary<Act> = fc.record({
  do: fc.constant("announce" as const),
  model: fc.nat(2),
  shape: fc.constantFrom<Shape>("once", "thrice", "unknown", "nested", "prologue"),
  reserved: fc.nat(12),
});
const next: fc.Arbitrary<Act> = fc.record({
  do: fc.constant("next" as const),
  count: fc.integer({ min: 1, max: 12 }),
  hold: fc.boolean(),
  fence: fc.boolean(),
});
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: announce },
  { weight: 12, arbitrary: next },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("skip" as const), by: fc.integer({ min: 1, max: 5 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("unannounced" as const),
      model: fc.nat(2),
      stage: fc.nat(6),
      hold: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: "release" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "end" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("budget" as const),
      share,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("ram" as const), share: ramShare }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("ahead" as const), models: fc.array(fc.nat(2), { maxLength: 2 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("told" as const), models: fc.array(fc.nat(2), { maxLength: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("device" as const), share: fc.constantFrom(0, 0.2, 0.5, 0.8, 100) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("trim" as const), bytes: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("turns" as const), count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const), model: fc.nat(2) }) },
);

/** Random scenarios; `fixed` narrows them to what a property is about. */
export const scenarios = (
  fixed: Partial<{ [K in keyof Scenario]: fc.Arbitrary<Scenario[K]> }> = {},
): fc.Arbitrary<Scenario> =>
  fc.record<Scenario>({
    models: fc.array(model, { minLength: 1, maxLength: 3, size: "max" }),
    shared: fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 2 }),
    vramShare: share,
    weightsShare: share,
    ramShare: ramShare,
    alignment: fc.constantFrom(1, 4, 8),
    maxChunkShare: fc.constantFrom(100, 1, 0.3),
    unified: fc.boolean(),
    isStatic: fc.constant(false),
    concurrency: fc.integer({ min: 1, max: 3 }),
    acts: fc
      .tuple(announce, next, fc.array(act, { minLength: 1, maxLength: 14, size: "max" }))
      .map(([first, second, acts]) => [first, second, ...acts]),
    seed: fc.integer(),
    faults: fc.constant(0),
    ...fixed,
  });

/** Codes with which an acquire or announce may end; anything else is a bug. */
const EXPECTED = new Set([
  "budget-too-small",
  "room-is-leased",
  "out-of-device-memory",
  "upload-failed",
  "fake-read",
  "unknown-weight",
  "out-of-host-memory",
]);

export interface Played extends Bench {
  readonly modelBytes: Bytes;
  /** Codes of the errors that came up, in order. */
  readonly errors: readonly string[];
  readonly budgetChanged: boolean;
  /** Events, and reads as they began, in order. */
  readonly happenings: readonly Happening[];
}

/**
 * Plays a scenario. After every call the books are checked; under every lease, and once more at the last moment before its fence, every
 * byte is; whenever nothing is leased, a boundary has taken the budget down. Throws on whatever does not hold, a deadlock included.
 */
export async function play(scenario: Scenario): Promise<Played> {
  const draw = random(scenario.seed);
  const turns = new Turns(draw);
  const { alignment, faults } = scenario;
  const aligned = (bytes: Bytes) => Math.ceil(bytes / alignment) * alignment;
  const all = scenario.models.flat(2).map(aligned);
  const modelBytes = all.reduce((a, b) => a + b, 0);
  const largest = Math.max(...all);
  const fails = () => faults > 0 && draw(faults) === 0;
  const vram = Math.ceil(modelBytes * scenario.vramShare);
  const ramOf = (share: number) => Math.ceil(modelBytes * share) + scenario.concurrency * largest;
  let ramBudget = ramOf(scenario.ramShare);
  const happenings: Happening[] = [];
  const b = bench({
    vram,
    weights: Math.ceil(modelBytes * scenario.weightsShare),
    alignment,
    maxChunkBytes: Math.max(largest, Math.ceil(modelBytes * scenario.maxChunkShare)),
    unified: scenario.unified,
    policy: scenario.isStatic ? staticPlacement : spreadPins,
    concurrency: scenario.concurrency,
    pause: turns.pause,
    fails,
    readFails: fails,
    hostFails: fails,
    ram: ramBudget,
    see: (weight) => happenings.push({ kind: "read", weight }),
  });
  b.events.listen((event) => happenings.push(event));
  const { residency, ledger, memory, host, ram } = b;
  const models = scenario.models.map((stages, m) => registerStages(residency, `m${m}`, stages));
  for (const [i, j] of scenario.shared) {
    const uses = models[0]!;
    const [to, from] = [uses[i % uses.length]!, uses[j % uses.length]!];
    const extra = from.weights[0]!;
    if (!to.weights.includes(extra)) uses[i % uses.length] = { ...to, weights: [...to.weights, extra] };
  }
  const closed = new Set<number>();
  const held: { lease: Lease; fence: boolean }[] = [];
  const errors: string[] = [];
  let budgetChanged = false;
  let announced: Announcement | undefined;
  /** What comes next, as a runner would go through it. */
  let upcoming: Iterator<Use> = [][Symbol.iterator]();
  let charged = 0;

  const check = () => {
    residency.checkInvariants();
    if (memory.liveBytes !== residency.stats().chunkBytes)
      throw new Error("the device holds other bytes than the pool");
    if (host.liveBytes !== ram.ledger.used) throw new Error("the host holds other bytes than the RAM tier counts");
    if (ram.ledger.peak > ramBudget) throw new Error(`RAM's peak ${ram.ledger.peak} passes ${ramBudget}`);
    if (!budgetChanged && ledger.peak > vram) throw new Error(`the peak ${ledger.peak} passes ${vram}`);
  };
  const expected = async <T>(work: () => Promise<T> | T, what: string): Promise<T | undefined> => {
    try {
      return await turns.until(Promise.resolve().then(work), what);
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (typeof code !== "string" || !EXPECTED.has(code)) throw error;
      errors.push(code);
      return undefined;
    } finally {
      check();
    }
  };
  const release = ({ lease, fence }: { lease: Lease; fence: boolean }) => {
    expectOwnBytes(lease);
    if (!fence) residency.release(lease);
    else {
      // The use and its places, as a submitted graph would have them: the lease itself is gone by then.
      const { use } = lease;
      const places = new Map(use.weights.map((weight) => [weight, lease.place(weight)]));
      residency.release(
        lease,
        turns.fence(() => expectOwnBytes({ use, place: (weight) => places.get(weight)! })),
      );
    }
    check();
  };
  const acquire = async (use: Use, hold: boolean, fence: boolean) => {
    const outstanding = held.length;
    const lease = await expected(() => residency.acquire(use), `acquire ${use.stage}`);
    if (lease === undefined) return;
    expectOwnBytes(lease);
    const { chunkBytes, weightBudget } = residency.stats();
    if (outstanding === 0 && chunkBytes > weightBudget)
      throw new Error(`${chunkBytes} bytes of chunks, ${weightBudget} allowed`);
    if (hold && held.length < 2) held.push({ lease, fence });
    else release({ lease, fence });
  };
  const unbook = () => {
    ledger.credit("activations", charged);
    charged = 0;
  };

  for (const next of scenario.acts) {
    if (next.do === "announce") {
      const m = next.model % models.length;
      if (closed.has(m)) continue;
      unbook();
      const result = await expected(
        () => residency.announce(shapes[next.shape](models[m]!), next.reserved),
        "announce",
      );
      announced = result?.ok ? result.value : undefined;
      upcoming = (announced ? walk(shapes[next.shape](models[m]!)) : [])[Symbol.iterator]();
      if (announced) {
        if (ledger.charge("activations", next.reserved) !== null)
          throw new Error("what announce promised cannot be charged");
        charged = next.reserved;
      }
    } else if (next.do === "next") {
      for (let i = 0; i < next.count; i++) {
        const { value: use, done } = upcoming.next();
        if (done) break;
        await acquire(use, next.hold, next.fence);
      }
    } else if (next.do === "skip") {
      for (let i = 0; i < next.by; i++) upcoming.next();
    } else if (next.do === "unannounced") {
      const uses = models[next.model % models.length]!;
      await acquire(uses[next.stage % uses.length]!, next.hold, false);
    } else if (next.do === "release") {
      const first = held.shift();
      if (first) release(first);
    } else if (next.do === "end") {
      announced?.end();
      announced = undefined;
      upcoming = [][Symbol.iterator]();
      unbook();
    } else if (next.do === "budget") {
      budgetChanged = true;
      await expected(() => residency.setBudget({ vram, weights: Math.ceil(modelBytes * next.share) }), "setBudget");
    } else if (next.do === "ahead") {
      const names = next.models.map((m) => `m${m % models.length}`);
      await expected(() => residency.readAhead(names), "readAhead");
    } else if (next.do === "told") {
      residency.announceNext(next.models.map((m) => `m${m % models.length}`));
    } else if (next.do === "device") {
      await expected(() => residency.followDevice(Math.ceil(modelBytes * next.share)), "followDevice");
    } else if (next.do === "ram") {
      if (scenario.unified) continue;
      ram.setBudget(ramOf(next.share));
      // A peak is of the largest budget there was.
      ramBudget = Math.max(ramBudget, ramOf(next.share));
    } else if (next.do === "trim") {
      await expected(() => residency.trim(next.bytes), "trim");
      if (next.bytes % 3 === 0) ram.trim(next.bytes);
    } else if (next.do === "turns") {
      for (let i = 0; i < next.count; i++) await turns.one();
    } else {
      const m = next.model % models.length;
      if (m === 0 && held.length > 0) continue;
      for (const lease of held.splice(0)) release(lease);
      closed.add(m);
      await expected(() => residency.close(`m${m}`), "close");
    }
    check();
  }
  for (const lease of held.splice(0)) release(lease);
  announced?.end();
  while (await turns.one());
  check();
  // A load that fails and that nobody waits for would be tried again, and nobody would know.
  const failed = b.events.recent().find((event) => event.kind === "drop" && event.reason === "fault");
  if (faults === 0 && failed !== undefined) throw new Error(`nothing failed, and ${JSON.stringify(failed)}`);
  return { ...b, modelBytes, errors, budgetChanged, happenings };
}

const sequence = (uses: readonly Use[]): Schedule => ({
  kind: "sequence",
  items: uses.map((use) => ({ kind: "use", use })),
});
const shapes: Record<Shape, (uses: readonly Use[]) => Schedule> = {
  once: sequence,
  thrice: (uses) => ({ kind: "repeat", n: 3, body: sequence(uses) }),
  unknown: (uses) => ({ kind: "repeat", n: "unknown", body: sequence(uses) }),
  nested: (uses) => {
    const half = uses.length >> 1;
    const inner: Schedule = { kind: "repeat", n: 2, body: sequence(uses.slice(0, half)) };
    return { kind: "repeat", n: 2, body: { kind: "sequence", items: [inner, sequence(uses.slice(half))] } };
  },
  prologue: (uses) => ({
    kind: "sequence",
    items: [sequence(uses.slice(0, 1)), { kind: "repeat", n: 3, body: sequence(uses.slice(1)) }],
  }),
};

function* walk(schedule: Schedule): Generator<Use> {
  if (schedule.kind === "use") yield schedule.use;
  else if (schedule.kind === "sequence") for (const item of schedule.items) yield* walk(item);
  else for (let i = 0; i < (schedule.n === "unknown" ? 1000 : schedule.n); i++) yield* walk(schedule.body);
}

/** mulberry32: `draw(n)` in [0, n). */
function random(seed: number): (n: number) => number {
  return (n) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}
