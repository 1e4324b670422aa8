import {
  AUTOGROW,
  type CatalogueContext,
  DYNAMIC_COMBO,
  type InputSpec,
  MATCH_TYPE,
  type NodeResult,
} from "../workflow/node.ts";
import type { WeirContext, WeirNode } from "./context.ts";
import { NodeInputError } from "./errors.ts";

/**
 * How Weir's own nodes are written: inputs and outputs are declared once, and `execute` is typed by them. Names, order, bounds and
 * categories are ComfyUI's; a test holds them to its recorded /object_info.
 */

/** An input as declared, and how a validated value becomes what `execute` is given. */
export interface Input<T> {
  readonly spec: InputSpec;
  read(value: unknown, name: string): T;
  /** In place of `read`, of an input that is made of several values of the prompt. Undefined: it is not there. */
  gather?(values: Readonly<Record<string, unknown>>, key: string, node: string): T | undefined;
}

export interface Output<T> {
  readonly type: string;
  readonly isList?: boolean;
  readonly tooltip?: string;
  readonly template?: string;
  /** Never there: carries the type. */
  readonly value?: T;
}

type Inputs = Readonly<Record<string, Input<unknown>>>;
type Outputs = Readonly<Record<string, Output<unknown>>>;
type Values<I extends Inputs> = { readonly [K in keyof I]: I[K] extends Input<infer T> ? T : never };
type Results<O extends Outputs> = { readonly [K in keyof O]: O[K] extends Output<infer T> ? T : never };

/** Outputs with something to show beside them: ComfyUI's `ui`. */
export interface Shown<O> {
  readonly outputs: O;
  readonly ui: Readonly<Record<string, unknown>>;
}

interface Definition<I extends Inputs, O extends Outputs, Out extends boolean> {
  readonly name: string;
  /** ComfyUI shows the name itself where there is none. */
  readonly displayName?: string;
  readonly category: string;
  readonly description?: string;
  /** ComfyUI's module of it, and what the page knows it by: `NodeClass`. */
  readonly pythonModule?: string;
  readonly searchAliases?: readonly string[];
  readonly essentialsCategory?: string;
  readonly outputTooltips?: readonly string[];
  readonly inputs: I;
  readonly hidden?: WeirNode["hidden"];
  readonly outputs: O;
  /** Execution starts from it, and it shows what it made. */
  readonly outputNode?: Out;
  readonly saves?: boolean;
  readonly deprecated?: boolean;
  readonly experimental?: boolean;
  readonly validates?: readonly (keyof I & string)[];
  validate?(inputs: Partial<Values<I>>, context: WeirContext): ReturnType<NonNullable<WeirNode["validate"]>>;
  fingerprint?(inputs: Partial<Values<I>>, context: WeirContext): Promise<string>;
  checkLazyStatus?(inputs: Partial<Values<I>>): readonly (keyof I & string)[];
  execute(inputs: Values<I>, context: WeirContext): Executed<O, Out> | Promise<Executed<O, Out>>;
}

type Executed<O extends Outputs, Out extends boolean> = Out extends true ? Shown<Results<O>> : Results<O>;

export function node<const I extends Inputs, const O extends Outputs, Out extends boolean = false>(
  definition: Definition<I, O, Out>,
): WeirNode {
  const { name, displayName = name, category, description, inputs, outputs, outputNode } = definition;
  const { pythonModule, searchAliases, essentialsCategory, outputTooltips, hidden } = definition;
  const { validates, validate, fingerprint, checkLazyStatus, deprecated, experimental } = definition;
  const read = (values: Readonly<Record<string, unknown>>) => readInputs(inputs, values, name);
  return {
    name,
    displayName,
    category,
    ...(description === undefined ? {} : { description }),
    inputs: Object.fromEntries(Object.entries(inputs).map(([key, { spec }]) => [key, spec])),
    outputs: Object.entries(outputs).map(([key, { value: _, ...output }]) => ({ name: key, ...output })),
    outputNode: outputNode === true,
    ...(definition.saves === undefined ? {} : { saves: definition.saves }),
    ...(definition.displayName === undefined ? { untitled: true } : {}),
    ...(pythonModule === undefined ? {} : { pythonModule }),
    ...(searchAliases === undefined ? {} : { searchAliases }),
    ...(essentialsCategory === undefined ? {} : { essentialsCategory }),
    ...(outputTooltips === undefined ? {} : { outputTooltips }),
    ...(hidden === undefined ? {} : { hidden }),
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(experimental === undefined ? {} : { experimental }),
    ...(checkLazyStatus === undefined ? {} : { checkLazyStatus: (values) => checkLazyStatus(read(values)) }),
    ...(validates === undefined ? {} : { validates }),
    ...(validate === undefined ? {} : { validate: (values, context) => validate(read(values), context) }),
    ...(fingerprint === undefined
      ? {}
      : { fingerprint: async (values, context) => fingerprint(read(values), context) }),
    async execute(values, context): Promise<NodeResult> {
      const result = await definition.execute(read(values), context);
      const shown = outputNode === true ? (result as Shown<Results<O>>) : null;
      const named = (shown?.outputs ?? result) as Results<O>;
      const list = Object.keys(outputs).map((key) => named[key]);
      return shown === null ? { outputs: list } : { outputs: list, ui: shown.ui };
    },
  };
}

