/** Where the world can fail under a runtime. Each is counted apart. */
export type Site =
  | "chunk" /** device memory for weights is refused */
  | "activations" /** the activation buffer is refused */
  | "carried" /** device memory for carried tensors is refused */
  | "map" /** a place of a unified device cannot be mapped */
  | "staging" /** host memory for a staging buffer is refused */
  | "upload" /** half of the bytes arrive, then the device says no */
  | "write" /** inputs do not reach the device */
  | "submit" /** the device takes no program */
  | "fence" /** a program that was taken ends in a failure */
  | "read" /** results do not come back */
  | "eio" /** a file read fails, with half of the buffer overwritten */
  | "short" /** a file read brings less than was asked for */
  | "end" /** a file ends early */
  | "changed"; /** a file is replaced by another one */

/** Which calls of a site fail: the nth (from 1), and all after it when `forGood`. */
export interface Fault {
  readonly site: Site;
  readonly nth: number;
  readonly forGood: boolean;
}

/** Counts the calls of each site, and says which of them fail. */
export class Faults {
  #fault: Fault | undefined;
  readonly #calls = new Map<Site, number>();

  arm(fault: Fault | undefined): void {
    this.#fault = fault;
    this.#calls.clear();
  }

  /** One more call of the site: whether it fails. */
  hits(site: Site): boolean {
    const call = this.calls(site) + 1;
    this.#calls.set(site, call);
    const { site: wanted, nth, forGood } = this.#fault ?? {};
    return site === wanted && (call === nth || (forGood === true && call > nth!));
  }

  calls(site: Site): number {
    return this.#calls.get(site) ?? 0;
  }

  /** Whether the fault that is armed has happened. */
  get met(): boolean {
    return this.#fault !== undefined && this.calls(this.#fault.site) >= this.#fault.nth;
  }
}
