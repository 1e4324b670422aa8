import { expect, test } from "vitest";
import { createEventLog } from "./createEventLog.ts";
import type { MemoryEvent } from "./eventLog.ts";

const move = (weight: number, bytes: number): Extract<MemoryEvent, { kind: "move" }> => ({
  kind: "move",
  at: weight,
  device: "fake",
  weight,
  bytes,
  from: "disk",
  to: "vram",
  reason: weight % 2 === 0 ? "pin" : "stream",
});

test("the ring keeps the newest, oldest first; counters forget nothing", () => {
  const log = createEventLog(3);
  for (let i = 0; i < 8; i++) log.add(move(i, 10));
  expect(log.recent().map(({ at }) => at)).toEqual([5, 6, 7]);
  expect(log.counters()).toMatchObject({ moves: 8, movedBytes: 80, movedBytesByReason: { pin: 40, stream: 40 } });
});

test("what was read to make a weight of it is read, and has moved nowhere", () => {
  const log = createEventLog(9);
  log.add({ kind: "read", at: 1, device: "fake", weight: 2, bytes: 70, reason: "made" });
  expect(log.counters()).toMatchObject({ moves: 0, movedBytes: 0, readBytes: 70, ramBytes: 0 });
});

test("what was called off before it began is counted as if it had not been: RAM's bytes are those of copies that were there", () => {
  const log = createEventLog(9);
  const via = { ...move(2, 10), from: "ram" as const };
  log.add({ ...move(2, 10), to: "ram" });
  log.add({ ...via, through: true });
  log.add(via);
  log.add(move(1, 5));
  expect(log.counters()).toMatchObject({ moves: 3, movedBytes: 25, readBytes: 15, ramBytes: 10 });
  for (const event of [via, { ...via, through: true }, move(1, 5)]) log.add({ ...event, kind: "undone" });
  expect(log.counters()).toMatchObject({ moves: 0, movedBytes: 0, readBytes: 10, ramBytes: 0 });
  expect(log.counters().movedBytesByReason).toEqual({ pin: 0, stream: 0 });
});

test("a hit is counted and leaves no event", () => {
  const log = createEventLog(3);
  log.hit();
  log.add({ kind: "acquire", at: 1, device: "fake", stage: "s", hit: false });
  expect([log.recent().length, log.counters().acquires, log.counters().hits]).toEqual([1, 2, 1]);
});

test("listeners see events until they stop; counters handed out do not change", () => {
  const log = createEventLog(0);
  const seen: number[] = [];
  const stop = log.listen(({ at }) => seen.push(at));
  const before = log.counters();
  log.add(move(1, 1));
  stop();
  log.add(move(2, 1));
  expect([seen, log.recent(), before.moves, log.counters().moves]).toEqual([[1], [], 0, 2]);
});

test("a move that is undone had been dropped, and is no drop either", () => {
  const log = createEventLog(9);
  const drop = (weight: number, reason: "replan" | "used") =>
    log.add({ kind: "drop", at: 1, device: "fake", weight, bytes: 10, from: "vram", reason });
  log.add(move(1, 10));
  drop(1, "used");
  log.add(move(2, 10));
  drop(2, "replan");
  log.add({ ...move(2, 10), kind: "undone" });
  expect(log.counters()).toMatchObject({ moves: 1, drops: 1, droppedBytes: 10 });
  expect(log.counters().droppedBytesByReason).toEqual({ used: 10, replan: 0 });
});
