import { SettingError } from "./errors.ts";
import { isLink } from "./link.ts";
import { parseJson } from "./losslessJson.ts";
import type { InputSpec, OutputSpec, Prompt, PromptNode } from "./node.ts";
import { PythonError, pyInt, pyToFloat } from "./python.ts";

/** What settings must know of a class: its inputs, as data. */
export type Declarations = (
  classType: string,
) => { readonly inputs: Readonly<Record<string, InputSpec>>; readonly outputs: readonly OutputSpec[] } | undefined;

export interface Settings {
  /** `node.input=value`, in order; later ones win. */
  readonly set?: readonly string[];
  /** The text that feeds what is wanted (positive). */
  readonly prompt?: string;
  /** For every seed. */
  readonly seed?: bigint;
  /** For every node with steps. */
  readonly steps?: number;
}

/**
 * A prompt with other values, typed as the inputs declare. Pure: the given prompt stays. Bounds are for `validate`. Throws SettingError,
 * which lists what would have fitted. A value that comes by a link from a primitive node is set there.
 */
export function applySettings(prompt: Prompt, settings: Settings, declarations: Declarations): Prompt {
  let result = prompt;
  for (const text of settings.set ?? []) result = setInput(result, text, declarations);
  if (settings.prompt !== undefined) result = setText(result, settings.prompt, declarations);
  if (settings.seed !== undefined) result = setAll(result, "seed", settings.seed, declarations);
  if (settings.steps !== undefined) result = setAll(result, "steps", settings.steps, declarations);
  return result;
}

/** Every seed of a prompt moved on by `by`, modulo 2^64: the next picture of a series. A prompt without seeds comes back as it is. */
export function shiftSeeds(prompt: Prompt, by: bigint, declarations: Declarations): Prompt {
  let result = prompt;
  for (const place of placesOf(prompt, "seed", declarations)) {
    const value = prompt[place.node]!.inputs[place.input];
    if (typeof value !== "number" && typeof value !== "bigint") continue;
    result = put(result, place, exact((BigInt(value) + by) % 2n ** 64n));
  }
  return result;
}

interface Place {
  readonly node: string;
  readonly input: string;
}

