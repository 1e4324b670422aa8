/** What the server says no to: its own words. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** A request to the server that this page came from. Throws Refused with what it answers to a request that it does not take. */
export async function api<T>(path: string, body?: string): Promise<T> {
  const answer = await fetch(path, body === undefined ? {} : { method: "POST", body });
  const text = await answer.text();
  let value: unknown = null;
  try {
    value = text === "" ? null : JSON.parse(text);
  } catch {
    // What is no JSON is told by its status.
  }
  if (!answer.ok) throw new Refused(wordsOf(value) ?? `the server answered ${answer.status}`);
  return value as T;
}

interface NodeErrors {
  readonly [node: string]: { readonly errors: readonly { readonly message: string; readonly details: string }[] };
}

/** ComfyUI's form of a refused prompt, or `{error, field}`. */
function wordsOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  const { error, node_errors } = value as { readonly error?: unknown; readonly node_errors?: NodeErrors };
  const first = Object.values(node_errors ?? {})[0]?.errors[0];
  if (first !== undefined) return `${first.message}: ${first.details}`;
  if (typeof error === "string") return error;
  const { message, details } = (error ?? {}) as { readonly message?: string; readonly details?: string };
  return message === undefined ? null : details ? `${message}: ${details}` : message;
}
