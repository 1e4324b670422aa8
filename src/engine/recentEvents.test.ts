import { expect, test } from "vitest";
import type { MemoryEvent } from "../memory/eventLog.ts";
import { RecentEvents } from "./recentEvents.ts";

const chunk = (bytes: number): MemoryEvent => ({ kind: "chunk", at: 0, device: "cpu", bytes, change: "allocate" });
const START = 1_795_000_000_000;

function filled(count: number, size: number) {
  let now = START;
  const recent = new RecentEvents(() => now, size);
  for (let n = 0; n < count; n++) {
    now = START + n;
    recent.add(chunk(n), { weight: `w${n}`, model: "m", beside: n === 0 });
  }
  const page = (since: number | null, max: number) => {
    const { events, oldest, last } = recent.page({ since, max });
    return { bytes: events.map(({ event }) => (event as { bytes: number }).bytes), oldest, last };
  };
  return { recent, page };
}

test("nothing yet", () => {
  expect(filled(0, 4).page(null, 10)).toEqual({ bytes: [], oldest: null, last: null });
});

test("each is numbered from the engine's start in microseconds on, with the time of day, its weight and its model", () => {
  expect(filled(1, 4).recent.page({ since: null, max: 9 }).events).toEqual([
    { seq: START * 1000, time: START, event: chunk(0), weight: "w0", model: "m", beside: true },
  ]);
});

test.each([
  ["the newest", 6, null, 2, [4, 5]],
  ["all that the ring holds", 6, null, 99, [2, 3, 4, 5]],
  ["after a number the oldest first", 6, 2, 2, [3, 4]],
  ["after one that is long gone", 6, 0, 99, [2, 3, 4, 5]],
  ["after the last", 6, 5, 99, []],
  ["after one that is to come", 6, 50, 99, []],
  ["before the ring is full", 3, null, 99, [0, 1, 2]],
] as const)("%s", (_, count, since, max, bytes) => {
  const { page } = filled(count, 4);
  const first = START * 1000;
  const oldest = first + Math.max(0, count - 4);
  expect(page(since === null ? null : first + since, max)).toEqual({ bytes, oldest, last: first + count - 1 });
});

test("who goes on from the last of each page misses none", () => {
  const { recent } = filled(50, 64);
  const seen: number[] = [];
  let since: number | null = 0;
  for (;;) {
    const { events } = recent.page({ since, max: 7 });
    if (events.length === 0) break;
    seen.push(...events.map(({ seq }) => seq - START * 1000));
    since = events.at(-1)!.seq;
  }
  expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => n));
});
