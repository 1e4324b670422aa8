import { inputConfig } from "../inputConfig.ts";
import type { CatalogueContext, InputSpec } from "../node.ts";

/** What a conversion knows of a node class: its title, and its inputs in order as /object_info writes them, `[type, options]`. */
export interface NodeDescription {
  readonly displayName: string;
  readonly inputs: readonly DescribedInput[];
}

export type DescribedInput = readonly [name: string, type: unknown, options: Readonly<Record<string, unknown>>];

/** The description of a class that is declared here; combos as `catalogue` fills them. */
export function describeDeclared(
  node: { readonly displayName: string; readonly inputs: Readonly<Record<string, InputSpec>> },
  catalogue: CatalogueContext,
): NodeDescription {
  const inputs = Object.entries(node.inputs);
  // As on the page: what may be left out comes after all that may not.
  const ordered = [...inputs.filter(([, spec]) => !spec.optional), ...inputs.filter(([, spec]) => spec.optional)];
  return {
    displayName: node.displayName,
    inputs: ordered.map(([name, spec]) => [name, ...inputConfig(spec, catalogue)] as const),
  };
}

/** The description in one entry of /object_info; what is of another shape there is left out. */
export function describeObjectInfo(info: unknown): NodeDescription {
  const { input, display_name: shown, name } = info as Readonly<Record<string, unknown>>;
  return { displayName: String(shown ?? name ?? ""), inputs: inputGroups(input) };
}

/** `{required: {name: config}, optional: {...}}` in order. */
export function inputGroups(groups: unknown): DescribedInput[] {
  const { required, optional } = (groups ?? {}) as Readonly<Record<string, unknown>>;
  return [required, optional].flatMap((group) =>
    Object.entries((group ?? {}) as Readonly<Record<string, unknown>>)
      .filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]))
      .map(([name, [type, options]]) => [name, type, (options ?? {}) as Readonly<Record<string, unknown>>] as const),
  );
}
