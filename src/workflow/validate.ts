import { checkValue } from "./checkValue.ts";
import { comboOptions, inputConfig } from "./inputConfig.ts";
import { isLink, typesMatch } from "./link.ts";
import { liveInputs } from "./liveInputs.ts";
import type {
  CatalogueContext,
  InputSpec,
  Link,
  NodeClass,
  NodeContext,
  Prompt,
  PromptNode,
  ValidationFault,
} from "./node.ts";
import { pyRepr } from "./python.ts";
import { type NodeErrors, type ValidationError, validationError } from "./validationErrors.ts";

export interface ValidateOptions<Context extends NodeContext = NodeContext> {
  readonly nodes: (classType: string) => NodeClass<Context> | undefined;
  readonly catalogue: CatalogueContext;
  /** What a node's own `validate` is given. */
  readonly context: (nodeId: string, prompt: Prompt) => Context;
  /** Only these output nodes (`partial_execution_targets`); null or left out: all. */
  readonly targets?: readonly string[] | null;
}

/** What a combo would have taken, by node and input: long lists are not in ComfyUI's own texts. */
export type Choices = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export type Validation =
  | {
      readonly ok: true;
      /** Values as coerced. */
      readonly prompt: Prompt;
      /** Output nodes that can run, in the prompt's order. */
      readonly outputs: readonly string[];
      /** Non-empty when other outputs cannot. */
      readonly nodeErrors: Readonly<Record<string, NodeErrors>>;
      readonly choices: Choices;
    }
  | {
      readonly ok: false;
      readonly error: ValidationError;
      readonly nodeErrors: Readonly<Record<string, NodeErrors>>;
      readonly choices: Choices;
    };

/** Above any workflow people draw; checking and hashing grow with its square in the worst case. */
const MAX_NODES = 4096;

/**
 * Checks a prompt as ComfyUI does and in its words: from the output nodes back, so that what feeds no output is not looked at. One bad
 * output does not stop the others. Source: comfyui-api.md and the recorded transcripts.
 */
export async function validate<Context extends NodeContext>(
  prompt: Prompt,
  options: ValidateOptions<Context>,
): Promise<Validation> {
  const refuse = (error: ValidationError): Validation => ({ ok: false, error, nodeErrors: {}, choices: {} });
  const ids = Object.keys(prompt);
  if (ids.length > MAX_NODES) {
    const details = `${ids.length} nodes, at most ${MAX_NODES}`;
    return refuse(validationError("prompt_too_large", "Prompt is too large", details));
  }
  for (const id of ids) {
    const missing = missingClass(id, prompt[id], options);
    if (missing !== null) return refuse(missing);
  }
  const wanted = options.targets ?? null;
  const outputs = ids.filter((id) => {
    if (wanted !== null && !wanted.includes(id)) return false;
    return options.nodes(prompt[id]!.class_type)!.outputNode === true;
  });
  if (outputs.length === 0) return refuse(validationError("prompt_no_outputs", "Prompt has no outputs", ""));

  const checker = new Checker(prompt, options);
  const good: string[] = [];
  const bad: string[] = [];
  for (const id of outputs) ((await checker.output(id)) ? good : bad).push(id);

  const nodeErrors: Record<string, NodeErrors> = {};
  for (const id of bad) {
    for (const node of checker.faultsBelow(id)) {
      const before = nodeErrors[node];
      nodeErrors[node] = {
        errors: checker.errorsOf(node),
        dependent_outputs: [...(before?.dependent_outputs ?? []), id],
        class_type: prompt[node]!.class_type,
      };
    }
  }
  const choices = checker.choices;
  if (good.length > 0) return { ok: true, prompt: checker.coerced(), outputs: good, nodeErrors, choices };
  const details = bad.flatMap((id) => checker.errorsOf(id).map((e) => `${e.message}: ${e.details}`)).join("\n");
  const error = validationError("prompt_outputs_failed_validation", "Prompt outputs failed validation", details);
  return { ok: false, error, nodeErrors, choices };
}

function missingClass<Context extends NodeContext>(
  id: string,
  node: PromptNode | undefined,
  options: ValidateOptions<Context>,
): ValidationError | null {
  const given: Partial<PromptNode> = typeof node === "object" && node !== null ? node : {};
  const title = typeof given._meta?.title === "string" ? given._meta.title : null;
  const error = (message: string, classType: string | null, nodeTitle: string | null) =>
    validationError("missing_node_type", message, `Node ID '#${id}'`, {
      node_id: id,
      class_type: classType,
      node_title: nodeTitle,
    });
  if (typeof given.class_type !== "string") {
    const message = `Node '${title ?? `ID #${id}`}' has no class_type. The workflow may be corrupted or a custom node is missing.`;
    return error(message, null, title);
  }
  if (options.nodes(given.class_type) !== undefined) return null;
  const name = title ?? given.class_type;
  return error(`Node '${name}' not found. The custom node may not be installed.`, given.class_type, name);
}

