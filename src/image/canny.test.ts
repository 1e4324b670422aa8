import { expect, test } from "vitest";
import { canny } from "./canny.ts";
import { imageBatch } from "./image.ts";
import { rowsOf } from "./testing/pictures.ts";

const picture = (width: number, height: number, value: (x: number, y: number) => number, batch = 1) =>
  imageBatch(
    { width, height, channels: 3, batch },
    Float32Array.from({ length: batch * width * height * 3 }, (_, i) => {
      const cell = Math.floor(i / 3) % (width * height);
      return value(cell % width, Math.floor(cell / width));
    }),
  );
const count = (data: Float32Array) => data.reduce((a, b) => a + b, 0);

test("a flat picture has no edges, not even at its border", () =>
  expect(
    count(
      canny(
        picture(9, 7, () => 0.6),
        0.01,
        0.02,
      ).data,
    ),
  ).toBe(0));

test.each([false, true])("a soft step is a line a cell wide; turned on its side: %s", (turned) => {
  const step = picture(16, 16, (x, y) => [0, 0.5, 1][Math.min(Math.max((turned ? y : x) - 6, 0), 2)]!);
  const rows = rowsOf(canny(step, 0.4, 0.8));
  for (let place = 0; place < 16; place++) {
    const across = turned ? rows.map((row) => row[place]!) : rows[place]!;
    expect(across).toEqual(Array.from({ length: 16 }, (_, i) => Number(i === 7)));
  }
});

test("a hard step lies between two cells that are equally steep: rounding says which, and never both", () => {
  const rows = rowsOf(
    canny(
      picture(16, 16, (x) => Number(x > 7)),
      0.4,
      0.8,
    ),
  );
  for (const row of rows) {
    expect(row.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1);
    expect(row.filter((_, x) => x !== 7 && x !== 8)).toEqual(new Array(14).fill(0));
  }
});

test("a weak edge counts where it touches a strong one, and nowhere else", () => {
  const soft = (x: number, from: number) => [0, 0.5, 1][Math.min(Math.max(x - from, 0), 2)]!;
  // at column 7 an edge that is strong above and fades below; at column 20 one that is weak all along
  const both = picture(28, 24, (x, y) => (0.8 - 0.025 * y) * soft(x, 6) + 0.2 * soft(x, 19));
  const rows = rowsOf(canny(both, 0.35, 1.4));
  const column = (x: number) => rows.slice(2, 21).map((row) => row[x]!);
  expect(column(7)).toEqual(new Array(19).fill(1));
  expect(column(20)).toEqual(new Array(19).fill(0));
  // each of them is weak by itself below
  const below = picture(28, 24, (x) => 0.25 * soft(x, 6) + 0.2 * soft(x, 19));
  expect(count(canny(below, 0.35, 1.4).data)).toBe(0);
  // and asked for less, both are there
  expect(rowsOf(canny(below, 0.35, 0.4))[12]).toEqual(
    Array.from({ length: 28 }, (_, x) => Number(x === 7 || x === 20)),
  );
});

test("pictures of a batch apart, grey and alpha, and the smallest ones", () => {
  const one = canny(
    picture(16, 4, (x) => [0, 0.5, 1][Math.min(Math.max(x - 6, 0), 2)]!),
    0.4,
    0.8,
  );
  const two = canny(
    picture(16, 4, (x) => [0, 0.5, 1][Math.min(Math.max(x - 6, 0), 2)]!, 2),
    0.4,
    0.8,
  );
  expect(two).toMatchObject({ width: 16, height: 4, batch: 2 });
  expect([...two.data]).toEqual([...one.data, ...one.data]);
  for (const [width, height] of [
    [1, 1],
    [2, 1],
    [1, 3],
  ] as const)
    expect(
      count(
        canny(
          picture(width, height, (x, y) => (x + y) % 2),
          0.01,
          0.99,
        ).data,
      ),
    ).toBeLessThanOrEqual(3);
});
