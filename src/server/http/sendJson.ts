import { printJson } from "../../workflow/losslessJson.ts";

/** Answers with JSON in which integers are exact. Text that is JSON already goes through `sendJsonText`. */
export const sendJson = (value: unknown, status = 200): Response => sendJsonText(printJson(value), status);

/** Answers with text that is JSON. */
export function sendJsonText(text: string, status = 200): Response {
  return new Response(text, { status, headers: { "content-type": "application/json; charset=utf-8" } });
}