/** What the prompt's values are to `execute`; `prefix`: they stand there under longer names. */
function readInputs<I extends Inputs>(
  inputs: I,
  values: Readonly<Record<string, unknown>>,
  node: string,
  prefix = "",
): Values<I> {
  const made: Record<string, unknown> = {};
  for (const [key, input] of Object.entries(inputs)) {
    const name = prefix + key;
    const given = values[name] !== undefined;
    const value =
      input.gather?.(values, name, node) ?? (given ? input.read(values[name], `${node}.${name}`) : undefined);
    if (value !== undefined) made[key] = value;
  }
  return made as Values<I>;
}

type Lists<I extends Inputs> = { readonly [K in keyof I]: readonly Values<I>[K][] };

/** A node that takes whole lists and runs once (ComfyUI's INPUT_IS_LIST); a value that is no list comes as one of one item. */
export function listNode<const I extends Inputs, const O extends Outputs>(
  definition: Omit<Definition<I, O, false>, "execute" | "outputNode" | "checkLazyStatus"> & {
    execute(inputs: Lists<I>, context: WeirContext): Results<O> | Promise<Results<O>>;
  },
): WeirNode {
  const { execute, ...rest } = definition;
  const { inputs, outputs, name } = rest;
  const base = node({
    ...rest,
    execute: () => {
      throw new Error(`invariant: ${name} runs over lists`);
    },
  });
  return {
    ...base,
    inputIsList: true,
    async execute(values, context): Promise<NodeResult> {
      // as elsewhere, but `read` is given a list for each value
      const listed = Object.fromEntries(
        Object.entries(inputs).map(([key, { read, ...input }]): [string, Input<unknown>] => [
          key,
          { ...input, read: (list, at) => (list as readonly unknown[]).map((value) => read(value, at)) },
        ]),
      );
      const lists = readInputs(listed, values, name) as unknown as Lists<I>;
      const result = await execute(lists, context);
      return { outputs: Object.keys(outputs).map((key) => result[key]) };
    },
  };
}

type Options<T extends InputSpec["type"]> = Omit<Extract<InputSpec, { type: T }>, "type" | "optional">;

/** A whole number that a double holds; seeds are `seed`. */
export const int = (options: Options<"INT">): Input<number> => ({
  spec: { type: "INT", ...options },
  read: (value, name) => {
    const number = Number(value);
    // Bounds are not checked on links.
    if (!Number.isSafeInteger(number)) throw new NodeInputError(`${name} is ${value}, which is no whole number`);
    return number;
  },
});

/** A seed: 0 to 2^64 - 1, kept exactly. */
export const seed = (tooltip?: string): Input<bigint> => ({
  spec: {
    type: "INT",
    default: 0,
    min: 0,
    max: 2n ** 64n - 1n,
    controlAfterGenerate: true,
    ...(tooltip === undefined ? {} : { tooltip }),
  },
  read: (value) => BigInt(value as number | bigint),
});

/** A whole number of any size, as it comes. */
export const bigInt = (options: Options<"INT">): Input<number | bigint> => ({
  spec: { type: "INT", ...options },
  read: (value) => value as number | bigint,
});

export const float = (options: Options<"FLOAT">): Input<number> => ({
  spec: { type: "FLOAT", ...options },
  read: (value) => Number(value),
});

export const text = (options: Options<"STRING"> = {}): Input<string> => ({
  spec: { type: "STRING", ...options },
  read: (value) => String(value),
});