function setInput(prompt: Prompt, text: string, declarations: Declarations): Prompt {
  const equals = text.indexOf("=");
  const dot = text.lastIndexOf(".", equals < 0 ? text.length : equals);
  if (equals < 0 || dot < 1 || dot === equals - 1) {
    throw new SettingError(`--set ${text}: write it as node.input=value, such as 3.steps=8 or KSampler.seed=5`);
  }
  const [name, input, value] = [text.slice(0, dot), text.slice(dot + 1, equals), text.slice(equals + 1)];
  const id = findNode(prompt, name);
  const { class_type } = prompt[id]!;
  const inputs = declarations(class_type)?.inputs;
  if (inputs === undefined) throw new SettingError(`--set ${text}: there is no node class ${class_type} here`);
  const spec = Object.hasOwn(inputs, input) ? inputs[input] : undefined;
  if (spec === undefined) {
    const known = Object.keys(inputs).join(", ") || "none";
    throw new SettingError(`node ${id} (${class_type}) has no input "${input}"; its inputs: ${known}`);
  }
  return put(prompt, { node: id, input }, typed(spec, value, `${name}.${input}`));
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

function typed(spec: InputSpec, text: string, where: string): unknown {
  try {
    switch (spec.type) {
      case "INT":
        return pyInt(text);
      case "FLOAT":
        return pyToFloat(text);
      case "BOOLEAN": {
        const word = text.toLowerCase();
        if (["true", "1", "yes", "on"].includes(word)) return true;
        if (["false", "0", "no", "off"].includes(word)) return false;
        throw new SettingError(`${where} is ${JSON.stringify(text)}; it takes true or false`);
      }
      case "LINK": {
        const value = parseLink(text);
        if (value !== null) return value;
        throw new SettingError(`${where} takes a link to ${spec.of}, written ["node id", output number]`);
      }
      default:
        return text;
    }
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    throw new SettingError(
      `${where} is ${JSON.stringify(text)}; it takes ${spec.type === "INT" ? "a whole number" : "a number"}`,
    );
  }
}

function parseLink(text: string): unknown {
  try {
    const value = parseJson(text, { depth: 1, length: 1000 });
    return isLink(value) ? value : null;
  } catch {
    return null;
  }
}

function setAll(prompt: Prompt, what: "seed" | "steps", value: bigint | number, declarations: Declarations): Prompt {
  const places = placesOf(prompt, what, declarations);
  if (places.length === 0)
    throw new SettingError(`no node of this workflow has ${what === "seed" ? "a seed" : "steps"}`);
  return places.reduce((result, place) => put(result, place, exact(BigInt(value))), prompt);
}

/** Seeds are declared as such (control after generate); steps go by their name. */
function placesOf(prompt: Prompt, what: "seed" | "steps", declarations: Declarations): Place[] {
  const places: Place[] = [];
  for (const [node, { class_type, inputs }] of Object.entries(prompt)) {
    for (const [input, spec] of Object.entries(declarations(class_type)?.inputs ?? {})) {
      if (spec.type !== "INT" || !Object.hasOwn(inputs ?? {}, input)) continue;
      const wanted = what === "seed" ? /(^|_)seed$/.test(input) && spec.controlAfterGenerate : input === "steps";
      if (wanted) places.push(origin(prompt, { node, input }, declarations));
    }
  }
  return places;
}

/** Where a widget's value is written: at the end of its links, if a node with one value and nothing to link stands there. */
function origin(prompt: Prompt, place: Place, declarations: Declarations): Place {
  let at = place;
  for (let hops = 0; hops < Object.keys(prompt).length; hops++) {
    const value = prompt[at.node]!.inputs[at.input];
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

function setText(prompt: Prompt, text: string, declarations: Declarations): Prompt {
  const isEncoder = (id: string) => encoderInput(prompt[id]!, declarations) !== null;
  const all = Object.keys(prompt).filter(isEncoder);
  const positive = positiveEncoders(prompt, declarations);
  const found = positive.size > 0 ? [...positive] : all;
  if (found.length !== 1) {
    const why = found.length === 0 ? "no node of this workflow encodes a text" : "several texts feed the picture";
    const list = found.length === 0 ? "" : `; set one by id: ${found.map((id) => `--set ${id}.text=...`).join(", ")}`;
    throw new SettingError(`--prompt: ${why}${list}`);
  }
  const node = found[0]!;
  return put(prompt, origin(prompt, { node, input: encoderInput(prompt[node]!, declarations)! }, declarations), text);
}

/** The one text of a node that makes a conditioning of it; null for other nodes. */
function encoderInput(node: PromptNode, declarations: Declarations): string | null {
  const declared = declarations(node.class_type);
  if (declared?.outputs.some(({ type }) => type === "CONDITIONING") !== true) return null;
  return declared.inputs["text"]?.type === "STRING" ? "text" : null;
}

/** Follows conditionings back from where they are used: inputs called positive, or a conditioning that is not the negative one. */
function positiveEncoders(prompt: Prompt, declarations: Declarations): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const follow = (value: unknown, depth: number): void => {
    if (!isLink(value) || !Object.hasOwn(prompt, value[0]) || depth > 256 || seen.has(value.join())) return;
    seen.add(value.join());
    const node = prompt[value[0]]!;
    if (encoderInput(node, declarations) !== null) {
      found.add(value[0]);
      return;
    }
    const declared = declarations(node.class_type);
    // A node with two of them passes the one of the same name on (ControlNetApplyAdvanced).
    const name = declared?.outputs[value[1]]?.name;
    for (const [input, spec] of Object.entries(declared?.inputs ?? {})) {
      if (spec.type !== "LINK" || spec.of !== "CONDITIONING") continue;
      if (input === "negative" || (name === "negative" && input === "positive")) continue;
      follow(node.inputs[input], depth + 1);
    }
  };
  for (const { class_type, inputs } of Object.values(prompt)) {
    const declared = declarations(class_type);
    const makesConditioning = declared?.outputs.some(({ type }) => type === "CONDITIONING") ?? true;
    if (makesConditioning) continue;
    for (const [input, spec] of Object.entries(declared?.inputs ?? {})) {
      if (spec.type === "LINK" && spec.of === "CONDITIONING" && input !== "negative") follow(inputs[input], 0);
    }
  }
  return found;
}

function put(prompt: Prompt, { node, input }: Place, value: unknown): Prompt {
  const before = prompt[node]!;
  return { ...prompt, [node]: { ...before, inputs: { ...before.inputs, [input]: value } } };
}

function exact(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
}

function listNodes(prompt: Prompt, ids: readonly string[]): string {
  const listed = ids.slice(0, 30).map((id) => `${id} (${prompt[id]!._meta?.title ?? prompt[id]!.class_type})`);
  return listed.join(", ") + (ids.length > 30 ? `, and ${ids.length - 30} more` : "");
}
