import type { Random } from "./random.ts";

type Schema = Readonly<Record<string, unknown>>;

/** Names as attackers write them, and plain ones. */
const NAMES: readonly string[] = [
  ...["a.png", "b.txt", "sub", "sub/a.png", "a.json", "canary.txt", "link", "link/canary.txt", "out.png", "", ".", " "],
  ...[
    "..",
    "../canary.txt",
    "../../canary.txt",
    "..\\canary.txt",
    "....//canary.txt",
    "/etc/passwd",
    "C:\\x",
    "\\\\host\\x",
  ],
  ...[
    "%2e%2e%2fcanary.txt",
    "..%2fcanary.txt",
    "a.png\0.txt",
    "a\r\nx: y",
    "a.png [output]",
    "../a.png [input]",
    "[temp]",
  ],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "nul",
    "x".repeat(300),
    "ü\u202e.png",
    "\ud800",
    "<script>",
    "'; drop table jobs",
    "-1",
    "NaN",
  ],
];
const WORDS: readonly string[] = [
  ...["input", "output", "temp", "models", "user"],
  ...["true", "false", "1", "jpeg;90", "webp", "a", "rgb"],
];
const CLASSES = [
  "EmptyImage",
  "SaveImage",
  "LoadImage",
  "LoadImageMask",
  "ImageScale",
  "PreviewImage",
  "KSampler",
  "UNETLoader",
  "nope",
  "",
];
const NUMBERS: readonly unknown[] = [0, -0, 1, -1, 1.5, 64, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 1e-308];

export const text = (random: Random): string => random.pick(random.chance(0.7) ? NAMES : WORDS);

/** Any JSON, small and deep enough to matter. */
export function anything(random: Random, depth = 0): unknown {
  switch (random.int(depth > 3 ? 5 : 7)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.pick(NUMBERS);
    case 3:
    case 4:
      return text(random);
    case 5:
      return Array.from({ length: random.int(4) }, () => anything(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random.int(4) }, () => [text(random), anything(random, depth + 1)]),
      );
  }
}

/** A graph that may even run. */
export function graph(random: Random): unknown {
  const count = 1 + random.int(5);
  const link = () => [String(random.int(count + 1)), random.pick([0, 0, 0, 1, -1, "0", 99])];
  const node = () => ({
    class_type: random.pick(CLASSES),
    inputs: {
      width: random.chance(0.8) ? 64 : anything(random),
      height: 64,
      batch_size: 1,
      color: 0,
      images: random.chance(0.9) ? link() : anything(random),
      image: random.chance(0.5) ? link() : text(random),
      filename_prefix: text(random),
      unet_name: text(random),
      ...(random.chance(0.2) ? { [text(random)]: anything(random) } : {}),
    },
  });
  return Object.fromEntries(
    Array.from({ length: count }, (_, n) => [String(n), random.chance(0.95) ? node() : anything(random)]),
  );
}

/** A value of a JSON Schema; one time in ten something else. */
export function valueFor(random: Random, schema: Schema): unknown {
  if (random.chance(0.1)) return anything(random);
  const options = (schema["anyOf"] ?? schema["oneOf"]) as readonly Schema[] | undefined;
  if (options !== undefined) return valueFor(random, random.pick(options));
  if (Array.isArray(schema["enum"])) return random.pick(schema["enum"]);
  switch (schema["type"]) {
    case "object": {
      const named = Object.entries((schema["properties"] ?? {}) as Record<string, Schema>);
      const required = (schema["required"] ?? []) as readonly string[];
      const made: [string, unknown][] = named
        .filter(([name]) => random.chance(required.includes(name) ? 0.95 : 0.5))
        .map(([name, value]) => [
          name,
          name === "prompt" && random.chance(0.8) ? graph(random) : valueFor(random, value),
        ]);
      const more = schema["additionalProperties"];
      if (typeof more === "object" && random.chance(0.3)) made.push([text(random), valueFor(random, more as Schema)]);
      return Object.fromEntries(made);
    }
    case "array":
      return Array.from({ length: random.int(4) }, () => valueFor(random, (schema["items"] ?? {}) as Schema));
    case "string":
      return text(random);
    case "integer":
    case "number":
      return random.pick(NUMBERS);
    case "boolean":
      return random.chance(0.5);
    case "null":
      return null;
    default:
      return anything(random);
  }
}
