import { printJson } from "./losslessJson.ts";
import type { Choices } from "./validate.ts";
import type { NodeErrors, ValidationError } from "./validationErrors.ts";

export interface Described {
  readonly error?: ValidationError;
  readonly nodeErrors: Readonly<Record<string, NodeErrors>>;
  readonly choices?: Choices;
}

/** Of a long list, these many that look most like what was written. */
const NEAREST = 5;

/** A validation for people: one line a problem, naming node, input and fact, and what would do instead. */
export function describeValidation({ error, nodeErrors, choices = {} }: Described): string[] {
  const lines = Object.entries(nodeErrors).flatMap(([id, { class_type, errors }]) =>
    errors.map((e) => `node ${id} (${class_type}): ${describe(e, choices[id]?.[String(e.extra_info["input_name"])])}`),
  );
  if (lines.length > 0 || error === undefined) return lines;
  switch (error.type) {
    case "missing_node_type": {
      const { node_id: id, class_type: name } = error.extra_info;
      return name === null
        ? [`node ${id} has no class_type: is this a workflow in API format ("Export (API)" in ComfyUI's menu)?`]
        : [`node ${id}: there is no node class "${name}" here; it is a custom node, or one that is not built in yet`];
    }
    case "prompt_no_outputs":
      return ["nothing in this workflow leaves it: add a node such as SaveImage or PreviewImage"];
    default:
      return [error.details === "" ? error.message : `${error.message}: ${error.details}`];
  }
}

function describe(error: ValidationError, choices: readonly string[] | undefined): string {
  const { input_name: input, received_value: value, input_config: config, linked_node: linked } = error.extra_info;
  const options = Array.isArray(config) ? (config[1] as Record<string, unknown>) : {};
  switch (error.type) {
    case "required_input_missing":
      return `"${input}" is missing; give it a value or a link`;
    case "bad_linked_input":
      return `"${input}" is ${show(value)}, and a link is ["node id", output number]`;
    case "return_type_mismatch": {
      const [from, slot] = linked as [string, number];
      const wanted = Array.isArray(config) && typeof config[0] === "string" ? config[0] : "COMBO";
      return `"${input}" takes ${wanted}, and output ${slot} of node ${from} gives ${error.extra_info["received_type"]}`;
    }
    case "invalid_input_type":
      return `"${input}" is ${show(value)}: ${error.message.replace("Failed to convert an input value to a", "not a").replace("a INT", "an INT")}`;
    case "value_smaller_than_min":
      return `"${input}" is ${show(value)}, the least is ${show(options["min"])}`;
    case "value_bigger_than_max":
      return `"${input}" is ${show(value)}, the most is ${show(options["max"])}`;
    case "value_not_in_list":
      return `"${input}" is ${show(value)}; ${offer(String(value), choices)}`;
    case "custom_validation_failed":
      // A node's own check is told what there is too; the name it refuses stands last in what it says.
      return (
        error.details.replace(`${input} - `, "") +
        (choices?.length ? `; ${offer(error.details.replace(/^.*: /s, ""), choices)}` : "")
      );
    case "dependency_cycle":
      return `its links go in a circle: ${error.details}`;
    default:
      return describeException(error);
  }
}

/** A link to nothing: the details are Python's, "'99'" for a node that is not there. */
function describeException(error: ValidationError): string {
  if (error.extra_info["exception_type"] === "KeyError") {
    return error.details === "'inputs'" ? "it has no inputs" : `it links to node ${error.details}, which is not there`;
  }
  if (error.extra_info["exception_type"] === "IndexError") return "it links to an output that the node does not have";
  return error.details;
}

function offer(value: string, choices: readonly string[] | undefined): string {
  if (choices === undefined) return "it is not one of the choices";
  if (choices.length === 0) return "there are no files of that kind: put one into its models folder";
  if (choices.length <= 20) return `there ${choices.length === 1 ? "is" : "are"}: ${choices.join(", ")}`;
  const nearest = [...choices].sort((a, b) => distance(value, a) - distance(value, b)).slice(0, NEAREST);
  return `of ${choices.length} choices the nearest are: ${nearest.join(", ")}`;
}

/** Edits that turn one text into the other, case aside; texts are cut at 64 characters. */
function distance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase().slice(0, 64), b.toLowerCase().slice(0, 64)];
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length]!;
}

function show(value: unknown): string {
  const text = printJson(value ?? null);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
