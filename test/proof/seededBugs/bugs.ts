import { seededBugs } from "../../memory/seededBugs.ts";
import type { Bug, BugTest } from "./bug.ts";

const proof = (file: string, name?: string): BugTest => ({
  file: `test/proof/${file}.test.ts`,
  ...(name === undefined ? {} : { name }),
});
const lora = (file: string, name?: string): BugTest => ({
  file: `test/lora/${file}.test.ts`,
  ...(name === undefined ? {} : { name }),
});
const beside = (file: string): BugTest => ({ file: `src/${file}.test.ts` });
const memory: readonly BugTest[] = [{ file: "src/memory" }];

/** Mistakes that streaming weights invites, from the file to the picture, each with the tests that are there to notice it. */
const acrossRooms: readonly Bug[] = [
  {
    id: "a lease's end ends all leases of its weights",
    where: "src/memory",
    from: "    record.holds--;\n    if (after",
    to: "    record.holds = 0;\n    if (after",
    tests: memory,
  },
  {
    id: "an acquire that failed gives one hold too few back",
    where: "src/memory",
    from: "for (const weight of use.weights) state.table[weight]!.holds--;",
    to: "for (const weight of use.weights.slice(1)) state.table[weight]!.holds--;",
    tests: memory,
  },
  {
    id: "leased weights may leave",
    where: "src/memory",
    from: "if (!leased) ranked.push",
    to: "ranked.push",
    tests: memory,
  },
  {
    id: "prefetch takes places that nearer steps need: past the window",
    where: "src/memory",
    from: "placeInRing(state, record, false)",
    to: "placeInRing(state, record, true)",
    tests: memory,
  },
  {
    id: "the ledger is credited twice for a chunk",
    where: "src/memory",
    from: '    this.#ledger.credit("weights", chunk.bytes);\n    this.bytes',
    to: '    this.#ledger.credit("weights", chunk.bytes);\n    this.#ledger.credit("weights", chunk.bytes);\n    this.bytes',
    tests: [{ file: "src/memory/faults.test.ts" }],
  },
  {
    id: "staging does not count against the ceiling",
    where: "src/memory",
    from: "if (bytes > 0 && used + bytes > ceiling)",
    to: 'if (kind !== "staging" && bytes > 0 && used + bytes > ceiling)',
    tests: [proof("books")],
  },
  {
    id: "each kind has the ceiling to itself",
    where: "src/memory",
    from: "if (bytes > 0 && used + bytes > ceiling)",
    to: "if (bytes > 0 && now[kind] + bytes > ceiling)",
    tests: [proof("books"), beside("memory/createLedger")],
  },
  {
    id: "what a run needs beside weights is not kept free for it",
    where: "src/memory",
    from: 'const besideBytes = ledger.used - ledger.usedBy("weights") + reserved;',
    to: 'const besideBytes = ledger.used - ledger.usedBy("weights");',
    tests: memory,
  },
  {
    id: "two loads share a staging buffer",
    where: "src/memory",
    from: "const kept = staging.pop();",
    to: "const kept = staging.at(-1);",
    tests: memory,
  },
  {
    id: "a weight is there before its upload is",
    where: "src/memory",
    from: "if (!job.cancelled) await upload(",
    to: "if (!job.cancelled) void upload(",
    tests: memory,
  },
  {
    id: "static skips a weight that is used",
    where: "src/memory",
    from: "pinned: new Set(order),",
    to: "pinned: new Set(order.slice(1)),",
    tests: [proof("static"), beside("memory/spreadPins")],
  },
  {
    id: "a plan takes copies to begin before the places they need are free",
    where: "src/memory/passTime.ts",
    from: "from = Math.max(from, stage[j]! + 1 - (i - back < 0 ? n : 0));",
    to: "from = Math.max(from, stage[j]! - (i - back < 0 ? n : 0));",
    tests: [beside("planner/passTime")],
  },
  {
    id: "static loads in another order than dynamic would",
    where: "src/memory",
    from: 'for (const record of records) if (record.state === "placed") load(state, record, "pin", false);',
    to: 'for (const record of records.reverse()) if (record.state === "placed") load(state, record, "pin", false);',
    tests: [proof("static")],
  },
  {
    id: "a repeat runs once too often",
    where: "src/memory",
    from: "if (this.#rounds[i]! + 1 < loops[i]!.n)",
    to: "if (this.#rounds[i]! < loops[i]!.n)",
    tests: [beside("memory/cursor")],
  },
  {
    id: "every weight is bound at the start of its chunk",
    where: "src/runtime",
    from: "return { buffer: place.chunk, offset: place.offset };",
    to: "return { buffer: place.chunk, offset: 0 };",
    tests: [proof("faults", "undisturbed")],
  },
  {
    id: "weights may leave as soon as their program is submitted",
    where: "src/runtime",
    from: "residency.release(lease, last && fenceOf(last));",
    to: "residency.release(lease);",
    tests: [proof("faults", "queued.*undisturbed")],
  },
  {
    id: "a fence is reached before its program ends",
    where: "src/runtime",
    from: "return submission.done;",
    to: "return true;",
    tests: [proof("faults", "queued.*undisturbed")],
  },
  {
    id: "the first stage's activations are taken for the largest",
    where: "src/runtime",
    from: "Math.max(...uses.map((use) => use.activationBytes))",
    to: "uses[0]!.activationBytes",
    tests: [proof("static")],
  },
  {
    id: "the first cond's activations are taken for all conds'",
    where: "src/runtime",
    from: "activationBytes: Math.max(...compiled.map((c) => c.activationBytes[stage]!)),",
    to: "activationBytes: compiled[0]!.activationBytes[stage]!,",
    tests: [proof("faults", "undisturbed")],
  },
  {
    id: "refused activations stay charged",
    where: "src/runtime",
    from: "    ledger.credit(kind, bytes);\n    throw new DeviceFullError",
    to: "    throw new DeviceFullError",
    tests: [proof("faults", "reference, unified.*activations")],
  },
  {
    id: "carried tensors of the first cond stay when there is no room for the second's",
    where: "src/runtime",
    from: "      for (const buffer of buffers) this.#freeCarried(buffer);\n      announced.value.end();\n      throw error;",
    to: "      announced.value.end();\n      throw error;",
    tests: [proof("faults", "reference, unified.*carried")],
  },
  {
    id: "carried tensors are not aligned",
    where: "src/runtime",
    from: "Math.ceil(byteLength(pass.carried[name]!) / alignment) * alignment",
    to: "byteLength(pass.carried[name]!)",
    tests: [proof("carried")],
  },
  {
    id: "a carried tensor's place is taken while its last reader still reads",
    where: "src/runtime",
    from: "p.birth <= death && birth <= p.death",
    to: "p.birth <= death && birth < p.death",
    tests: [proof("carried"), beside("runtime/planCarried")],
  },
  {
    id: "the device's own reserve is forgotten",
    where: "src/runtime",
    from: 'if (options.reserve) ledger.charge("reserve", options.reserve);',
    to: "",
    tests: [proof("books")],
  },
  {
    id: "a file that was replaced is taken for the one that is loaded",
    where: "src/runtime",
    from: "known?.identity === identity\n          ? known",
    to: "known !== undefined\n          ? known",
    tests: [proof("faults", "changed")],
  },
  {
    id: "pieces of a widened weight are all read from its start",
    where: "src/runtime",
    from: "offset / 2 + done * 2",
    to: "offset / 2",
    tests: [proof("fileStore")],
  },
  {
    id: "a file that is written to while it is read is not noticed",
    where: "src/formats",
    from: "if (now.mtimeNs !== mtimeNs)",
    to: "if (now.mtimeNs < 0n)",
    tests: [beside("formats/safetensors")],
  },
  {
    id: "a file that is replaced while it is read is not noticed",
    where: "src/formats",
    from: "    await this.#expectUnchanged();\n",
    to: "",
    tests: [beside("formats/safetensors"), proof("faults", "changed")],
  },
  {
    id: "a read that brings less than was asked for starts over at the same place of the file",
    where: "src/formats",
    from: "file.read(into, done, length, position + done)",
    to: "file.read(into, done, length, position)",
    tests: [beside("formats/readFully"), proof("faults", "short")],
  },
  {
    id: "a file that ends early leaves the rest of a weight as it was",
    where: "src/formats",
    from: "    if (got === 0)\n      throw",
    to: "    if (got === 0) return;\n    if (got < 0)\n      throw",
    tests: [beside("formats/readFully"), proof("faults", "unified.*end")],
  },
  {
    id: "a job whose engine died is not run again",
    where: "src/engine",
    from: "attempt < 2; attempt++",
    to: "attempt < 1; attempt++",
    tests: [{ file: "test/engine/supervisor.test.ts", name: "death" }],
  },
];

