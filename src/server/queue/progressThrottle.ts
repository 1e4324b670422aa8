/** As recorded: between the first and the last tick of a node, one each 0.1 s and 0.5 %. */
const MIN_MS = 100;
const MIN_SHARE = 0.005;

/**
 * Which ticks of a node are told: the first, the last and those with a picture always, the others as often as a person sees. A loop of
 * thousands of steps would else be thousands of messages.
 */
export class ProgressThrottle {
  readonly #sent = new Map<string, { readonly value: number; readonly at: number }>();

  /** `now`: ms. */
  passes(node: string, value: number, max: number, always: boolean, now: number): boolean {
    const last = this.#sent.get(node);
    const due = last === undefined || (now - last.at >= MIN_MS && value - last.value >= max * MIN_SHARE);
    if (!always && value < max && !due) return false;
    this.#sent.set(node, { value, at: now });
    return true;
  }
}
