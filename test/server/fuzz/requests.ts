import { document } from "../../../src/server/openapi/document.ts";
import type { Random } from "./random.ts";
import { anything, text, valueFor } from "./values.ts";

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

type Schema = Readonly<Record<string, unknown>>;
interface Described {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
}

const operations = Object.entries(
  document("0").paths as Readonly<Record<string, Readonly<Record<string, Described>>>>,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]) => ({ method: method.toUpperCase(), path, described })),
);
/** What takes bodies is what can break: it comes more often. */
const weighted = operations.flatMap(
  (operation) => Array(operation.described.requestBody === undefined ? 1 : 5).fill(operation) as typeof operations,
);

const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const LINE = "fuzzboundary";

/** One request: a valid one of some operation, then bent in a few places or in none. */
export function makeRequest(random: Random): Sent {
  const { method, path, described } = random.pick(weighted);
  const query: string[] = [];
  let filled: string = path;
  for (const { name, in: place, required, schema } of described.parameters ?? []) {
    const value = valueFor(random, schema);
    const word = encode(random, typeof value === "string" ? value : JSON.stringify(value));
    if (place === "path") filled = filled.replace(`{${name}}`, word);
    else if (required ? random.chance(0.95) : random.chance(0.5)) query.push(`${name}=${word}`);
  }
  if (random.chance(0.05)) query.push(`${encode(random, text(random))}=${encode(random, text(random))}`);
  const headers: Record<string, string> = {};
  let body: Buffer | null = null;
  const [type, content] = Object.entries(described.requestBody?.content ?? {})[0] ?? [];
  if (type === "application/json") {
    body = Buffer.from(JSON.stringify(valueFor(random, content?.schema ?? {})));
    headers["content-type"] = random.pick(["application/json", "text/plain", "application/x-www-form-urlencoded", "x"]);
  } else if (type === "multipart/form-data") {
    body = formOf(random, content?.schema ?? {});
    headers["content-type"] = `multipart/form-data; boundary=${LINE}`;
  } else if (type !== undefined) body = Buffer.from(random.chance(0.5) ? text(random) : PICTURE);
  return bend(random, { method, path: filled + (query.length > 0 ? `?${query.join("&")}` : ""), headers, body });
}

function formOf(random: Random, schema: Schema): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries((schema["properties"] ?? {}) as Readonly<Record<string, Schema>>)) {
    if (random.chance(0.2)) continue;
    const file = name === "image";
    const safe = (word: string) => word.replaceAll(/["\r\n]/g, "_");
    const content = file
      ? random.pick([PICTURE, Buffer.from("<script>"), Buffer.alloc(0), PICTURE.subarray(0, 30)])
      : Buffer.from(
          name === "original_ref" && random.chance(0.8)
            ? JSON.stringify({ filename: text(random), type: "input", subfolder: random.pick(["", text(random)]) })
            : wordOf(
                random.chance(0.7) && name === "subfolder"
                  ? random.pick(["", "sub", "link", ".."])
                  : valueFor(random, value),
              ),
        );
    parts.push(
      Buffer.from(
        `--${LINE}\r\nContent-Disposition: form-data; name="${name}"${file ? `; filename="${safe(text(random))}"` : ""}\r\n\r\n`,
      ),
      content,
      Buffer.from("\r\n"),
    );
  }
  return Buffer.concat([...parts, Buffer.from(`--${LINE}--\r\n`)]);
}

const wordOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Changes that make a request one that nobody foresaw. */
function bend(random: Random, sent: Sent): Sent {
  if (random.chance(0.5)) return sent;
  const { body } = sent;
  switch (random.int(9)) {
    case 0:
      return { ...sent, method: random.pick(METHODS) };
    case 1:
      return {
        ...sent,
        path: `${sent.path.slice(0, random.int(sent.path.length + 1))}/${encode(random, text(random))}`,
      };
    case 2:
      return { ...sent, headers: { ...sent.headers, ...oddHeaders(random) } };
    case 3:
      return body === null ? sent : { ...sent, body: body.subarray(0, random.int(body.length + 1)) };
    case 4: {
      if (body === null || body.length === 0) return sent;
      const changed = Buffer.from(body);
      for (let n = 0; n <= random.int(4); n++) changed[random.int(changed.length)] = random.int(256);
      return { ...sent, body: changed };
    }
    case 5:
      return {
        ...sent,
        body: Buffer.from(`${random.pick(['{"a":', "[", '{"prompt":{"1":'])}`.repeat(1 + random.int(400))),
      };
    case 6:
      return { ...sent, body: Buffer.from(JSON.stringify(anything(random))) };
    case 7:
      return {
        ...sent,
        body: Buffer.from(
          random.pick([
            "NaN",
            '{"a":1e999}',
            '{"__proto__":{"x":1}}',
            "\ufeff{}",
            '"\\ud800"',
            "18446744073709551616",
            '{"a":1,"a":2}',
          ]),
        ),
      };
    default:
      return {
        ...sent,
        headers: {
          ...sent.headers,
          "content-type": random.pick([
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=x",
            "",
          ]),
        },
      };
  }
}

function oddHeaders(random: Random): Record<string, string> {
  return random.pick<Record<string, string>>([
    { range: random.pick(["bytes=0-", "bytes=-1", "bytes=5-1", "bytes=999999-", "bytes=0-1,2-3", "items=1"]) },
    { "if-none-match": random.pick(["*", '"x"', "W/"]) },
    { "if-modified-since": random.pick(["x", "Thu, 01 Jan 2099 00:00:00 GMT"]) },
    { origin: random.pick(["null", "http://evil.example", "http://127.0.0.1", ""]) },
    { "sec-fetch-site": random.pick(["cross-site", "same-origin", "none"]) },
    { host: random.pick(["evil.example", "localhost", "[::1]:1", "127.0.0.1:x", "a b"]) },
    { cookie: random.pick(["weir_token=%", "a", "weir_token="]) },
    { authorization: random.pick(["Bearer", "Basic x", "Bearer "]) },
    { "comfy-user": random.pick(["default", "..", "x_y"]) },
    { "accept-encoding": "gzip" },
    { "x-long": "y".repeat(random.int(9000)) },
    { "content-encoding": "gzip" },
    { "sec-fetch-dest": "image" },
  ]);
}

/** A word in an address: encoded as it should be, twice, or hardly at all (what may not travel bare is encoded in any case). */
function encode(random: Random, word: string): string {
  const whole = Buffer.from(word).toString("latin1");
  const bytes = (kept: RegExp) =>
    [...whole]
      .map((letter) => (kept.test(letter) ? letter : `%${letter.charCodeAt(0).toString(16).padStart(2, "0")}`))
      .join("");
  const once = bytes(/[a-zA-Z0-9._~-]/);
  if (random.chance(0.8)) return once;
  return random.chance(0.5) ? once.replaceAll("%", "%25") : bytes(/[!-~]/).replaceAll(/[#\s]/g, "%23");
}
