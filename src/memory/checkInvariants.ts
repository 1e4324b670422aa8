import type { State } from "./state.ts";
import type { Bytes } from "./words.ts";

/** What must hold between any two calls. Throws on the first thing that does not; slow, for tests. */
export function checkInvariants(state: State): void {
  const { pool, table, ledger, memory, window, budget } = state;
  const check = (holds: boolean, what: string) => {
    if (!holds) throw new Error(`invariant: ${what}`);
  };
  let chunkBytes: Bytes = 0;
  let placed = 0;
  for (const chunk of pool.chunks) {
    chunkBytes += chunk.bytes;
    let end: Bytes = 0;
    for (const record of chunk.residents) {
      placed++;
      check(table[record.id] === record, `${record.name} lies in a chunk and is not registered`);
      check(record.chunk === chunk, `${record.name} lies in a chunk that is not its own`);
      const place = record.place!;
      check(place.chunk === chunk.chunk && place.bytes === record.bytes, `the place of ${record.name} is another's`);
      check(place.offset % memory.alignment === 0, `${record.name} at ${place.offset} is not aligned`);
      check(place.offset >= end, `${record.name} at ${place.offset} overlaps what ends at ${end}`);
      end = place.offset + record.size;
    }
    check(end <= chunk.bytes, `a chunk of ${chunk.bytes} bytes is filled to ${end}`);
  }
  check(
    pool.isShrinking ? chunkBytes <= pool.bytes : chunkBytes === pool.bytes,
    `chunks are ${chunkBytes} bytes, counted ${pool.bytes}`,
  );
  check(ledger.usedBy("weights") === pool.bytes, `the ledger has ${ledger.usedBy("weights")} of ${pool.bytes} bytes`);
  check(
    ledger.ceiling !== budget.vram || ledger.peak <= ledger.ceiling || ledger.used <= ledger.peak,
    "peak below use",
  );
  for (const record of table) {
    if (record === null) continue;
    check(Number.isInteger(record.holds) && record.holds >= 0, `${record.name} has ${record.holds} holds`);
    check(
      (record.state === "absent") === (record.place === null),
      `${record.name} is ${record.state} with a place, or without`,
    );
    check(
      (record.state === "loading") === (record.load !== null),
      `${record.name} is ${record.state} with a load, or without`,
    );
    if (record.place !== null) placed--;
  }
  check(placed === 0, `${placed} weights more lie in chunks than have a place`);
  for (const chunk of window) check(pool.chunks.includes(chunk), "a chunk of the window is not in the pool");
}
