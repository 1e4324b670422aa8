import { SettingError } from "../errors.ts";
import { liveInputs } from "../liveInputs.ts";
import type { Prompt } from "../node.ts";
import { type Declarations, put } from "./place.ts";
import { typedValue } from "./typedValue.ts";

/** `--set`: one input by `node.input=value`. Throws SettingError. */
export function setInput(prompt: Prompt, text: string, declarations: Declarations): Prompt {
  const equals = text.indexOf("=");
  const dot = text.lastIndexOf(".", equals < 0 ? text.length : equals);
  if (equals < 0 || dot < 1 || dot === equals - 1) {
    throw new SettingError(`--set ${text}: write it as node.input=value, such as 3.steps=8 or KSampler.seed=5`);
  }
  const [name, input, value] = [text.slice(0, dot), text.slice(dot + 1, equals), text.slice(equals + 1)];
  const id = findNode(prompt, name);
  const { class_type } = prompt[id]!;
  const declared = declarations(class_type)?.inputs;
  if (declared === undefined) throw new SettingError(`--set ${text}: there is no node class ${class_type} here`);
  const inputs = liveInputs(declared, prompt[id]!.inputs ?? {});
  const spec = Object.hasOwn(inputs, input) ? inputs[input] : undefined;
  if (spec === undefined) {
    const known = Object.keys(inputs).join(", ") || "none";
    throw new SettingError(`node ${id} (${class_type}) has no input "${input}"; its inputs: ${known}`);
  }
  return put(prompt, { node: id, input }, typedValue(spec, value, `${name}.${input}`));
}

/** By id, else by title, else by class; the last two only if there is one. */
function findNode(prompt: Prompt, name: string): string {
  if (Object.hasOwn(prompt, name)) return name;
  const ids = Object.keys(prompt);
  const titled = ids.filter((id) => prompt[id]!._meta?.title === name);
  const found = titled.length > 0 ? titled : ids.filter((id) => prompt[id]!.class_type === name);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    throw new SettingError(`"${name}" means ${found.length} nodes; say which by id: ${found.join(", ")}`);
  }
  throw new SettingError(`there is no node "${name}"; the nodes are: ${listNodes(prompt, ids)}`);
}

function listNodes(prompt: Prompt, ids: readonly string[]): string {
  const listed = ids.slice(0, 30).map((id) => `${id} (${prompt[id]!._meta?.title ?? prompt[id]!.class_type})`);
  return listed.join(", ") + (ids.length > 30 ? `, and ${ids.length - 30} more` : "");
}
