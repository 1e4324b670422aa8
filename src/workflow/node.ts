import type { Blocked } from "./blocked.ts";
import type { DynamicPrompt } from "./dynamicPrompt.ts";
import type { Preview } from "./executionEvent.ts";
import type { GraphBuilder } from "./graphBuilder.ts";

/**
 * The node contract. A node declares its inputs and outputs as ComfyUI's /object_info names them and executes over plain values.
 * workflow/ knows no node: it validates, caches and runs whatever implements this. One file adds a node.
 */
export interface NodeClass<Context extends NodeContext = NodeContext> {
  /** The class_type, ComfyUI's name. */
  readonly name: string;
  readonly displayName: string;
  readonly category: string;
  readonly description?: string;
  /** In ComfyUI's order. */
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** What a run hands in beside the inputs, by the name under which /object_info lists it. */
  readonly hidden?: Readonly<Record<string, HiddenKind>>;
  readonly outputs: readonly OutputSpec[];
  /** ComfyUI's INPUT_IS_LIST: the node takes whole lists, and runs once. */
  readonly inputIsList?: boolean;
  /** Its results leave the workflow (SaveImage): execution starts from these. */
  readonly outputNode?: boolean;
  /** It writes into the output folder: that is looked at before anything of the job runs. */
  readonly saves?: boolean;
  /** As ComfyUI marks it: there is a better one; it may still change. */
  readonly deprecated?: boolean;
  readonly experimental?: boolean;
  /** No title of its own: /object_info has null where ComfyUI has, and `displayName` is the name. */
  readonly untitled?: boolean;
  /** Where ComfyUI defines the class: its `python_module` ("nodes", "comfy_extras.nodes_images", ...). */
  readonly pythonModule?: string;
  /** Other words under which the page finds it. */
  readonly searchAliases?: readonly string[];
  /** The group on the page's short list ("Basics", ...). */
  readonly essentialsCategory?: string;
  /** In place of the outputs' own tooltips, where ComfyUI has more of them than outputs. */
  readonly outputTooltips?: readonly string[];
  /**
   * It mostly waits, for a network or another process: other nodes run meanwhile, several of this kind wait together, and over a list all
   * its runs start at once. Not for what uses a model or the processor.
   */
  readonly concurrent?: boolean;
  /** Runs with equal inputs may differ: a result is found again only for the same node id (ComfyUI's NOT_IDEMPOTENT). */
  readonly notIdempotent?: boolean;
  /** Inputs that `validate` checks in place of the bounds and the list of options (LoadImage's file). */
  readonly validates?: readonly string[];
  /** `validate` checks what types are linked too (`context.linkTypes`). */
  readonly validatesTypes?: boolean;
  /** Checks that need more than one value or the file system. Linked inputs are not there. */
  validate?(
    inputs: Readonly<Record<string, unknown>>,
    context: Context,
  ): MaybePromise<ValidationFault | readonly ValidationFault[] | null>;
  /** Something that changes when the node must run again although its inputs are the same (a file's hash). Linked inputs are not there. */
  fingerprint?(inputs: Readonly<Record<string, unknown>>, context: Context): MaybePromise<string>;
  /** Which of its lazy inputs it needs, from the values that are there: others are not computed for its sake. */
  checkLazyStatus?(inputs: Readonly<Record<string, unknown>>, context: Context): MaybePromise<readonly string[]>;
  /**
   * One run. Over lists it is called once per place, as long as the longest list; a shorter one repeats its last item. With `inputIsList` it
   * is called once, and every input is a list. Hidden inputs stand among the others.
   */
  execute(inputs: Readonly<Record<string, unknown>>, context: Context): Promise<NodeResult>;
}

export type MaybePromise<T> = T | Promise<T>;

/** ComfyUI's text after `input - `; "" for none. */
export interface ValidationFault {
  readonly input: string;
  readonly details: string;
}

export interface NodeResult {
  /**
   * One value per declared output; a list where the output is one (`isList`). `context.block()` in place of a value: what takes it does not
   * run. With `expand`, a link to a node of it stands for what that node makes.
   */
  readonly outputs: readonly unknown[];
  /** All outputs are blocked; `outputs` is not looked at. */
  readonly blocked?: Blocked;
  /** What ComfyUI calls `ui`: shown to the user, kept in the history. Over a list the parts of each key are joined. */
  readonly ui?: Readonly<Record<string, unknown>>;
  /** Nodes that run in place of this one, by ids that are new in the prompt: `context.graph()` makes them. */
  readonly expand?: Readonly<Record<string, ExpandedNode>>;
}

/** A node that another one made. `displayNode`: the node of the page that shows for it; by default the one that made it. */
export interface ExpandedNode extends PromptNode {
  readonly displayNode?: string;
}

