import { SettingError } from "../errors.ts";
import { isLink } from "../link.ts";
import type { InputSpec, OutputSpec, Prompt } from "../node.ts";

/** What settings must know of a class: its inputs, as data. */
export type Declarations = (
  classType: string,
) => { readonly inputs: Readonly<Record<string, InputSpec>>; readonly outputs: readonly OutputSpec[] } | undefined;

/** An input of a node of a prompt. */
export interface Place {
  readonly node: string;
  readonly input: string;
}

/** Where a widget's value is written: at the end of its links, if a node with one value and nothing to link stands there. */
export function origin(prompt: Prompt, place: Place, declarations: Declarations): Place {
  let at = place;
  for (let hops = 0; hops < Object.keys(prompt).length; hops++) {
    const value = prompt[at.node]!.inputs?.[at.input];
    if (!isLink(value)) return at;
    const source = prompt[value[0]];
    const names = Object.keys(source === undefined ? {} : (declarations(source.class_type)?.inputs ?? {}));
    if (names.length !== 1) break;
    at = { node: value[0], input: names[0]! };
  }
  throw new SettingError(
    `node ${place.node} (${prompt[place.node]!.class_type}) takes "${place.input}" from other nodes; set it there with --set`,
  );
}

/** The prompt with another value there. */
export function put(prompt: Prompt, { node, input }: Place, value: unknown): Prompt {
  const before = prompt[node]!;
  return { ...prompt, [node]: { ...before, inputs: { ...before.inputs, [input]: value } } };
}
