/**
 * A request that is refused: its status and what the client is told, as JSON. Thrown by routes, answered in one place (app.ts). `body` names the
 * field that is wrong, in ComfyUI's own form where it has one.
 */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: RefusalStatus;
  readonly body: Readonly<Record<string, unknown>>;
  constructor(status: RefusalStatus, body: Readonly<Record<string, unknown>> | string, field?: string) {
    const told = typeof body === "string" ? { error: body, ...(field === undefined ? {} : { field }) } : body;
    super(typeof told["error"] === "string" ? told["error"] : `refused with ${status}`);
    this.status = status;
    this.body = told;
  }
}

export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 416 | 422 | 503;

/** What keeps the server from running at all. `code` is stable (docs/errors.md); the message carries the next step. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  readonly code: "address-in-use" | "cannot-listen" | "folder-in-use" | "broken-queue" | "no-front-end";
  constructor(
    code: "address-in-use" | "cannot-listen" | "folder-in-use" | "broken-queue" | "no-front-end",
    message: string,
  ) {
    super(message);
    this.code = code;
  }
}