export const boolean = (options: Options<"BOOLEAN"> = {}): Input<boolean> => ({
  spec: { type: "BOOLEAN", ...options },
  read: (value) => Boolean(value),
});

export const combo = (
  options: readonly string[] | ((catalogue: CatalogueContext) => readonly string[]),
  more: Omit<Options<"COMBO">, "options"> = {},
): Input<string> => ({ spec: { type: "COMBO", options, ...more }, read: (value) => String(value) });

type Choice<O extends Readonly<Record<string, Inputs>>> = {
  readonly [K in keyof O]: { readonly key: K } & Values<O[K]>;
}[keyof O];

/** A choice that brings inputs of its own: `execute` is given the key and what belongs to it. Keys are looked up in `options` as they are. */
export const choice = <const O extends Readonly<Record<string, Inputs>>>(
  options: O,
  more: Omit<Options<typeof DYNAMIC_COMBO>, "options"> = {},
): Input<Choice<O>> => ({
  spec: {
    type: DYNAMIC_COMBO,
    options: Object.entries(options).map(([key, inputs]) => ({
      key,
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, { spec }]) => [name, spec])),
    })),
    ...more,
  },
  read: (key, name) => {
    throw new Error(`invariant: ${name} is ${key} and more`);
  },
  gather: (values, name, node) => {
    if (values[name] === undefined) return undefined;
    const key = String(values[name]);
    const inputs = Object.hasOwn(options, key) ? options[key] : undefined;
    if (inputs === undefined) {
      throw new NodeInputError(`${node}.${name} is "${key}"; there are: ${Object.keys(options).join(", ")}`);
    }
    return { key, ...readInputs(inputs, values, node, `${name}.`) } as unknown as Choice<O>;
  },
});

/** The files of a folder, by ComfyUI's name of it. */
export const file = (folder: string): Input<string> => combo(({ list }) => list(folder));

/** An input that may be left out. */
export const optional = <T>(input: Input<T>): Input<T | undefined> => ({
  ...input,
  spec: { ...input.spec, optional: true },
});

/** As many links as are given, in order of their numbers, from `min` to `max`; `name`: what the page calls each. */
export const growing = <T>(
  link: Input<T>,
  { name, ...limits }: { readonly name: string; readonly prefix: string; readonly min: number; readonly max: number },
): Input<readonly T[]> => ({
  spec: { type: AUTOGROW, input: [name, link.spec], ...limits },
  read: (_, where) => {
    throw new Error(`invariant: ${where} is several`);
  },
  gather: (values, key, node) =>
    Array.from({ length: limits.max }, (_, i) => `${key}.${limits.prefix}${i}`)
      .filter((each) => values[each] !== undefined)
      .map((each) => link.read(values[each], `${node}.${each}`)),
});

/** A value of a type: `link` takes it as an input, `output` gives it. */
export const kind = <T>(type: string) => ({
  link: (tooltip?: string): Input<T> => ({
    spec: { type: "LINK", of: type, ...(tooltip === undefined ? {} : { tooltip }) },
    read: (value) => value as T,
  }),
  /** A value that the page fills in, and links nothing to. */
  socketless: (): Input<T> => ({
    spec: { type: "LINK", of: type, socketless: true },
    read: (value) => value as T,
  }),
  output: { type } as Output<T>,
});

/** An output with a line of text for who points at it. */
export const told = <T>(output: Output<T>, tooltip: string): Output<T> => ({ ...output, tooltip });

/** An output that is a list: what takes it runs once for each item. */
export const listOf = <T>(output: Output<T>): Output<readonly T[]> => ({ type: output.type, isList: true });

/** A value of any type, the same for all inputs and outputs of one template. A lazy input may not be there when the node runs. */
export const matchType = (template: string, allowed = "*") => {
  const spec = { type: "LINK", of: MATCH_TYPE, template: { template_id: template, allowed_types: allowed } } as const;
  const read = (value: unknown) => value;
  return {
    link: (): Input<unknown> => ({ spec, read }),
    /** An output that is a list of them. */
    listOutput: { type: MATCH_TYPE, template, isList: true } as Output<readonly unknown[]>,
    lazyLink: (): Input<unknown> => ({ spec: { ...spec, lazy: true }, read }),
    output: { type: MATCH_TYPE, template } as Output<unknown>,
  };
};