/** What every node is given. nodes/ extends it with devices, folders and options. */
export interface NodeContext {
  readonly nodeId: string;
  readonly signal: AbortSignal;
  /** The prompt as validated, and the UI workflow if one came with it: SaveImage writes both into the PNG. */
  readonly prompt: Prompt;
  readonly extraPngInfo: Readonly<Record<string, unknown>>;
  /** The prompt with what expansions added to it. */
  readonly dynamicPrompt?: DynamicPrompt;
  /** Types of the outputs that linked inputs come from. */
  readonly linkTypes?: Readonly<Record<string, string>>;
  /** Which run over a list this is, from 0. */
  readonly run?: number;
  /** What progress should carry: "latent2rgb" when someone watches the picture being made. */
  readonly previews?: "none" | "latent2rgb";
  /** A step done. `value` of `max`. */
  progress(value: number, max: number, preview?: Preview): void;
  /** A line to show on the node while it runs. */
  showText?(text: string): void;
  /** A value that keeps what takes it from running (ComfyUI's ExecutionBlocker). With a message that is told once, as an error beside the run. */
  block?(message?: string): Blocked;
  /** Makes an expansion: ids are derived from this node's, so that they are new and the same in each run. */
  graph?(): GraphBuilder;
}

export interface OutputSpec {
  readonly name: string;
  readonly type: string;
  /** ComfyUI's OUTPUT_IS_LIST: the value is a list, and what takes it runs once for each. */
  readonly isList?: boolean;
  readonly tooltip?: string;
  /** Of outputs of `MATCH_TYPE`: the template whose type it has. */
  readonly template?: string;
}

/** ComfyUI's hidden inputs. */
export type HiddenKind = "PROMPT" | "EXTRA_PNGINFO" | "UNIQUE_ID" | "DYNPROMPT";

interface InputCommon {
  readonly optional?: boolean;
  readonly tooltip?: string;
  /** The page folds it away. */
  readonly advanced?: boolean;
  /** A link that is followed only if the node asks for it (`checkLazyStatus`). */
  readonly lazy?: boolean;
}

/** The type of inputs and outputs that take any type, and the same one where they share a template. */
export const MATCH_TYPE = "COMFY_MATCHTYPE_V3";

/** The type of a choice that brings inputs of its own. */
export const DYNAMIC_COMBO = "COMFY_DYNAMICCOMBO_V3";

/** The type of an input that is as many inputs as are given. */
export const AUTOGROW = "COMFY_AUTOGROW_V3";

export type InputSpec =
  /** A link to another node's output: MODEL, CLIP, LATENT, ... or "*". */
  | (InputCommon & {
      readonly type: "LINK";
      readonly of: string;
      /** Of inputs of `MATCH_TYPE`. */
      readonly template?: { readonly template_id: string; readonly allowed_types: string };
      /** The page shows it and links nothing to it. */
      readonly socketless?: boolean;
    })
  /** Bounds are inclusive. `bigint` where a seed goes past 2^53. */
  | (InputCommon & {
      readonly type: "INT";
      readonly default?: number | bigint;
      readonly min?: number | bigint;
      readonly max?: number | bigint;
      readonly step?: number;
      /** A seed: the page offers to change it after each run. */
      readonly controlAfterGenerate?: boolean | "fixed";
      readonly display?: "color" | "number" | "slider";
    })
  | (InputCommon & {
      readonly type: "FLOAT";
      readonly default?: number;
      readonly min?: number | bigint;
      readonly max?: number | bigint;
      readonly step?: number;
      readonly round?: number | false;
    })
  | (InputCommon & {
      readonly type: "STRING";
      readonly default?: string;
      readonly multiline?: boolean;
      readonly dynamicPrompts?: boolean;
    })
  | (InputCommon & { readonly type: "BOOLEAN"; readonly default?: boolean })
  /** `options` may depend on the folders of the machine. */
  | (InputCommon & {
      readonly type: "COMBO";
      readonly options: readonly string[] | ((context: CatalogueContext) => readonly string[]);
      readonly default?: string;
      readonly imageUpload?: boolean;
      /** How /object_info writes it: `[[options], {...}]`, or `["COMBO", {options, ...}]`. Without it: the first. */
      readonly form?: "list" | "object";
    })
  /** A choice by key. What the chosen option takes stands in a prompt as `name.input`, beside the key under `name` (`liveInputs`). */
  | (InputCommon & { readonly type: typeof DYNAMIC_COMBO; readonly options: readonly DynamicOption[] })
  /**
   * Inputs that stand in a prompt as `name.prefix0`, `name.prefix1`, ...: at least `min`, at most `max` (`liveInputs`). There is no value under
   * `name` itself. `input`: how each is declared, under the name that the page has for it.
   */
  | (InputCommon & {
      readonly type: typeof AUTOGROW;
      readonly input: readonly [name: string, spec: InputSpec];
      readonly prefix: string;
      readonly min: number;
      readonly max: number;
    });

export interface DynamicOption {
  readonly key: string;
  readonly inputs: Readonly<Record<string, InputSpec>>;
}

/** What options of a combo may depend on. */
export interface CatalogueContext {
  /** Names in a model folder ("diffusion_models", "vae", ...), or "input" for pictures, sorted. */
  list(folder: string): readonly string[];
}

/** A prompt in API format. INT values may be bigint: JSON is read losslessly. */
export type Prompt = Readonly<Record<string, PromptNode>>;

export interface PromptNode {
  readonly class_type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly _meta?: { readonly title?: string };
}

/** A link to another node's output. */
export type Link = readonly [nodeId: string, slot: number];
