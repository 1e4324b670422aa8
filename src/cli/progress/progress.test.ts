import { describe, expect, test } from "vitest";
import type { JobEvent } from "../../engine/messages.ts";
import type { Io } from "../io.ts";
import { liveProgress } from "./liveProgress.ts";
import { plainProgress } from "./plainProgress.ts";
import type { Progress } from "./progress.ts";

/** A terminal that records; its clock is the test's. */
function recorder(more: Partial<Io> = {}) {
  const writes: string[] = [];
  const clock = { ms: 0 };
  const io: Io = {
    out: () => {},
    err: (text) => void writes.push(text),
    terminal: true,
    columns: () => 100,
    env: { NO_COLOR: "1" },
    cwd: "/",
    now: () => clock.ms,
    onInterrupt: () => () => {},
    ...more,
  };
  return { io, writes, clock };
}

const stage = (movedBytes: number): JobEvent => ({
  kind: "stage",
  model: "flux2",
  stage: "single_blocks.1",
  vramUsed: 5_200_000,
  vramBudget: 20_000_000,
  movedBytes,
});

function play(progress: Progress, clock: { ms: number }): void {
  progress.event({ kind: "execution_start", timestamp: 0 });
  progress.event({ kind: "executing", node: "1", classType: "UNETLoader" });
  clock.ms = 20;
  progress.event({ kind: "executing", node: "5", classType: "SamplerCustomAdvanced" });
  clock.ms = 120;
  progress.event(stage(9_000_000));
  for (let step = 1; step <= 3; step++) {
    clock.ms += step === 1 ? 900 : 400;
    progress.event(stage(9_000_000 + step * 1_000_000));
    progress.event({ kind: "progress", node: "5", value: step, max: 8 });
  }
  progress.end();
}

describe("on a terminal", () => {
  test("one line, drawn over, erased at the end", () => {
    const { io, writes, clock } = recorder();
    play(liveProgress(io), clock);
    expect(writes.join("").replaceAll("\u001b[K", "|").replaceAll("\r", "\n")).toMatchInlineSnapshot(`
      "
      UNETLoader|
      SamplerCustomAdvanced|
      SamplerCustomAdvanced  VRAM 5.20 MB of 20.0 MB  moved 9.00 MB  single_blocks.1|
      SamplerCustomAdvanced  VRAM 5.20 MB of 20.0 MB  moved 10.0 MB  single_blocks.1|
      SamplerCustomAdvanced  1/8  1.00 s/it  VRAM 5.20 MB of 20.0 MB  moved 10.0 MB  single_blocks.1|
      SamplerCustomAdvanced  1/8  1.00 s/it  VRAM 5.20 MB of 20.0 MB  moved 11.0 MB  single_blocks.1|
      SamplerCustomAdvanced  2/8  0.40 s/it  VRAM 5.20 MB of 20.0 MB  moved 11.0 MB  single_blocks.1|
      SamplerCustomAdvanced  2/8  0.40 s/it  VRAM 5.20 MB of 20.0 MB  moved 12.0 MB  single_blocks.1|
      SamplerCustomAdvanced  3/8  0.40 s/it  VRAM 5.20 MB of 20.0 MB  moved 12.0 MB  single_blocks.1|
      |"
    `);
  });

  test("each frame is one write that never clears before it draws, and never wraps", () => {
    for (const width of [5, 24, 40, 200]) {
      const { io, writes, clock } = recorder({ columns: () => width });
      play(liveProgress(io), clock);
      for (const write of writes) {
        expect(write.startsWith("\r")).toBe(true);
        expect(write.endsWith("\u001b[K")).toBe(true);
        expect(write.length - "\r\u001b[K".length).toBeLessThan(width);
      }
    }
  });

  test("a thousand stages within a frame's time are one frame", () => {
    const { io, writes, clock } = recorder();
    const progress = liveProgress(io);
    progress.event({ kind: "executing", node: "5", classType: "KSampler" });
    for (let i = 0; i < 1000; i++) {
      clock.ms += 0.05;
      progress.event(stage(i));
    }
    expect(writes).toHaveLength(1);
  });

  test("other lines stand above, whole", () => {
    const { io, writes } = recorder();
    const progress = liveProgress(io);
    progress.event({ kind: "executing", node: "5", classType: "KSampler" });
    progress.line("warning: something");
    expect(writes).toEqual(["\rKSampler\u001b[K", "\r\u001b[K", "warning: something\n", "\rKSampler\u001b[K"]);
  });

  test("color unless NO_COLOR", () => {
    const { io, writes, clock } = recorder({ env: {} });
    play(liveProgress(io), clock);
    expect(writes.at(-2)).toContain("SamplerCustomAdvanced\u001b[2m  3/8");
    const plain = recorder();
    play(liveProgress(plain.io), plain.clock);
    expect(plain.writes.join("")).not.toContain("\u001b[2m");
  });
});

test("elsewhere: a line when a node is done", () => {
  const { io, writes, clock } = recorder({ terminal: false });
  play(plainProgress(io), clock);
  expect(writes).toMatchInlineSnapshot(`
    [
      "UNETLoader: 0.02 s
    ",
      "SamplerCustomAdvanced: 1.80 s, 3/8 steps, 0.40 s/it, 12.0 MB moved
    ",
    ]
  `);
});

test("elsewhere: a node that takes long says so every ten seconds, by its stage or its step", () => {
  const { io, writes, clock } = recorder({ terminal: false });
  const progress = plainProgress(io);
  progress.event({ kind: "executing", node: "5", classType: "KSampler" });
  for (let step = 1; step <= 8; step++) {
    clock.ms += 3000;
    progress.event(stage(0));
    clock.ms += 3000;
    if (step > 2) progress.event({ kind: "progress", node: "5", value: step - 2, max: 6 });
  }
  progress.event({ kind: "executing", node: "6", classType: "SaveImage" });
  clock.ms += 9000;
  progress.end();
  expect(writes).toMatchInlineSnapshot(`
    [
      "  KSampler: 15.0 s, single_blocks.1
    ",
      "  KSampler: 2/6 steps, 6.00 s/it
    ",
      "  KSampler: 4/6 steps, 6.00 s/it
    ",
      "KSampler: 48.0 s, 6/6 steps, 6.00 s/it
    ",
      "SaveImage: 9.00 s
    ",
    ]
  `);
});