/** What Python would have raised. Carries the exception's name, because clients see it. */
class Raised extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

class Checker<Context extends NodeContext> {
  readonly choices: Record<string, Record<string, readonly string[]>> = {};
  private readonly prompt: Prompt;
  private readonly options: ValidateOptions<Context>;
  /** Nodes looked at: whether they and all above them are fine. */
  private readonly results = new Map<string, boolean>();
  private readonly errors = new Map<string, ValidationError[]>();
  private readonly values = new Map<string, Record<string, unknown>>();
  private readonly path: string[] = [];

  constructor(prompt: Prompt, options: ValidateOptions<Context>) {
    this.prompt = prompt;
    this.options = options;
  }

  async output(id: string): Promise<boolean> {
    this.path.length = 0;
    try {
      return await this.node(id);
    } catch (error) {
      this.results.set(id, false);
      const raised = asRaised(error);
      const extra = { exception_type: raised.type, traceback: [] };
      const message = "Exception when validating node";
      this.errors.set(id, [validationError("exception_during_validation", message, raised.message, extra)]);
      return false;
    }
  }

  errorsOf(id: string): readonly ValidationError[] {
    return this.errors.get(id) ?? [];
  }

  /** Nodes with errors of their own that this one depends on, itself included. */
  faultsBelow(id: string): string[] {
    const seen = new Set([id]);
    for (const node of seen) {
      for (const value of Object.values(this.prompt[node]?.inputs ?? {})) {
        if (Array.isArray(value) && typeof value[0] === "string" && Object.hasOwn(this.prompt, value[0])) {
          seen.add(value[0]);
        }
      }
    }
    return [...seen].filter((node) => this.errorsOf(node).length > 0);
  }

  coerced(): Prompt {
    return Object.fromEntries(
      Object.entries(this.prompt).map(([id, node]) => {
        const values = this.values.get(id);
        return [id, values === undefined ? node : { ...node, inputs: { ...node.inputs, ...values } }];
      }),
    );
  }

  private async node(id: string): Promise<boolean> {
    const known = this.results.get(id);
    if (known !== undefined) return known;
    if (this.path.includes(id)) return this.cycle(id);
    // A chain of links is as deep as the prompt is long: the stack is left now and then.
    if (this.path.length % 64 === 63) await null;

    this.path.push(id);
    const node = this.prompt[id]!;
    const declared = this.options.nodes(node.class_type)!;
    if (typeof node.inputs !== "object" || node.inputs === null) throw new Raised("KeyError", "'inputs'");
    let fine = true;
    const errors: ValidationError[] = [];
    const values: Record<string, unknown> = {};
    const failed = new Set<string>();
    this.values.set(id, values);
    for (const [name, spec] of Object.entries(liveInputs(declared.inputs, node.inputs))) {
      const before = errors.length;
      const value = unwrap(node.inputs[name]);
      if (!Object.hasOwn(node.inputs, name)) {
        if (spec.optional) continue;
        errors.push(validationError("required_input_missing", "Required input is missing", name, { input_name: name }));
      } else if (Array.isArray(node.inputs[name]) || isLink(value)) {
        if (!Array.isArray(node.inputs[name])) values[name] = value;
        fine = (await this.link(name, spec, value as unknown[], errors, declared.validatesTypes === true)) && fine;
      } else {
        const own = declared.validates?.includes(name) ?? false;
        const checked = checkValue(name, spec, value, this.options.catalogue, own);
        if (checked.ok) values[name] = checked.value;
        else {
          errors.push(checked.error);
          if (checked.choices !== undefined) this.choices[id] = { ...this.choices[id], [name]: checked.choices };
        }
      }
      if (errors.length > before) failed.add(name);
    }
    if (declared.validate !== undefined) {
      const found = (await declared.validate(values, this.contextOf(id, declared))) ?? [];
      for (const fault of Array.isArray(found) ? (found as readonly ValidationFault[]) : [found as ValidationFault]) {
        if (failed.has(fault.input)) continue;
        const details = fault.details === "" ? fault.input : `${fault.input} - ${fault.details}`;
        const message = "Custom validation failed for node";
        errors.push(validationError("custom_validation_failed", message, details, { input_name: fault.input }));
        const spec = declared.inputs[fault.input];
        if (spec?.type === "COMBO") {
          this.choices[id] = { ...this.choices[id], [fault.input]: comboOptions(spec, this.options.catalogue) };
        }
      }
    }
    this.path.pop();
    // A cycle found further on has already put its error here.
    errors.unshift(...this.errorsOf(id));
    if (errors.length > 0) this.errors.set(id, errors);
    const result = fine && errors.length === 0;
    this.results.set(id, result);
    return result;
  }

