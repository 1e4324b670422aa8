import { Cursor } from "../memory/cursor.ts";
import { flatten } from "../memory/schedule.ts";
import type { Schedule, Use } from "../memory/words.ts";

/** The uses of a schedule as they will happen, one after the other; at most `most` of them, where the schedule does not end by itself. */
export function unroll(schedule: Schedule, most = Number.POSITIVE_INFINITY): readonly Use[] {
  const cursor = new Cursor(flatten(schedule));
  const uses: Use[] = [];
  while (uses.length < most && cursor.advance()) uses.push(cursor.use!);
  return uses;
}
