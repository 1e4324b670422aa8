import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { matrixEncodings } from "../src/cli/plan/matrix/encodings.ts";
import { FLUX2_DEV } from "../src/cli/plan/matrix/flux2Header.ts";
import { planMatrix } from "../src/cli/plan/matrix/planMatrix.ts";
import { planRelease } from "../src/cli/plan/matrix/planRelease.ts";
import { flatten } from "../src/memory/schedule.ts";
import { cards, findCard } from "../src/planner/cards.ts";

const page = readFileSync(path.join(import.meta.dirname, "..", "docs", "plan.md"), "utf8");

test("docs/plan.md has the tables of weir plan --matrix (bench/writePlanPage.ts writes them)", async () => {
  const written = /<!-- matrix -->\n(.*)\n<!-- \/matrix -->/s.exec(page)?.[1];
  expect(written).toBe(await planMatrix());
});

test("what the page says of figures that are told is what comes out", () => {
  const f16 = planRelease(FLUX2_DEV, matrixEncodings[0]!, 1024, 30);
  const q4 = planRelease(FLUX2_DEV, matrixEncodings.at(-1)!, 1024, 30);
  expect((q4.modelBytes / 1e9).toFixed(1)).toBe("18.1");
  expect((f16.flops / 1e12).toFixed(0)).toBe("283");
  expect(page).toMatch(/RTX 4070, 12 GB \| [^|]* \| [^|]*, 54\.2 GB \|/);
  expect(((54.2e9 * 30) / 22 / 1e9).toFixed(0)).toBe("74");
  // What a step uses: the layers that see times alone have run before.
  const { models, runs } = f16.input(2 ** 50);
  const used = new Set(flatten(runs[1]!.schedule).uses.flatMap(({ weights }) => weights));
  const stepBytes = [...used].reduce((sum, id) => sum + models[0]!.weights[id]!.bytes, 0);
  expect((((stepBytes - 12 * 2 ** 30) * 30) / 22 / 1e9).toFixed(0)).toBe("68");
});

test("cards are found as people write them, and each has a source", () => {
  for (const name of ["RTX 4070", "rtx4070", "GeForce RTX 4070", "NVIDIA GeForce RTX 4070"])
    expect(findCard(name)?.name).toBe("RTX 4070");
  expect(findCard("RTX 4070 Ti")?.name).toBe("RTX 4070 Ti");
  expect(findCard("4070")).toBeUndefined();
  for (const { source } of cards) expect(source).toMatch(/^https:\/\//);
});
