import fc from "fast-check";
import { expect, test } from "vitest";
import { Cursor } from "./cursor.ts";
import { flatten, successions } from "./schedule.ts";
import type { Schedule, Use } from "./words.ts";

const use = (stage: string): Use => ({ stage, weights: [], activationBytes: 0, flops: 0 });

/** Schedules of distinct uses, with repeats of 0, 1, 2, 3 nested up to three deep. */
const shape = fc.letrec<{ part: unknown }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 3 },
    fc.constant("use"),
    fc.record({ n: fc.nat(3), body: tie("part") }),
    fc.array(tie("part"), { maxLength: 3 }),
  ),
})).part;

function build(part: unknown, names: { next: number }): Schedule {
  if (part === "use") return { kind: "use", use: use(`u${names.next++}`) };
  if (Array.isArray(part)) return { kind: "sequence", items: part.map((item) => build(item, names)) };
  const { n, body } = part as { n: number; body: unknown };
  return { kind: "repeat", n, body: build(body, names) };
}

/** The plain reading of a schedule: every use, one after the other. */
function unroll(schedule: Schedule): Use[] {
  if (schedule.kind === "use") return [schedule.use];
  if (schedule.kind === "sequence") return schedule.items.flatMap(unroll);
  return Array.from({ length: schedule.n as number }, () => unroll(schedule.body)).flat();
}

test("a cursor passes every use in order, and only along successions", () => {
  fc.assert(
    fc.property(shape, (part) => {
      const schedule = build(part, { next: 0 });
      const track = flatten(schedule);
      const cursor = new Cursor(track);
      const seen: Use[] = [];
      while (cursor.advance()) seen.push(cursor.use!);
      const plain = unroll(schedule);
      expect(seen).toEqual(plain);
      expect(cursor.step).toBe(plain.length);
      const pairs = new Set(successions(track).map(([from, to]) => `${from} ${to}`));
      for (let i = 1; i < plain.length; i++) {
        expect(pairs.has(`${track.uses.indexOf(plain[i - 1]!)} ${track.uses.indexOf(plain[i]!)}`)).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});

const [a, b, c, d] = ["a", "b", "c", "d"].map(use) as [Use, Use, Use, Use];
const of = (...items: (Use | Schedule)[]): Schedule => ({
  kind: "sequence",
  items: items.map((item) => ("kind" in item ? item : { kind: "use", use: item })),
});
const repeat = (n: number | "unknown", body: Schedule): Schedule => ({ kind: "repeat", n, body });

test.each<{ name: string; schedule: Schedule; seeks: [Use, number | false][] }>([
  {
    name: "in order",
    schedule: of(a, b, c),
    seeks: [
      [a, 0],
      [b, 1],
      [c, 2],
    ],
  },
  {
    name: "a skip",
    schedule: of(a, b, c),
    seeks: [
      [a, 0],
      [c, 2],
    ],
  },
  {
    name: "the same step again",
    schedule: of(a, b),
    seeks: [
      [a, 0],
      [a, 0],
      [b, 1],
    ],
  },
  {
    name: "a loop of one",
    schedule: repeat(3, of(a)),
    seeks: [
      [a, 0],
      [a, 1],
      [a, 2],
      [a, 2],
    ],
  },
  {
    name: "a skip into the next round",
    schedule: repeat("unknown", of(a, b, c)),
    seeks: [
      [a, 0],
      [b, 1],
      [a, 3],
    ],
  },
  {
    name: "out of a loop without end",
    schedule: of(repeat("unknown", of(a, b)), c, d),
    seeks: [
      [a, 0],
      [c, 5],
      [d, 6],
    ],
  },
  {
    name: "what is not there",
    schedule: of(a, b),
    seeks: [
      [a, 0],
      [d, false],
      [b, 1],
    ],
  },
  {
    name: "what is over",
    schedule: of(a, b),
    seeks: [
      [b, 1],
      [a, false],
    ],
  },
])("seek: $name", ({ schedule, seeks }) => {
  const cursor = new Cursor(flatten(schedule));
  for (const [to, step] of seeks) {
    expect(cursor.seek(to)).toBe(step !== false);
    if (step !== false) expect([cursor.use, cursor.step]).toEqual([to, step]);
  }
});
