import { drop, evict } from "./moves.ts";
import { ownHolds } from "./ownHolds.ts";
import { gaps } from "./pool.ts";
import type { State } from "./state.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Use } from "./words.ts";

/**
 * The weight's own place in the window, where the plan has one for it. Else the next place, the window taken as a ring: stages come and leave in the
 * same order, so that what is free is one range and nothing is lost to fragments. What is in the way leaves if nobody holds it and, unless
 * `urgent`, no step that loads have looked ahead to needs it.
 * False, and nothing has changed, when something that must stay is in the way.
 */
export function placeInRing(state: State, record: WeightRecord, urgent: boolean): boolean {
  const { window, head } = state;
  const own = state.plan?.places?.get(record.id);
  if (window.every((chunk) => chunk.residents.length === 0)) head.chunk = head.offset = 0;
  for (let attempt = 0; attempt <= (own === undefined ? window.length : 0); attempt++) {
    const index = own?.chunk ?? (attempt === 0 ? head.chunk : (head.chunk + attempt) % window.length);
    const offset = own?.offset ?? (attempt === 0 ? head.offset : 0);
    const chunk = window[index];
    if (chunk === undefined || offset + record.size > chunk.bytes) continue;
    const inTheWay = chunk.residents.filter(
      (other) => other.place!.offset < offset + record.size && offset < other.place!.offset + other.size,
    );
    const step = state.run?.cursor.step ?? Number.POSITIVE_INFINITY;
    if (inTheWay.some((other) => other.holds > 0 || (!urgent && other.neededUntil >= step))) return false;
    for (const other of inTheWay) drop(state, other, other.used ? "used" : "room");
    state.pool.put(record, chunk, offset);
    head.chunk = index;
    head.offset = offset + record.size;
    return true;
  }
  return false;
}

/**
 * The window cleared for one acquire: what nobody else holds leaves, the acquire's own streamed weights included, and all of them are
 * placed anew, largest first. Fits whenever no other lease is in the window and the window was planned for this use. The use's weights
 * are held by this acquire. False: some found no place (those that did keep it).
 */
export function repackWindow(state: State, use: Use): boolean {
  const { window, table } = state;
  const held = ownHolds(use);
  for (const { residents } of window) {
    for (let i = residents.length - 1; i >= 0; i--) {
      const record = residents[i]!;
      if (record.holds === (held.get(record.id) ?? 0)) evict(state, record, "room");
    }
  }
  let all = true;
  const missing = [...held.keys()].map((weight) => table[weight]!).filter((record) => record.state === "absent");
  for (const record of missing.sort((a, b) => b.size - a.size)) {
    const gap = window.flatMap((chunk) => gaps(chunk, () => true)).find(({ bytes }) => bytes >= record.size);
    if (gap === undefined) all = false;
    else state.pool.put(record, gap.chunk, gap.offset);
  }
  // The ring goes on behind what was placed last in it.
  const last = window.findIndex((chunk) => chunk.residents.length > 0);
  const end = window[last]?.residents.at(-1);
  state.head.chunk = Math.max(0, last);
  state.head.offset = end === undefined ? 0 : end.place!.offset + end.size;
  return all;
}