/** Mistakes that side terms invite: what a LoRA adds lost, doubled or on the wrong rows. */
const loras: readonly Bug[] = [
  {
    id: "LoRA: a layer in pieces has the first rows' terms everywhere",
    where: "src/tensor/graph.ts",
    from: "return { terms, first, rows: tensor.shape.at(-2)! };",
    to: "return { terms, first: 0, rows: tensor.shape.at(-2)! };",
    tests: [lora("layers")],
  },
  {
    id: "LoRA: another strength finds the old program",
    where: "src/models/lora/loraTerms.ts",
    from: "=> [idOf(lora), strength]",
    to: "=> [idOf(lora), strength > 0]",
    tests: [lora("moves", "what moves")],
  },
  {
    id: "LoRA: alpha is not divided by the rank",
    where: "src/models/lora/open.ts",
    from: "(await this.#number(alpha)) / rank",
    to: "await this.#number(alpha)",
    tests: [lora("layers")],
  },
  {
    id: "LoRA: a DoRA divides by the length of the model's row, whatever lies between",
    where: "src/models/lora/adaptLayer.ts",
    from: "const parts = this.#coefficients(n - 1);",
    to: "const parts = this.#coefficients(0);",
    tests: [lora("layers", "DoRA on a LoRA")],
  },
  {
    id: "LoRA: llama.cpp's order of rows is forgotten",
    where: "src/models/lora/textTargets.ts",
    from: "if (!neighbours) return undefined;",
    to: "if (neighbours) return undefined;",
    tests: [lora("text")],
  },
  {
    id: "LoRA: the steps of a sampling are not told",
    where: "src/nodes/sampling/flux2Runs.ts",
    from: "signal: this.#signal, ...toldOf(model.adapters) }",
    to: "signal: this.#signal }",
    tests: [{ file: "test/nodes/lora.test.ts", name: "samples otherwise" }],
  },
];

/** All that `npm run bugs` hunts: these, and those of the residency core, which its own tests have to catch. */
export const bugs: readonly Bug[] = [
  ...acrossRooms,
  ...loras,
  ...seededBugs.map(({ name, file, from, to }) => ({
    id: name,
    where: `src/memory/${file}`,
    from,
    to,
    tests: memory,
  })),
];
