import { expect, test } from "vitest";
import { bench, brief, passes, registerStages, step } from "./testing/bench.ts";
import { type Happening, needlessReads } from "./testing/needlessReads.ts";
import type { Bytes } from "./words.ts";

const stagesOf = (count: number, sizes: readonly Bytes[]) =>
  Array.from({ length: count }, (_, i) => sizes.map((bytes) => bytes + (i % 3)));

/** Two transformers, two text encoders and a VAE: stages, and passes a prompt. */
const MODELS = {
  clip: { stages: stagesOf(4, [20, 4]), n: 1 },
  qwen: { stages: stagesOf(8, [30, 12]), n: 1 },
  klein: { stages: stagesOf(8, [24, 24, 2]), n: 3 },
  dev: { stages: stagesOf(12, [32, 24, 2]), n: 3 },
  vae: { stages: stagesOf(3, [10, 6]), n: 1 },
};
type Name = keyof typeof MODELS;
const names = Object.keys(MODELS) as Name[];
const total = names.flatMap((name) => MODELS[name].stages.flat()).reduce((sum, bytes) => sum + bytes, 0);
const STAGING = 2 * 34;

function draws(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** Prompts over text encoder, transformer, VAE; every so often another pair. `told`: the caller says what comes next. */
async function prompts(count: number, vramShare: number, ramShare: number, told: boolean, draw: (n: number) => number) {
  const happenings: Happening[] = [];
  const weights = Math.ceil(total * vramShare);
  const ram = Math.ceil(total * ramShare) + STAGING;
  const b = bench({ weights, ram, see: (weight) => happenings.push({ kind: "read", weight }) });
  b.events.listen((event) => happenings.push(event));
  const uses = Object.fromEntries(names.map((name) => [name, registerStages(b.residency, name, MODELS[name].stages)]));
  let pair: Name[] = ["qwen", "dev"];
  const held: { vram: Bytes; ram: Bytes }[] = [];
  for (let prompt = 0; prompt < count; prompt++) {
    if (draw(3) === 0) pair = draw(2) === 0 ? ["clip", "klein"] : ["qwen", "dev"];
    const chain: Name[] = [...pair, "vae"];
    for (const [i, name] of chain.entries()) {
      if (told) b.residency.announceNext([...chain.slice(i + 1), ...chain.slice(0, i + 1)]);
      const { n } = MODELS[name];
      const announced = await b.residency.announce(passes(uses[name]!, n), 0);
      if (!announced.ok) throw new Error(`${name} does not fit`);
      for (let pass = 0; pass < n; pass++) for (const use of uses[name]!) await step(b, use);
      announced.value.end();
    }
    held.push({ vram: b.memory.liveBytes, ram: b.host.liveBytes });
  }
  expect(b.memory.peakBytes).toBeLessThanOrEqual(weights);
  expect(b.host.peakBytes).toBeLessThanOrEqual(ram);
  // The books say the same, and closing every model gives all of it back.
  expect(held.at(-1)).toEqual({ vram: b.residency.stats().chunkBytes, ram: b.ram.ledger.used });
  for (const name of names) await b.residency.close(name);
  expect([b.memory.liveBytes, b.ram.used]).toEqual([0, 0]);
  return { ...b.events.counters(), needless: needlessReads(happenings, b.ram.limit) };
}

test("100 prompts over two transformers, two text encoders and a VAE, at random budgets: memory is flat, nothing is read twice that RAM could hold", async () => {
  const draw = draws(7);
  for (let run = 0; run < 6; run++) {
    const [vram, ram] = [0.2 + draw(70) / 100, draw(110) / 100];
    const { needless, readBytes, movedBytes } = await prompts(100, vram, ram, run % 2 === 0, draw);
    expect(needless).toEqual([]);
    expect(readBytes).toBeLessThanOrEqual(movedBytes);
  }
});

test("RAM that holds all of them reads each once, however long it goes on", async () => {
  expect((await prompts(20, 0.3, 1, false, draws(3))).readBytes).toBe(total);
});

test("RAM saves reads at every budget, and the more the larger it is", async () => {
  const reads: Bytes[] = [];
  for (const ram of [0, 0.3, 0.6, 0.9]) reads.push((await prompts(30, 0.3, ram, false, draws(5))).readBytes);
  for (let i = 1; i < reads.length; i++) expect(reads[i]).toBeLessThan(reads[i - 1]!);
});

const one = (bytes: Bytes) => [[bytes], [bytes]];

test("a model that comes next stays where another one makes way", async () => {
  for (const told of [false, true]) {
    const b = bench({ weights: 400 });
    const [a, second, third] = ["a", "b", "c"].map((name) => registerStages(b.residency, name, one(100)));
    for (const uses of [a!, second!]) {
      const announced = await b.residency.announce(passes(uses, 2), 0);
      for (const use of uses) await step(b, use);
      if (announced.ok) announced.value.end();
    }
    if (told) b.residency.announceNext(["a"]);
    await b.residency.announce(passes(third!, 2), 0);
    const left = brief(b.events.recent()).filter((line) => line.includes("-"));
    expect(left).toEqual(told ? ["4 -2 room", "4 -3 room"] : ["4 -0 room", "4 -1 room"]);
  }
});

test("what comes back from RAM leaves vram before what has to be read", async () => {
  const b = bench({ weights: 400, ram: 200 + 200 });
  const [first, second, third] = ["a", "b", "c"].map((name) => registerStages(b.residency, name, one(100)));
  for (const uses of [first!, second!]) {
    const announced = await b.residency.announce(passes(uses, 2), 0);
    for (const use of uses) await step(b, use);
    if (announced.ok) announced.value.end();
  }
  // RAM has the first model's weights: used longer ago, too. Used again, they are the newer ones.
  const again = await b.residency.announce(passes(first!, 2), 0);
  for (const use of first!) await step(b, use);
  if (again.ok) again.value.end();
  await b.residency.announce(passes(third!, 2), 0);
  const left = brief(b.events.recent()).filter((line) => / -/.test(line));
  expect(left).toEqual(["6 -0 room", "6 -1 room"]);
});

test("copies of a model that nobody has asked for in many runs make way for what is read", async () => {
  const b = bench({ weights: 200, ram: 200 + 200 });
  const [old, first, second] = ["old", "a", "b"].map((name) => registerStages(b.residency, name, one(100)));
  const run = async (uses: typeof old) => {
    const announced = await b.residency.announce(passes(uses!, 2), 0);
    for (const use of uses!) await step(b, use);
    if (announced.ok) announced.value.end();
  };
  await run(old);
  for (let i = 0; i < 4; i++) for (const uses of [first, second]) await run(uses);
  expect(b.residency.stats().inRam).toEqual([0, 1]);
  for (let i = 0; i < 6; i++) for (const uses of [first, second]) await run(uses);
  expect(b.residency.stats().inRam).not.toContain(0);
});

/** What a prompt of encoder, transformer (four passes) and VAE reads once all is in its place; and the least that any policy reads. */
async function steadyReads(vramShare: number, ramShare: number, told: boolean, ahead: boolean) {
  const chain = {
    encoder: { stages: stagesOf(16, [15, 15, 6, 6]), n: 1 },
    transformer: { stages: stagesOf(24, [16, 12, 12, 2]), n: 4 },
    vae: { stages: stagesOf(3, [10, 6]), n: 1 },
  };
  const order = Object.keys(chain) as (keyof typeof chain)[];
  const sizes = order.map((name) => chain[name].stages.flat().reduce((a, b) => a + b, 0));
  const all = sizes.reduce((a, b) => a + b, 0);
  const [weights, ram] = [Math.ceil(all * vramShare), Math.ceil(all * ramShare)];
  const b = bench({ weights, ram: ram + 2 * 18 });
  const uses = order.map((name) => registerStages(b.residency, name, chain[name].stages));
  let before = 0;
  for (let prompt = 0; prompt < 5; prompt++) {
    if (prompt === 3) before = b.events.counters().readBytes;
    for (const [i, name] of order.entries()) {
      const next = [...order.slice(i + 1), ...order.slice(0, i + 1)];
      if (told) b.residency.announceNext(next);
      const announced = await b.residency.announce(passes(uses[i]!, chain[name].n), 0);
      if (!announced.ok) throw new Error(`${name} does not fit`);
      if (ahead) await b.residency.readAhead(next.slice(0, 1));
      for (let pass = 0; pass < chain[name].n; pass++) for (const use of uses[i]!) await step(b, use);
      announced.value.end();
    }
  }
  const reads = (b.events.counters().readBytes - before) / 2;
  const least = Math.max(0, all - weights - ram) + 3 * Math.max(0, sizes[1]! - weights - ram);
  // Beside what the tiers hold: windows of two stages and a weight, one for the encoder and, in each of its passes, one for the transformer.
  return { reads, least, windows: 5 * (2 * 48 + 18) };
}

test("encoder, transformer, VAE, next prompt: no more is read than neither tier has room for, and what windows take", async () => {
  for (const vram of [0.3, 0.5, 0.7, 0.9])
    for (const ram of [0, 0.2, 0.4, 0.8])
      for (const [told, ahead] of [
        [false, false],
        [true, true],
      ] as const) {
        const { reads, least, windows } = await steadyReads(vram, ram, told, ahead);
        expect([vram, ram, told, reads <= least + windows]).toEqual([vram, ram, told, true]);
        if (vram >= 0.7) expect(reads).toBeLessThanOrEqual(least + windows / 3);
      }
});

test("a model that is used once streams past others that come back, and takes their place when they no longer do", async () => {
  const b = bench({ weights: 400 });
  const small = registerStages(b.residency, "small", [[60], [60], [60]]);
  const large = registerStages(b.residency, "large", [[100], [100], [90]]);
  const run = async (uses: typeof small, n: number) => {
    const announced = await b.residency.announce(passes(uses, n), 0);
    for (let pass = 0; pass < n; pass++) for (const use of uses) await step(b, use);
    if (announced.ok) announced.value.end();
  };
  await run(large, 3);
  await run(small, 1);
  const inVram = () => b.residency.stats().resident.filter((weight) => weight >= 3).length;
  expect(inVram()).toBe(3);
  b.residency.announceNext(["small"]);
  await run(small, 1);
  expect(b.residency.stats().resident.filter((weight) => weight < 3)).toHaveLength(3);
  expect(inVram()).toBeLessThan(3);
});

test("copies in RAM of what VRAM holds as well make way for what it does not", async () => {
  const b = bench({ weights: 400, ram: 200 + 200 });
  const held = registerStages(b.residency, "held", one(100));
  const streamed = registerStages(b.residency, "streamed", [[100], [100], [100]]);
  for (const [uses, n] of [
    [held, 2],
    [streamed, 1],
  ] as const) {
    const announced = await b.residency.announce(passes(uses, n), 0);
    for (let pass = 0; pass < n; pass++) for (const use of uses) await step(b, use);
    if (announced.ok) announced.value.end();
  }
  expect(b.residency.stats().resident).toEqual(expect.arrayContaining([0, 1]));
  expect(b.residency.stats().inRam.every((weight) => weight >= 2)).toBe(true);
});
