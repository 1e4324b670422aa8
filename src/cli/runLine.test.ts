import { describe, expect, test } from "vitest";
import { statsAfter } from "../../test/cli/harness.ts";
import { runLine } from "./runLine.ts";
import { statsSince } from "./statsSince.ts";

describe("the run line", () => {
  test("bytes, reasons by size, share of the bound over steady passes, peak of budget", () => {
    expect(runLine(statsAfter(1))).toMatchInlineSnapshot(
      `"moved 29.0 MB (stream 24.0 MB, pin 5.00 MB); 100.0 % of the bound; peak 18.4 MB of 20.0 MB VRAM"`,
    );
  });

  test("passes that move more than M - R lower the share", () => {
    const stats = statsAfter(1);
    const passes = stats.passes.map((pass) => (pass.index === 2 ? { ...pass, movedBytes: 12e6 } : pass));
    expect(runLine({ ...stats, passes })).toContain("80.0 % of the bound");
  });

  test("when all stays there is no bound to share", () => {
    const stats = statsAfter(1);
    const passes = stats.passes.map((pass) => ({
      ...pass,
      movedBytes: pass.index === 0 ? 13e6 : 0,
      pinnedBytes: 13e6,
    }));
    const counters = { ...stats.counters, movedBytes: 13e6, movedBytesByReason: { pin: 13e6 } };
    expect(runLine({ ...stats, passes, counters })).toContain(
      "moved 13.0 MB (pin 13.0 MB); steady passes moved nothing",
    );
  });

  test("a device with memory of its own: what was read, and what is not in use but kept", () => {
    const ram = { budget: 8e9, used: 45e6, peak: 60e6, cached: 13e6, staging: 32e6 };
    expect(runLine({ ...statsAfter(1), ram })).toMatchInlineSnapshot(
      `"moved 29.0 MB (stream 24.0 MB, pin 5.00 MB); 100.0 % of the bound; peak 18.4 MB of 20.0 MB VRAM; read 29.0 MB from disk; kept for reload 7.00 MB in VRAM, 13.0 MB in RAM"`,
    );
  });

  test("nothing moved: no reasons", () => {
    const stats = statsSince(statsAfter(1), statsAfter(1));
    expect(runLine(stats)).toBe("moved 0 B; steady passes moved nothing; peak 18.4 MB of 20.0 MB VRAM");
  });

  test("a model on the CPU beside the device has numbers of its own", () => {
    const stats = statsAfter(1);
    const others = [{ ...stats, device: { ...stats.device, id: "cpu" } }];
    expect(runLine({ ...stats, others })).toMatch(/; on cpu beside it: moved 29\.0 MB, peak 18\.4 MB of 20\.0 MB RAM$/);
    const since = statsSince({ ...stats, others }, { ...stats, others });
    expect(since.others![0]!.counters.movedBytes).toBe(0);
  });
});

test("of one engine's counters, a job's own", () => {
  const second = statsSince(statsAfter(1), statsAfter(2));
  const { counters, passes } = statsAfter(1);
  expect(second.counters).toEqual(counters);
  expect(second.passes).toHaveLength(passes.length);
  expect(statsSince(undefined, statsAfter(2)).counters.moves).toBe(180);
});
