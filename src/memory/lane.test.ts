import { expect, test } from "vitest";
import { Lane, type LaneJob, type Ran, type Rank } from "./lane.ts";

const settle = () => new Promise<void>((done) => setImmediate(done));

/** Jobs of several pieces, each ended by hand; idle ones step aside where they can. */
function board(width: number) {
  const lane = new Lane(width);
  const log: string[] = [];
  const open: (() => void)[] = [];
  const add = (name: string, rank: Rank, pieces: number): LaneJob => {
    const job: LaneJob = {
      rank,
      state: "waiting",
      lane: null,
      async run(): Promise<Ran> {
        while (pieces > 0) {
          if (job.rank === "idle" && job.lane!.pressed) return "later";
          log.push(name);
          await new Promise<void>((done) => open.push(done));
          pieces--;
        }
        return "done";
      },
      end: () => log.push(`${name} ends`),
    };
    lane.add(job);
    return job;
  };
  const piece = async () => {
    open.shift()?.();
    await settle();
  };
  return { lane, log, add, piece };
}

test("an idle job steps aside after the piece it is at, and goes on where it was", async () => {
  const { log, add, piece } = board(1);
  add("idle", "idle", 3);
  add("a", "normal", 2);
  for (let i = 0; i < 5; i++) await piece();
  expect(log).toEqual(["idle", "a", "a", "a ends", "idle", "idle", "idle ends"]);
});

test("urgent before normal before idle, each in order; a rank that rises moves ahead, once", async () => {
  const { lane, log, add, piece } = board(1);
  add("first", "normal", 1);
  const late = add("late", "idle", 1);
  add("idle", "idle", 1);
  add("b", "normal", 1);
  add("c", "urgent", 1);
  late.rank = "normal";
  lane.requeue(late);
  for (let i = 0; i < 5; i++) await piece();
  expect(log.filter((line) => !line.includes("ends"))).toEqual(["first", "c", "b", "late", "idle"]);
});

test("what waits for nothing else takes every place of the lane", async () => {
  const { log, add, piece } = board(2);
  add("x", "idle", 2);
  add("y", "idle", 2);
  for (let i = 0; i < 4; i++) await piece();
  expect(log).toEqual(["x", "y", "x", "y", "x ends", "y ends"]);
});
