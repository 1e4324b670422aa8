/** One at a time, in the order asked for. */
export class Lock {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  get held(): boolean {
    return this.#waiting > 0;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const result = this.#tail.then(work).finally(() => {
      this.#waiting--;
    });
    this.#tail = result.catch(() => {});
    return result;
  }
}
