import type { Plan, Policy } from "../../memory/policy.ts";
import { flatten, successions, type Track } from "../../memory/schedule.ts";
import { windowChunks } from "../../memory/windowChunks.ts";
import { type Bytes, fail, ok, type WeightId } from "../../memory/words.ts";

/**
 * A policy of whole stages, as peers have them: `candidates` lists which stages stay, the most first, and the first list that leaves room
 * for the window of the others is taken. It runs on the same core as ours, with the same window: what differs is what stays.
 * Everything fits: all of it is pinned. Where no list leaves room for a window of two stages, the window holds one.
 */
export function pinnedStages(name: string, candidates: (stages: number) => Iterable<readonly number[]>): Policy {
  return {
    name,
    plan(state, schedule) {
      const track = flatten(schedule);
      const all = new Set(track.uses.flatMap(({ weights }) => weights));
      const sum = (list: Iterable<WeightId>): Bytes =>
        [...list].reduce((bytes, weight) => bytes + state.bytes(weight), 0);
      const modelBytes = sum(all);
      const plan = (pinned: ReadonlySet<WeightId>, window: readonly Bytes[], ahead: boolean): Plan => ({
        policy: name,
        modelBytes,
        pinned,
        pinnedBytes: sum(pinned),
        windowBytes: window.reduce((a, b) => a + b, 0),
        windowChunks: window,
        ahead,
        eager: false,
      });
      if (modelBytes <= state.budget) return ok(plan(all, [], true));
      let needed = modelBytes;
      for (const ahead of [true, false]) {
        for (const stages of candidates(track.uses.length)) {
          const pinned = new Set(stages.flatMap((stage) => track.uses[stage]!.weights));
          const window = windowFor(track, pinned, state.bytes, state.maxChunkBytes, ahead);
          const found = plan(pinned, window, ahead);
          if (found.pinnedBytes + found.windowBytes <= state.budget) return ok(found);
          needed = Math.min(needed, found.pinnedBytes + found.windowBytes);
        }
      }
      const bytes = track.uses.map(({ weights }) => sum(new Set(weights)));
      const worst = bytes.indexOf(Math.max(...bytes));
      return fail({ stage: track.uses[worst]?.stage ?? "", needed, budget: state.budget });
    },
  };
}

/** The chunks of a ring for what is not pinned: two stages that may follow each other, or one. */
function windowFor(
  track: Track,
  pinned: ReadonlySet<WeightId>,
  bytesOf: (weight: WeightId) => Bytes,
  maxChunk: Bytes,
  ahead: boolean,
): readonly Bytes[] {
  const streamed = track.uses.map(({ weights }) => [...new Set(weights)].filter((weight) => !pinned.has(weight)));
  const bytes = streamed.map((list) => list.reduce((sum, weight) => sum + bytesOf(weight), 0));
  const largest = Math.max(0, ...streamed.flat().map(bytesOf));
  let most = Math.max(0, ...bytes);
  let count = Math.max(0, ...streamed.map((list) => list.length));
  if (ahead) {
    for (const [a, b] of successions(track)) {
      if (a === b) continue;
      most = Math.max(most, bytes[a]! + bytes[b]!);
      count = Math.max(count, streamed[a]!.length + streamed[b]!.length);
    }
  }
  return windowChunks(most, largest, count, maxChunk, ahead);
}
