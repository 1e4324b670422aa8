/**
 * WebAssembly's text as its bytes: the part of the language that our loops are written in. Expressions are folded, "(i32.add a b)"; locals and
 * labels have names; a function returns one i32; the memory is imported as "js" "memory" and functions are exported by their names.
 * Not in it: calls, globals, tables, data, shared memory. A word that it does not know is a mistake of ours: it throws.
 * Source: WebAssembly core specification 2.0, "Text Format" and "Binary Format".
 */
export function assembleWasm(text: string): Uint8Array<ArrayBuffer> {
  const functions = parse(text).map(readFunction);
  const types = functions.map(({ params }) => [0x60, ...list(params.map(() => [I32])), 1, I32]);
  const section = (id: number, items: readonly (readonly number[])[]): number[] => {
    const body = list(items);
    return [id, ...unsigned(body.length), ...body];
  };
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, [[...name("js"), ...name("memory"), 2, 0, 1]]),
    ...section(
      3,
      functions.map((_, i) => unsigned(i)),
    ),
    ...section(
      7,
      functions.map((one, i) => [...name(one.name), 0, ...unsigned(i)]),
    ),
    ...section(
      10,
      functions.map(({ code }) => [...unsigned(code.length), ...code]),
    ),
  ]);
}

const [I32, V128] = [0x7f, 0x7b];
const TYPES: Readonly<Record<string, number>> = { i32: I32, v128: V128 };

/** Instructions whose operands are expressions. */
const PLAIN: Readonly<Record<string, number>> = {
  "i32.eqz": 0x45,
  "i32.ne": 0x47,
  "i32.lt_u": 0x49,
  "i32.ge_u": 0x4f,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.and": 0x71,
  "i32.or": 0x72,
  "i32.shl": 0x74,
  "i32.shr_u": 0x76,
};
/** With a place in memory, of which no alignment is promised. */
const MEMORY: Readonly<Record<string, number>> = {
  "i32.load": 0x28,
  "i32.load8_u": 0x2d,
  "i32.load16_u": 0x2f,
  "i32.store": 0x36,
  "i32.store8": 0x3a,
  "i32.store16": 0x3b,
};
/** Those behind the prefix of vectors. */
const VECTOR: Readonly<Record<string, number>> = {
  "i8x16.swizzle": 0x0e,
  "i8x16.splat": 0x0f,
  "i8x16.lt_s": 0x25,
  "v128.and": 0x4e,
  "v128.or": 0x50,
  "v128.xor": 0x51,
  "i8x16.shl": 0x6b,
  "i8x16.shr_u": 0x6d,
  "i8x16.add": 0x6e,
  "i8x16.sub": 0x71,
  "i8x16.max_u": 0x79,
};
const VECTOR_MEMORY: Readonly<Record<string, number>> = {
  "v128.load": 0x00,
  "v128.load64_zero": 0x5d,
  "v128.store": 0x0b,
};

type Expression = string | readonly Expression[];

function parse(text: string): readonly Expression[] {
  const stack: Expression[][] = [[]];
  for (const [token] of text.matchAll(/[()]|[^\s()]+/g)) {
    if (token === "(") stack.push([]);
    else if (token === ")") {
      const done = stack.pop()!;
      stack.at(-1)!.push(done);
    } else stack.at(-1)!.push(token);
  }
  if (stack.length !== 1) throw new Error("invariant: parentheses do not match");
  return stack[0]!;
}

/** "(func $name (param $a i32) (local $b v128) body...)". */
function readFunction(expression: Expression): { name: string; params: readonly string[]; code: number[] } {
  const [word, label, ...rest] = expression as readonly Expression[];
  if (word !== "func" || typeof label !== "string") throw new Error("invariant: only functions are assembled");
  const declared = (kind: string) => rest.filter((item) => item[0] === kind).map((item) => item as readonly string[]);
  const params = declared("param").map(([, own]) => own!);
  const locals = declared("local");
  const names = [...params, ...locals.map(([, own]) => own!)];
  const body = rest.filter((item) => item[0] !== "param" && item[0] !== "local");
  const groups = locals.map(([, , type]) => [1, TYPES[type!]!]);
  const code = [...list(groups), ...body.flatMap((item) => assemble(item, names, [])), 0x0b];
  return { name: label.slice(1), params, code };
}

/** `labels`: of the loops around it, innermost last. */
function assemble(expression: Expression, locals: readonly string[], labels: readonly string[]): number[] {
  const [word, ...rest] = expression as readonly [string, ...Expression[]];
  const all = (items: readonly Expression[], inside = labels) =>
    items.flatMap((item) => assemble(item, locals, inside));
  const local = (): number[] => {
    const index = locals.indexOf(rest[0] as string);
    if (index < 0) throw new Error(`invariant: there is no local ${String(rest[0])}`);
    return unsigned(index);
  };
  if (word === "local.get") return [0x20, ...local()];
  if (word === "local.set") return [...all(rest.slice(1)), 0x21, ...local()];
  if (word === "local.tee") return [...all(rest.slice(1)), 0x22, ...local()];
  if (word === "i32.const") return [0x41, ...signed(Number(rest[0]))];
  if (word === "loop") return [0x03, 0x40, ...all(rest.slice(1), [...labels, rest[0] as string]), 0x0b];
  if (word === "br_if") {
    const depth = labels.length - 1 - labels.lastIndexOf(rest[0] as string);
    return [...all(rest.slice(1)), 0x0d, ...unsigned(depth)];
  }
  if (word === "i8x16.shuffle")
    return [...all(rest.slice(16)), 0xfd, ...unsigned(0x0d), ...rest.slice(0, 16).map(Number)];
  if (word === "i8x16.extract_lane_u") return [...all(rest.slice(1)), 0xfd, ...unsigned(0x16), Number(rest[0])];
  const offset = /^offset=(\d+)$/.exec(String(rest[0]))?.[1];
  const place = [0, ...unsigned(Number(offset ?? 0))];
  const operands = () => all(offset === undefined ? rest : rest.slice(1));
  if (Object.hasOwn(PLAIN, word)) return [...all(rest), PLAIN[word]!];
  if (Object.hasOwn(VECTOR, word)) return [...all(rest), 0xfd, ...unsigned(VECTOR[word]!)];
  if (Object.hasOwn(MEMORY, word)) return [...operands(), MEMORY[word]!, ...place];
  if (Object.hasOwn(VECTOR_MEMORY, word)) return [...operands(), 0xfd, ...unsigned(VECTOR_MEMORY[word]!), ...place];
  throw new Error(`invariant: ${word} is not assembled`);
}

const list = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const name = (text: string): number[] => [...unsigned(text.length), ...new TextEncoder().encode(text)];

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const low = value & 127;
  const rest = value >> 7;
  return (rest === 0 && low < 64) || (rest === -1 && low >= 64) ? [low] : [low | 128, ...signed(rest)];
}
