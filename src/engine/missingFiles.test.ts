import { expect, test } from "vitest";
import { validationError } from "../workflow/validationErrors.ts";
import { missingFiles } from "./missingFiles.ts";

const nodes = () => ({
  inputs: {
    unet_name: { type: "COMBO", options: () => [] },
    dtype: { type: "COMBO", options: ["default"] },
    steps: { type: "INT", default: 1, min: 1, max: 9 },
  } as const,
});
const errors = (...problems: readonly (readonly [type: string, input: string])[]) => ({
  "1": {
    class_type: "UNETLoader",
    dependent_outputs: [],
    errors: problems.map(([type, input]) => validationError(type, "", "", { input_name: input })),
  },
});

test.each([
  [errors(["value_not_in_list", "unet_name"]), true],
  [errors(["value_not_in_list", "dtype"]), false],
  [errors(["value_smaller_than_min", "steps"]), false],
  [errors(["value_not_in_list", "unet_name"], ["value_smaller_than_min", "steps"]), false],
  [{}, false],
])("%#", (nodeErrors, missing) => expect(missingFiles(nodeErrors, nodes)).toBe(missing));
