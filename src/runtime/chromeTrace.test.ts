import { expect, test } from "vitest";
import { chromeTrace } from "./chromeTrace.ts";
import type { Span } from "./trace.ts";

interface Event {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly args: Readonly<Record<string, unknown>>;
}
const eventsOf = (spans: readonly Span[]) =>
  (JSON.parse(chromeTrace(spans, "weir")) as { traceEvents: readonly Event[] }).traceEvents;

test("a process a model, a thread a track, microseconds from the first span", () => {
  const spans: Span[] = [
    { track: "compute", name: "start", model: "a", start: 1002, end: 1004 },
    { track: "nodes", name: "KSampler (node 3)", start: 1000, end: 1010.5 },
    { track: "drops", name: "w", model: "b", start: 1005, end: 1005, bytes: 7, reason: "used" },
  ];
  const events = eventsOf(spans);
  const named = (what: string) =>
    events.filter((event) => event.name === what).map(({ pid, args }) => [pid, args["name"]]);
  expect(named("process_name")).toEqual([
    [1, "weir"],
    [2, "a"],
    [3, "b"],
  ]);
  expect(named("thread_name")).toEqual([
    [1, "nodes"],
    [2, "compute"],
    [3, "drops"],
  ]);
  const told = events
    .filter(({ ph }) => ph !== "M")
    .map(({ name, ph, pid, ts, dur, args }) => [name, ph, pid, ts, dur, args]);
  expect(told).toEqual([
    ["KSampler (node 3)", "X", 1, 0, 10500, {}],
    ["start", "X", 2, 2000, 2000, {}],
    ["w", "i", 3, 5000, undefined, { bytes: 7, reason: "used" }],
  ]);
});

test("spans of a track that overlap lie beside each other; what touches does not overlap", () => {
  const read = (name: string, start: number, end: number): Span => ({ track: "reads", name, start, end });
  const events = eventsOf([read("c", 0.3, 0.6), read("a", 0.1, 0.3), read("b", 0.2, 0.5), read("d", 0.7, 0.9)]);
  const tid = Object.fromEntries(events.filter(({ ph }) => ph === "X").map((event) => [event.name, event.tid]));
  expect(tid["a"]).toBe(tid["c"]);
  expect(tid["a"]).toBe(tid["d"]);
  expect(tid["b"]).not.toBe(tid["a"]);
});

test("nothing happened: still a file that opens", () => {
  expect(eventsOf([]).filter(({ ph }) => ph !== "M")).toEqual([]);
});
