import { expect, test } from "vitest";
import { raiseOrder } from "./raiseOrder.ts";

test("what leads back into the stream first, double blocks before single ones, the ends before the middle; parts stay together", () => {
  const names = [0, 1, 2].flatMap((n) => [
    `transformer_blocks.${n}.attn.to_q.weight`,
    `transformer_blocks.${n}.attn.to_k.weight`,
    `transformer_blocks.${n}.attn.to_v.weight`,
    `transformer_blocks.${n}.ff.linear_in.weight`,
    `transformer_blocks.${n}.ff.linear_out.weight`,
    `single_transformer_blocks.${n}.attn.to_out.weight`,
  ]);
  expect(
    raiseOrder(names).map((group) =>
      group.map((name) => name.replace("transformer_blocks", "").replace(".weight", "")).join(" "),
    ),
  ).toMatchInlineSnapshot(`
    [
      ".0.ff.linear_out",
      ".2.ff.linear_out",
      ".1.ff.linear_out",
      "single_.0.attn.to_out",
      "single_.2.attn.to_out",
      "single_.1.attn.to_out",
      ".0.attn.to_q .0.attn.to_k .0.attn.to_v",
      ".2.attn.to_q .2.attn.to_k .2.attn.to_v",
      ".1.attn.to_q .1.attn.to_k .1.attn.to_v",
      ".0.ff.linear_in",
      ".2.ff.linear_in",
      ".1.ff.linear_in",
    ]
  `);
});

test("a language model's values and down projections come before its queries", () => {
  const names = [0, 1].flatMap((n) =>
    ["self_attn.q_proj", "self_attn.v_proj", "mlp.gate_proj", "mlp.down_proj"].map(
      (part) => `model.layers.${n}.${part}.weight`,
    ),
  );
  expect(raiseOrder(names).map(([name]) => name!.replace(/model\.layers\.|\.weight/g, ""))).toMatchInlineSnapshot(`
    [
      "0.self_attn.v_proj",
      "0.mlp.down_proj",
      "1.self_attn.v_proj",
      "1.mlp.down_proj",
      "0.self_attn.q_proj",
      "1.self_attn.q_proj",
      "0.mlp.gate_proj",
      "1.mlp.gate_proj",
    ]
  `);
});
