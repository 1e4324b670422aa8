import { expect, test } from "vitest";
import type { Span } from "../runtime/trace.ts";
import { SpanBuffer } from "./spanBuffer.ts";

test("spans leave in batches, and none waits longer than a quarter of a second for the next one", () => {
  const sent: number[] = [];
  let now = 1000;
  const buffer = new SpanBuffer(
    (spans) => sent.push(spans.length),
    () => now,
  );
  const add = (n: number, ms: number) => {
    for (let i = 0; i < n; i++) {
      now += ms;
      const span: Span = { track: "compute", name: "s", start: now - ms, end: now };
      buffer.add(span);
    }
  };
  add(300, 0);
  expect(sent).toEqual([256]);
  add(3, 100);
  expect(sent).toEqual([256, 47]);
  buffer.flush();
  buffer.flush();
  expect(sent).toEqual([256, 47]);
  add(1, 300);
  expect(sent).toEqual([256, 47, 1]);
});
