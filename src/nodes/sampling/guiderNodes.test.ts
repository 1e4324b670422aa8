import { expect, test } from "vitest";
import { runNode } from "../testing/runNode.ts";
import { DualCFGGuider } from "./dualCFGGuider.ts";
import { PerpNegGuider } from "./perpNegGuider.ts";

const [model, one, two, three] = [{ file: "m" }, [1], [2], [3]];

test.each([
  ["regular", false],
  ["nested", true],
])("DualCFGGuider, %s: which conditioning is which, and which number is whose", async (style, nested) => {
  const inputs = { model, cond1: one, cond2: two, negative: three, cfg_conds: 4, cfg_cond2_negative: 5, style };
  expect(await runNode(DualCFGGuider, inputs)).toEqual({
    GUIDER: { model, positive: one, negative: three, cfg: 4, third: { kind: "dual", cond: two, cfg2: 5, nested } },
  });
});

test("PerpNegGuider", async () => {
  const inputs = { model, positive: one, negative: two, empty_conditioning: three, cfg: 4, neg_scale: 0.5 };
  expect(await runNode(PerpNegGuider, inputs)).toEqual({
    GUIDER: { model, positive: one, negative: two, cfg: 4, third: { kind: "perpNeg", cond: three, scale: 0.5 } },
  });
});
