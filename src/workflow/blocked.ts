/**
 * A value that is not there on purpose: what takes it does not run, and hands it on (ComfyUI's ExecutionBlocker). A message is told once,
 * by the first node that would have taken it.
 */
export class Blocked {
  readonly message: string | null;
  constructor(message: string | null) {
    this.message = message;
  }
}
