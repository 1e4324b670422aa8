import { expect, test } from "vitest";
import { headerSource } from "../../test/support/headerSource.ts";
import { findPrefix } from "./findPrefix.ts";

test.each([
  [["img_in.weight"], ""],
  [["model.diffusion_model.img_in.weight"], "model.diffusion_model."],
  [["ema.img_in.weight", "img_in.weight"], ""],
  [["other_img_in.weight"], null],
  [["img_in.weight.lora_up"], null],
])("%j", (names, prefix) => {
  const source = headerSource(Object.fromEntries(names.map((name) => [name, [1]])));
  expect(findPrefix(source, "img_in.weight")).toBe(prefix);
});
