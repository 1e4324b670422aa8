import fc from "fast-check";
import { expect, test } from "vitest";
import { planCarried } from "../../src/runtime/planCarried.ts";
import type { PassDef, Program } from "../../src/tensor/index.ts";

/** Tensor i is an input (`born` 0) or written by stage `born - 1`, and read by the stages in `readers` that come later. */
const tensor = fc.record({
  born: fc.nat(7),
  readers: fc.array(fc.nat(6), { maxLength: 4 }),
  output: fc.boolean(),
  values: fc.integer({ min: 1, max: 100 }),
});

test("carried tensors: aligned, inside the buffer, and two that are alive at once share no byte", () => {
  fc.assert(
    fc.property(
      fc.array(tensor, { minLength: 1, maxLength: 14 }),
      fc.constantFrom(4, 32, 256),
      (tensors, alignment) => {
        const stages = 7;
        const programs: Program[] = Array.from({ length: stages }, (_, s) => ({
          name: `s${s}`,
          tensors: [],
          order: [],
          weights: [],
          reads: tensors.flatMap(({ born, readers }, i) => (born <= s && readers.includes(s) ? [`t${i}`] : [])),
          writes: tensors.flatMap(({ born }, i) => (born === s + 1 ? [`t${i}`] : [])),
          flops: 0,
        }));
        const pass: PassDef = {
          key: "",
          carried: Object.fromEntries(
            tensors.map(({ values }, i) => [`t${i}`, { dtype: "f32" as const, shape: [values] }]),
          ),
          inputs: tensors.flatMap(({ born }, i) => (born === 0 ? [`t${i}`] : [])),
          outputs: tensors.flatMap(({ output }, i) => (output ? [`t${i}`] : [])),
          stages: [],
        };
        const { bytes, offsets } = planCarried(pass, programs, alignment);
        /** Which tensors hold bytes at each moment: -1 before the first stage, `stages` after the last. */
        for (let moment = -1; moment <= stages; moment++) {
          const owners = new Map<number, number>();
          tensors.forEach(({ born, readers, output, values }, i) => {
            const birth = born - 1;
            const death = output ? stages : Math.max(birth, ...readers.filter((s) => s >= born));
            const offset = offsets.get(`t${i}`)!;
            expect(offset % alignment).toBe(0);
            expect(offset + 4 * values).toBeLessThanOrEqual(bytes);
            if (moment < birth || moment > death) return;
            for (let word = offset / 4; word < offset / 4 + values; word++) {
              if (owners.has(word))
                throw new Error(`t${i} and t${owners.get(word)} share byte ${4 * word} at ${moment}`);
              owners.set(word, i);
            }
          });
        }
      },
    ),
    { numRuns: 300 },
  );
});
