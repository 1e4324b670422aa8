import fc from "fast-check";
import { expect, test } from "vitest";
import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from "./halfFloat.ts";

const every = Uint16Array.from({ length: 65_536 }, (_, i) => i);

test.each([
  ["f16", f16ToF32, f32ToF16],
  ["bf16", bf16ToF32, f32ToBf16],
] as const)("every %s comes back as it was", (_, widen, narrow) => {
  const values = widen(every);
  const back = narrow(values);
  for (let i = 0; i < 65_536; i++) {
    if (Number.isNaN(values[i]!)) expect(Number.isNaN(widen(back.subarray(i, i + 1))[0]!)).toBe(true);
    else if (back[i] !== i) throw new Error(`${i} came back as ${back[i]}`);
  }
});

test.each([
  ["f16", f16ToF32, f32ToF16, 0x7c00],
  ["bf16", bf16ToF32, f32ToBf16, 0x7f80],
] as const)("f32 to %s takes the nearest, and the even one of two", (_, widen, narrow, infinity) => {
  const values = widen(every);
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
      const bits = narrow(Float32Array.of(x))[0]!;
      const magnitude = bits & 0x7fff;
      // Beyond the largest the next one would be; that far infinity is "near".
      const at = (m: number): number =>
        m === infinity ? 2 * values[infinity - 1]! - values[infinity - 2]! : values[m]!;
      const distance = Math.abs(Math.abs(x) - at(magnitude));
      for (const other of [magnitude - 1, magnitude + 1]) {
        if (other < 0 || other > infinity || (magnitude === infinity && Math.abs(x) > at(infinity))) continue;
        const theirs = Math.abs(Math.abs(x) - at(other));
        expect(distance < theirs || (distance === theirs && magnitude % 2 === 0)).toBe(true);
      }
      expect(bits >> 15).toBe(Object.is(Math.sign(x), -0) || x < 0 ? 1 : 0);
    }),
    { numRuns: 5000 },
  );
});

test("NaN stays NaN, whatever its bits", () => {
  const nans = new Float32Array(new Uint32Array([0x7f800001, 0x7fffffff, 0xffffffff, 0xff800001, 0x7fc00000]).buffer);
  for (const value of [...f16ToF32(f32ToF16(nans)), ...bf16ToF32(f32ToBf16(nans))]) expect(value).toBeNaN();
});

test("into a part of a larger array", () => {
  const into = new Float32Array(4).fill(9);
  bf16ToF32(Uint16Array.of(0x3f80, 0xc000), into.subarray(1, 3));
  expect([...into]).toEqual([9, 1, -2, 9]);
  f16ToF32(Uint16Array.of(0x3c00), into.subarray(3));
  expect([...into]).toEqual([9, 1, -2, 1]);
});
