import { endRun } from "./endRun.ts";
import { drop } from "./moves.ts";
import type { State } from "./state.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { ModelId } from "./words.ts";

/** `Residency.close`: waits for the model's leases, then for all that still reads or writes its bytes; its ids are never given again. */
export async function closeModel(state: State, model: ModelId): Promise<void> {
  const { table, pool, lock, releases } = state;
  const own = table.filter((r): r is WeightRecord => r?.model === model);
  const held = () => own.some((record) => record.holds > 0);
  for (let closed = false; !closed; ) {
    while (held()) await new Promise<void>((done) => releases.add(done));
    closed = await lock.run(async () => {
      // Acquired again while others were served: wait again.
      if (held()) return false;
      if (state.run !== null && own.some((record) => state.scheduled.has(record.id))) endRun(state, state.run);
      const reads: Promise<void>[] = [];
      for (const record of own) {
        const { ram: copy } = record;
        if (record.place !== null) drop(state, record, "closed");
        if (copy !== null) {
          state.ram.drop(copy, "closed");
          reads.push(copy.released.reached);
        }
        table[record.id] = null;
      }
      state.tracks.delete(model);
      state.wanted = state.wanted.filter((other) => other !== model);
      if (state.run === null && state.window.every(({ residents }) => residents.length === 0)) state.window = [];
      for (const chunk of [...pool.chunks]) {
        if (chunk.residents.length === 0 && !state.window.includes(chunk)) pool.shrink(chunk);
      }
      await pool.shrunk();
      await Promise.all(reads);
      return true;
    });
  }
}
