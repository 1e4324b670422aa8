/** One deliberate bug in src/memory: `from` occurs once in `file` and is replaced by `to`. */
export interface SeededBug {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Mistakes that a residency core invites. Each must be caught by the tests beside the code: `npm run bugs`. */
export const seededBugs: readonly SeededBug[] = [
  {
    name: "a place is written before its last reader is done",
    file: "pool.ts",
    from: "else if (range.start < start + record.size && start < range.end) (waits",
    to: "else if (range.start > range.end) (waits",
  },
  {
    name: "only the start of a busy range is looked at",
    file: "pool.ts",
    from: "start < range.end)",
    to: "start + record.size < range.end)",
  },
  {
    name: "a chunk is freed before its last reader is done",
    file: "pool.ts",
    from: "if (pending.length === 0) {",
    to: "if (pending.length >= 0) {",
  },
  {
    name: "a second reader's fence replaces the first",
    file: "release.ts",
    from: "else record.fences = [...(record.fences ?? []).filter((other) => !other.done), fence];",
    to: "else record.fence = fence;",
  },
  {
    name: "the place of a load that runs is used again",
    file: "pool.ts",
    from: "if (record.load) busy(record.load.settled);",
    to: "",
  },
  {
    name: "the budget ignores what a run announced beside weights",
    file: "state.ts",
    from: "Math.max(beside, run?.besideBytes ?? 0)",
    to: "beside",
  },
  {
    name: "off by one in a lease count: one other lease does not protect",
    file: "ring.ts",
    from: "if (record.holds === (held.get(record.id) ?? 0)) evict",
    to: "if (record.holds <= 1) evict",
  },
  {
    name: "the ring takes the place of leased weights",
    file: "ring.ts",
    from: "other.holds > 0 || ",
    to: "",
  },
  {
    name: "a prefetch that failed counts as resident",
    file: "moves.ts",
    from: "if (error === undefined) {",
    to: "if (error === undefined || record.holds === 0) {",
  },
  {
    name: "of models that come, who is used more often makes way",
    file: "leaveOrder.ts",
    from: "a.value - b.value ||",
    to: "b.value - a.value ||",
  },
  {
    name: "every weight of a model that has not run is taken for a stage of its own",
    file: "likelySchedule.ts",
    from: "BLOCK.exec(name)?.[0] ?? name",
    to: "name",
  },
  {
    name: "what is read to make a weight of it is not counted",
    file: "createEventLog.ts",
    from: "count.readBytes += event.bytes;",
    to: "",
  },
  {
    name: "what was called off stays counted as dropped",
    file: "createEventLog.ts",
    from: 'if (event.to === "vram" && left.has(event.weight))',
    to: "if (event.bytes < 0)",
  },
  {
    name: "a read that never was stays counted",
    file: "ramTier.ts",
    from: "copy.unread?.();",
    to: "",
  },
  {
    name: "a weight that leaves is still being loaded",
    file: "moves.ts",
    from: "  record.load?.cancel();\n  state.pool.take(record);",
    to: "  state.pool.take(record);",
  },
  {
    name: "loads run ahead into the next pass",
    file: "prefetch.ts",
    from: "ahead.lapStep > 0)) return;",
    to: "ahead.lapStep > 1)) return;",
  },
  {
    name: "weights of one stage share bytes of the window",
    file: "windowPlaces.ts",
    from: "a.offset + a.size > b.offset",
    to: "a.offset > b.offset",
  },
  {
    name: "the ledger is not credited for a freed chunk",
    file: "pool.ts",
    from: '    this.#ledger.credit("weights", chunk.bytes);\n    this.bytes',
    to: "    this.bytes",
  },
  {
    name: "a refused chunk stays charged",
    file: "pool.ts",
    from: 'if (short === null) this.#ledger.credit("weights", bytes);',
    to: "",
  },
  {
    name: "another model leaves although there is room",
    file: "arrange.ts",
    from: "      if (bytes <= limit) break;\n",
    to: "      if (bytes < limit) break;\n",
  },
  {
    name: "what streamed leaves a step late",
    file: "moves.ts",
    from: "record.neededUntil < step) drop",
    to: "record.neededUntil < step - 1) drop",
  },
  {
    name: "an acquire that failed keeps its holds",
    file: "acquire.ts",
    from: "      if (held !== null) unhold(state, use);\n      throw error;",
    to: "      throw error;",
  },
  {
    name: "an upload is not tried again",
    file: "loader.ts",
    from: "if (attempt === 2)",
    to: "if (attempt >= 1)",
  },
  {
    name: "a budget that falls is ignored until the next run",
    file: "setBudget.ts",
    from: 'if (state.run !== null) state.replan = smaller ? "budget" : (state.replan ?? "replan");',
    to: "if (state.run !== null) state.replan = state.replan;",
  },
  {
    name: "a load that is called off leaves no drop in the log",
    file: "moves.ts",
    from: 'if (record.state === "loading" || record.state === "resident") logDrop',
    to: 'if (record.state === "resident") logDrop',
  },
  {
    name: "sizes are not rounded up to the alignment",
    file: "registerModel.ts",
    from: "Math.max(1, Math.ceil(bytes / memory.alignment)) * memory.alignment",
    to: "bytes",
  },
  {
    name: "a use that waits is satisfied when its first weight is there",
    file: "acquire.ts",
    from: "for (const loaded of loads) await loaded;",
    to: "await loads[0];",
  },
  {
    name: "RAM keeps what vram pins anyway and reads again what streams",
    file: "ramRank.ts",
    from: "if (run !== null && ramPinned.has(id)) return 3;",
    to: "",
  },
  {
    name: "a copy's memory is given back while a load reads it",
    file: "ramTier.ts",
    from: "if (copy.users > 0 || copy.released.done) return;",
    to: "if (copy.released.done) return;",
  },
  {
    name: "a new copy does not wait for the memory of those that left",
    file: "ramTier.ts",
    from: "if (this.#leaving.size === 0) return null;",
    to: "if (this.#leaving.size >= 0) return null;",
  },
  {
    name: "a copy that was never read counts as full",
    file: "loader.ts",
    from: "if (!copy.full) {",
    to: "if (copy.block === undefined) {",
  },
  {
    name: "a new plan's pins push out what lies beside a leased weight although there is room",
    file: "arrange.ts",
    from: "if (plan.windowBytes + sum(inUse) + sum(added) <= limit) {",
    to: "if (plan.windowBytes + sum(inUse) + sum(added) < 0) {",
  },
  {
    name: "a load that was called off before it began counts as moved",
    file: "loader.ts",
    from: "if (!job.begun) told.unbegun();",
    to: "",
  },
  {
    name: "thrash is told with each pass",
    file: "thrashWatch.ts",
    from: "        told = true;\n",
    to: "",
  },
  {
    name: "a job ends because other programs take the device's memory",
    file: "adopt.ts",
    from: "if (limit < hard && state.floor < needed) {",
    to: "if (limit < hard && state.floor < needed && limit > hard) {",
  },
  {
    name: "what other programs take is left to them only by the next run",
    file: "followDevice.ts",
    from: 'if (state.run !== null) state.replan = after < before ? "budget" : (state.replan ?? "replan");',
    to: "if (state.run !== null) return;",
  },
  {
    name: "what is read ahead pushes copies out of RAM",
    file: "moves.ts",
    from: 'ram.enter(record, tenant, reason !== "ahead")',
    to: "ram.enter(record, tenant)",
  },
  {
    name: "idle reads do not step aside",
    file: "lane.ts",
    from: "return !this.#queues.urgent.isEmpty || !this.#queues.normal.isEmpty;",
    to: "return false;",
  },
  {
    name: "what somebody waits for is read after what a schedule will need",
    file: "lane.ts",
    from: "urgent.next() ?? normal.next() ?? idle.next()",
    to: "normal.next() ?? urgent.next() ?? idle.next()",
  },
  {
    name: "a copy does not wait for the memory of what left when RAM's budget fell",
    file: "ramTier.ts",
    from: "return copy.gone || copy.block !== null || this.#hasRoom(copy) ? null : this.cleared();",
    to: "return null;",
  },
  {
    name: "a run of a model calls off what was read ahead of the rest of it",
    file: "readAhead.ts",
    from: 'kept.add(state.table[weight]?.model ?? "");',
    to: 'kept.add("");',
  },
  {
    name: "what is read ahead takes room that is not there",
    file: "readAhead.ts",
    from: "const room = weightLimit(state) - pool.bytes;",
    to: "const room = weightLimit(state);",
  },
  {
    name: "the end of a run calls off what is read ahead for the next",
    file: "endRun.ts",
    from: 'if (!record.load!.begun && record.load!.rank !== "idle") retract',
    to: "if (!record.load!.begun) retract",
  },
  {
    name: "a model that is used once pushes out one that comes back",
    file: "adopt.ts",
    from: "const plan = sparing?.plan ?? planned.value;",
    to: "const plan = planned.value;",
  },
  {
    name: "RAM keeps what vram holds as long as what only it holds",
    file: "ramRank.ts",
    from: "if (chunk !== null && !window.includes(chunk)) return 0;",
    to: "",
  },
];