  /** Who checks types is told which are linked. */
  private contextOf(id: string, { validatesTypes }: NodeClass<Context>): Context {
    const context = this.options.context(id, this.prompt);
    if (validatesTypes !== true) return context;
    const linkTypes: Record<string, string> = {};
    for (const [name, value] of Object.entries(this.prompt[id]!.inputs)) {
      if (!isLink(value) || !Object.hasOwn(this.prompt, value[0])) continue;
      linkTypes[name] = this.options.nodes(this.prompt[value[0]]!.class_type)?.outputs[value[1]]?.type ?? "*";
    }
    return Object.assign(Object.create(context) as Context, { linkTypes });
  }

  /** Whether all above a link is fine. What is wrong with the link itself goes to `errors`, and is not said twice. */
  private async link(
    name: string,
    spec: InputSpec,
    value: unknown[],
    errors: ValidationError[],
    ownTypes: boolean,
  ): Promise<boolean> {
    const config = { input_name: name, input_config: inputConfig(spec, this.options.catalogue) };
    if (value.length !== 2) {
      const message = "Bad linked input, must be a length-2 list of [node_id, slot_index]";
      errors.push(validationError("bad_linked_input", message, name, { ...config, received_value: value }));
      return true;
    }
    const [from, slot] = value as unknown as Link;
    if (typeof from !== "string" || !Object.hasOwn(this.prompt, from)) throw new Raised("KeyError", pyRepr(from));
    const source = this.options.nodes(this.prompt[from]!.class_type)!;
    if (typeof slot !== "number" || !Number.isInteger(slot)) {
      throw new Raised("TypeError", "tuple indices must be integers or slices, not str");
    }
    const output = source.outputs[slot];
    if (output === undefined) throw new Raised("IndexError", "tuple index out of range");
    const wanted = spec.type === "LINK" ? spec.of : spec.type;
    if (!ownTypes && !typesMatch(output.type, wanted)) {
      const details = `${name}, received_type(${output.type}) mismatch input_type(${wanted})`;
      const message = "Return type mismatch between linked nodes";
      const extra = { ...config, received_type: output.type, linked_node: value };
      errors.push(validationError("return_type_mismatch", message, details, extra));
      return true;
    }
    const depth = this.path.length;
    try {
      return await this.node(from);
    } catch (error) {
      this.path.length = depth;
      const raised = asRaised(error);
      const extra = {
        ...config,
        exception_message: raised.message,
        exception_type: raised.type,
        traceback: [],
        linked_node: value,
      };
      const message = "Exception when validating inner node";
      this.errors.set(from, [validationError("exception_during_inner_validation", message, raised.message, extra)]);
      this.results.set(from, false);
      return false;
    }
  }

  private cycle(id: string): false {
    const nodes = this.path.slice(this.path.indexOf(id));
    const details = [...nodes, id].map((n) => `${n} (${this.prompt[n]!.class_type})`).join(" -> ");
    for (const node of nodes) {
      const extra = { node_id: node, cycle_nodes: nodes };
      const error = validationError("dependency_cycle", "Dependency cycle detected", details, extra);
      this.errors.set(node, [...this.errorsOf(node), error]);
    }
    return false;
  }
}

/** A list in there that looks like a link is one: nothing could tell them apart later. Lists travel as `{"__value__": [...]}`, because a bare list is a link. */
function unwrap(value: unknown): unknown {
  const wrapped = typeof value === "object" && value !== null && Object.hasOwn(value, "__value__");
  return wrapped ? (value as { __value__: unknown }).__value__ : value;
}

function asRaised(error: unknown): Raised {
  if (error instanceof Raised) return error;
  if (error instanceof Error && error.message.startsWith("invariant:")) throw error;
  return error instanceof Error ? new Raised(error.name, error.message) : new Raised("Error", String(error));
}
