import type { Fence } from "./words.ts";

export interface SetFence extends Fence {
  reach(): void;
}

/** A fence that its maker reaches. */
export function createFence(): SetFence {
  let resolve!: () => void;
  const reached = new Promise<void>((done) => {
    resolve = done;
  });
  const fence = {
    done: false,
    reached,
    reach() {
      fence.done = true;
      resolve();
    },
  };
  return fence;
}
