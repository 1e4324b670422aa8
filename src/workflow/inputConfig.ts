import { AUTOGROW, type CatalogueContext, DYNAMIC_COMBO, type InputSpec } from "./node.ts";

/** An input as /object_info writes it and as validation errors repeat it: `[type, options]`. Tooltips and defaults included. */
export function inputConfig(spec: InputSpec, catalogue: CatalogueContext): readonly [unknown, Record<string, unknown>] {
  const common = { tooltip: spec.tooltip, advanced: spec.advanced, lazy: spec.lazy };
  switch (spec.type) {
    case "LINK":
      return [spec.of, present({ ...common, template: spec.template, socketless: spec.socketless })];
    case "INT":
      return [
        "INT",
        present({
          default: spec.default,
          min: spec.min,
          max: spec.max,
          step: spec.step,
          control_after_generate: spec.controlAfterGenerate,
          display: spec.display,
          ...common,
        }),
      ];
    case "FLOAT":
      return [
        "FLOAT",
        present({
          default: spec.default,
          min: spec.min,
          max: spec.max,
          step: spec.step,
          round: spec.round,
          ...common,
        }),
      ];
    case "STRING":
      return [
        "STRING",
        present({
          default: spec.default,
          multiline: spec.multiline,
          dynamicPrompts: spec.dynamicPrompts,
          ...common,
        }),
      ];
    case "BOOLEAN":
      return ["BOOLEAN", present({ default: spec.default, ...common })];
    case "COMBO": {
      const options = comboOptions(spec, catalogue);
      const rest = { default: spec.default, image_upload: spec.imageUpload, ...common };
      return spec.form === "object"
        ? ["COMBO", present({ multiselect: false, options, ...rest })]
        : [options, present(rest)];
    }
    case DYNAMIC_COMBO: {
      const options = spec.options.map(({ key, inputs }) => ({ key, inputs: inputGroups(inputs, catalogue) }));
      return [DYNAMIC_COMBO, present({ options, ...common })];
    }
    case AUTOGROW: {
      const { prefix, min, max } = spec;
      const input = inputGroups(Object.fromEntries([spec.input]), catalogue);
      return [AUTOGROW, present({ template: { input, prefix, min, max }, ...common })];
    }
  }
}

/** `{required: {name: config}, optional: {...}}`, a group only if it holds something. */
function inputGroups(inputs: Readonly<Record<string, InputSpec>>, catalogue: CatalogueContext) {
  const group = (optional: boolean) =>
    Object.entries(inputs)
      .filter(([, spec]) => (spec.optional ?? false) === optional)
      .map(([name, spec]) => [name, inputConfig(spec, catalogue)] as const);
  const [required, optional] = [group(false), group(true)];
  return {
    ...(required.length > 0 ? { required: Object.fromEntries(required) } : {}),
    ...(optional.length > 0 ? { optional: Object.fromEntries(optional) } : {}),
  };
}

/** The values a combo takes on this machine. */
export function comboOptions(
  spec: Extract<InputSpec, { type: "COMBO" }>,
  catalogue: CatalogueContext,
): readonly string[] {
  return typeof spec.options === "function" ? spec.options(catalogue) : spec.options;
}

function present(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
