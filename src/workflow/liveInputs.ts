import { AUTOGROW, DYNAMIC_COMBO, type InputSpec } from "./node.ts";

/** Below this a choice's choices are not looked for: a declaration that holds itself would have no end. */
const MAX_DEPTH = 8;

/**
 * The inputs that a node has in a prompt: those declared, and after each dynamic combo those that its value brings, by the names they have
 * there (`combo.input`). With a value that is no option, or none, it brings nothing. In place of one that grows: those it must have, and as
 * many more as are given.
 */
export function liveInputs(
  declared: Readonly<Record<string, InputSpec>>,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, InputSpec>> {
  if (Object.values(declared).every(({ type }) => type !== DYNAMIC_COMBO && type !== AUTOGROW)) return declared;
  const live: Record<string, InputSpec> = {};
  add(live, declared, given, "", 0);
  return live;
}

function add(
  live: Record<string, InputSpec>,
  declared: Readonly<Record<string, InputSpec>>,
  given: Readonly<Record<string, unknown>>,
  prefix: string,
  depth: number,
): void {
  for (const [own, spec] of Object.entries(declared)) {
    const name = prefix + own;
    if (spec.type === AUTOGROW) {
      for (let i = 0; i < spec.max; i++) {
        const each = `${name}.${spec.prefix}${i}`;
        if (i < spec.min) live[each] = spec.input[1];
        else if (Object.hasOwn(given, each)) live[each] = { ...spec.input[1], optional: true };
      }
      continue;
    }
    live[name] = spec;
    if (spec.type !== DYNAMIC_COMBO || depth >= MAX_DEPTH) continue;
    const chosen = spec.options.find(({ key }) => Object.hasOwn(given, name) && key === given[name]);
    if (chosen !== undefined) add(live, chosen.inputs, given, `${name}.`, depth + 1);
  }
}
