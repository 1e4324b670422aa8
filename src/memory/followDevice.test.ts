import { expect, test } from "vitest";
import { bench, passes, registerStages, step } from "./testing/bench.ts";

test("what other programs leave of the device is followed between stages: down to what they leave, and up again, never above the budget", async () => {
  const b = bench({ vram: 400, weights: 400 });
  const uses = registerStages(
    b.residency,
    "m",
    Array.from({ length: 20 }, () => [10, 10]),
  );
  await b.residency.announce(passes(uses, "unknown"), 0);
  const held: number[] = [];
  for (const available of [400, 200, 60, 10, 200, 1000]) {
    await b.residency.followDevice(available);
    for (const use of uses) await step(b, use);
    held.push(b.memory.liveBytes);
  }
  // 20 bytes are the least: a stage.
  expect(held.map((bytes, i) => bytes <= [400, 200, 60, 20, 200, 400][i]!)).toEqual(held.map(() => true));
  expect([held[0], held[3], held[5]]).toEqual([400, 20, 400]);
  const events = b.events.recent().filter((event) => event.kind === "budget");
  expect(events.map(({ vram, reason }) => [vram, reason])).toEqual([
    [400, "pressure"],
    [200, "pressure"],
    [60, "pressure"],
    [10, "pressure"],
    [200, "recovery"],
    [400, "recovery"],
  ]);
});

test("between runs what other programs need leaves at once, least recently used first", async () => {
  const b = bench({ vram: 400, weights: 400 });
  const [first, second] = ["a", "b"].map((name) => registerStages(b.residency, name, [[50], [50]]));
  for (const uses of [first!, second!]) {
    const announced = await b.residency.announce(passes(uses, 1), 0);
    for (const use of uses) await step(b, use);
    if (announced.ok) announced.value.end();
  }
  await b.residency.followDevice(100);
  expect(b.residency.stats().resident).toEqual([2, 3]);
  expect(b.memory.liveBytes).toBe(100);
});
