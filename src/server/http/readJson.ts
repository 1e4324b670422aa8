import type { Context } from "hono";
import { JsonError } from "../../workflow/errors.ts";
import { parseJson } from "../../workflow/losslessJson.ts";
import { RequestError } from "../errors.ts";
import { readBody } from "./readBody.ts";

const NO_JSON = "Request body must be valid JSON";

/**
 * The body as JSON, whatever content type it claims (one client sends text/plain, another form-urlencoded); integers stay exact. NaN and
 * Infinity, which `parseJson` reads for the sake of old pictures, are refused: no client could read them back. 400 names line and column.
 * `empty`: what no body means; without it an empty body is refused. Source: ecosystem.md, "What real clients require".
 */
export async function readJson(c: Context, limit: number, empty?: unknown): Promise<unknown> {
  const bytes = await readBody(c, limit);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  if (text.trim() === "" && empty !== undefined) return empty;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new RequestError(400, { error: NO_JSON, details: error.message, field: "body" });
  }
  if (!isStandard(value)) {
    throw new RequestError(400, { error: NO_JSON, details: "it holds a number that is not finite", field: "body" });
  }
  return value;
}

function isStandard(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  return Array.isArray(value) ? value.every(isStandard) : Object.values(value).every(isStandard);
}
