import { seededBugs } from "../../memory/seededBugs.ts";
import type { Bug, BugTest } from "./bug.ts";

const proof = (file: string, name?: string): BugTest => ({
  file: `test/proof/${file}.test.ts`,
  ...(name === undefined ? {} : { name }),
});
const beside = (file: string): BugTest => ({ file: `src/${file}.test.ts` });
const memory: readonly BugTest[] = [{ file: "src/memory" }];

/** Mistakes that streaming weights invites, from the file to the picture, each with the tests that are there to notice it. */
const acrossRooms: readonly Bug[] = [
  {
    id: "a lease's end ends all leases of its weights",
    file: "src/memory/createResidency.ts",
    from: "      record.holds--;\n      if (after",
    to: "      record.holds = 0;\n      if (after",
    tests: memory,
  },
  {
    id: "an acquire that failed gives one hold too few back",
    file: "src/memory/createResidency.ts",
    from: "for (const weight of use.weights) this.#state.table[weight]!.holds--;",
    to: "for (const weight of use.weights.slice(1)) this.#state.table[weight]!.holds--;",
    tests: memory,
  },
  {
    id: "leased weights may leave",
    file: "src/memory/leaveOrder.ts",
    from: "if (!leased) ranked.push",
    to: "ranked.push",
    tests: memory,
  },
  {
    id: "prefetch takes places that nearer steps need: past the window",
    file: "src/memory/prefetch.ts",
    from: "placeInRing(state, record, false)",
    to: "placeInRing(state, record, true)",
    tests: memory,
  },
  {
    id: "the ledger is credited twice for a chunk",
    file: "src/memory/pool.ts",
    from: '    this.#ledger.credit("weights", chunk.bytes);\n    this.bytes',
    to: '    this.#ledger.credit("weights", chunk.bytes);\n    this.#ledger.credit("weights", chunk.bytes);\n    this.bytes',
    tests: [{ file: "src/memory/faults.test.ts" }],
  },
  {
    id: "staging does not count against the ceiling",
    file: "src/memory/createLedger.ts",
    from: "if (bytes > 0 && used + bytes > ceiling)",
    to: 'if (kind !== "staging" && bytes > 0 && used + bytes > ceiling)',
    tests: [proof("books")],
  },
  {
    id: "each kind has the ceiling to itself",
    file: "src/memory/createLedger.ts",
    from: "if (bytes > 0 && used + bytes > ceiling)",
    to: "if (bytes > 0 && now[kind] + bytes > ceiling)",
    tests: [proof("books"), beside("memory/createLedger")],
  },
  {
    id: "what a run needs beside weights is not kept free for it",
    file: "src/memory/createResidency.ts",
    from: 'const besideBytes = ledger.used - ledger.usedBy("weights") + reserved;',
    to: 'const besideBytes = ledger.used - ledger.usedBy("weights");',
    tests: memory,
  },
  {
    id: "two loads share a staging buffer",
    file: "src/memory/loader.ts",
    from: "const kept = staging.pop();",
    to: "const kept = staging.at(-1);",
    tests: memory,
  },
  {
    id: "a weight is there before its upload is",
    file: "src/memory/loader.ts",
    from: "if (!job.cancelled) await upload(",
    to: "if (!job.cancelled) void upload(",
    tests: memory,
  },
  {
    id: "static skips a weight that is used",
    file: "src/memory/staticPlacement.ts",
    from: "pinned: new Set(order),",
    to: "pinned: new Set(order.slice(1)),",
    tests: [proof("static"), beside("memory/spreadPins")],
  },
  {
    id: "static loads in another order than dynamic would",
    file: "src/memory/createResidency.ts",
    from: 'for (const record of records) if (record.state === "placed") load(this.#state, record, "pin", false);',
    to: 'for (const record of records.reverse()) if (record.state === "placed") load(this.#state, record, "pin", false);',
    tests: [proof("static")],
  },
  {
    id: "a repeat runs once too often",
    file: "src/memory/cursor.ts",
    from: "if (this.#rounds[i]! + 1 < loops[i]!.n)",
    to: "if (this.#rounds[i]! < loops[i]!.n)",
    tests: [beside("memory/cursor")],
  },
  {
    id: "every weight is bound at the start of its chunk",
    file: "src/runtime/loadedModel.ts",
    from: "return { buffer: place.chunk, offset: place.offset };",
    to: "return { buffer: place.chunk, offset: 0 };",
    tests: [proof("faults", "undisturbed")],
  },
  {
    id: "weights may leave as soon as their program is submitted",
    file: "src/runtime/loadedModel.ts",
    from: "residency.release(lease, last && fenceOf(last));",
    to: "residency.release(lease);",
    tests: [proof("faults", "queued.*undisturbed")],
  },
  {
    id: "a fence is reached before its program ends",
    file: "src/runtime/loadedModel.ts",
    from: "return submission.done;",
    to: "return true;",
    tests: [proof("faults", "queued.*undisturbed")],
  },
  {
    id: "the first stage's activations are taken for the largest",
    file: "src/runtime/loadedModel.ts",
    from: "Math.max(...uses.map((use) => use.activationBytes))",
    to: "uses[0]!.activationBytes",
    tests: [proof("static")],
  },
  {
    id: "the first cond's activations are taken for all conds'",
    file: "src/runtime/loadedModel.ts",
    from: "activationBytes: Math.max(...compiled.map((c) => c.activationBytes[stage]!)),",
    to: "activationBytes: compiled[0]!.activationBytes[stage]!,",
    tests: [proof("faults", "undisturbed")],
  },
  {
    id: "refused activations stay charged",
    file: "src/runtime/loadedModel.ts",
    from: "    ledger.credit(kind, bytes);\n    throw new DeviceFullError",
    to: "    throw new DeviceFullError",
    tests: [proof("faults", "reference, unified.*activations")],
  },
  {
    id: "carried tensors of the first cond stay when there is no room for the second's",
    file: "src/runtime/loadedModel.ts",
    from: "      for (const buffer of buffers) this.#freeCarried(buffer);\n      announced.value.end();\n      throw error;",
    to: "      announced.value.end();\n      throw error;",
    tests: [proof("faults", "reference, unified.*carried")],
  },
  {
    id: "carried tensors are not aligned",
    file: "src/runtime/planCarried.ts",
    from: "Math.ceil(byteLength(pass.carried[name]!) / alignment) * alignment",
    to: "byteLength(pass.carried[name]!)",
    tests: [proof("carried")],
  },
  {
    id: "a carried tensor's place is taken while its last reader still reads",
    file: "src/runtime/planCarried.ts",
    from: "p.birth <= death && birth <= p.death",
    to: "p.birth <= death && birth < p.death",
    tests: [proof("carried"), beside("runtime/planCarried")],
  },
  {
    id: "the device's own reserve is forgotten",
    file: "src/runtime/createRuntime.ts",
    from: 'if (options.reserve) ledger.charge("reserve", options.reserve);',
    to: "",
    tests: [proof("books")],
  },
  {
    id: "a file that was replaced is taken for the one that is loaded",
    file: "src/runtime/createRuntime.ts",
    from: "known.model.kind === model.kind && known.model.source.identity === model.source.identity",
    to: "known.model.kind === model.kind",
    tests: [proof("faults", "changed")],
  },
  {
    id: "pieces of a widened weight are all read from its start",
    file: "src/runtime/fileStore.ts",
    from: "offset / 2 + done * 2",
    to: "offset / 2",
    tests: [proof("fileStore")],
  },
  {
    id: "a file that is written to while it is read is not noticed",
    file: "src/formats/safetensors.ts",
    from: "if (now.mtimeNs !== mtimeNs)",
    to: "if (now.mtimeNs < 0n)",
    tests: [beside("formats/safetensors")],
  },
  {
    id: "a file that is replaced while it is read is not noticed",
    file: "src/formats/safetensors.ts",
    from: "    await this.#expectUnchanged();\n",
    to: "",
    tests: [beside("formats/safetensors"), proof("faults", "changed")],
  },
  {
    id: "a read that brings less than was asked for starts over at the same place of the file",
    file: "src/formats/readFully.ts",
    from: "file.read(into, done, length, position + done)",
    to: "file.read(into, done, length, position)",
    tests: [beside("formats/readFully"), proof("faults", "short")],
  },
  {
    id: "a file that ends early leaves the rest of a weight as it was",
    file: "src/formats/readFully.ts",
    from: "    if (got === 0)\n      throw",
    to: "    if (got === 0) return;\n    if (got < 0)\n      throw",
    tests: [beside("formats/readFully"), proof("faults", "unified.*end")],
  },
  {
    id: "a job whose engine died is not run again",
    file: "src/engine/supervisor.ts",
    from: "attempt < 2; attempt++",
    to: "attempt < 1; attempt++",
    tests: [{ file: "test/engine/supervisor.test.ts", name: "death" }],
  },
];

/** All that `npm run bugs` hunts: these, and those of the residency core, which its own tests have to catch. */
export const bugs: readonly Bug[] = [
  ...acrossRooms,
  ...seededBugs.map(({ name, file, from, to }) => ({ id: name, file: `src/memory/${file}`, from, to, tests: memory })),
];
