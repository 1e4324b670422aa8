import type { JobEvent } from "../../engine/messages.ts";

/** What is known of the node that runs: folded from the job's events. Times in ms, from the clock of who folds. */
export class NodeProgress {
  classType = "";
  startedAt = 0;
  value = 0;
  max = 0;
  stage = "";
  vramUsed = 0;
  vramBudget = 0;
  /** Bytes moved since the engine started, now and when the node started. */
  moved = 0;
  movedBefore = 0;
  #firstAt = 0;
  #lastAt = 0;

  see(event: JobEvent, now: number): void {
    if (event.kind === "executing") {
      this.classType = event.classType;
      this.startedAt = now;
      this.value = 0;
      this.max = 0;
      this.stage = "";
      this.movedBefore = this.moved;
    }
    if (event.kind === "progress") {
      if (this.value === 0) this.#firstAt = now;
      this.#lastAt = now;
      this.value = event.value;
      this.max = event.max;
    }
    if (event.kind === "stage") {
      this.stage = event.stage;
      this.vramUsed = event.vramUsed;
      this.vramBudget = event.vramBudget;
      this.moved = event.movedBytes;
    }
    if (event.kind === "restarted") {
      this.moved = 0;
      this.movedBefore = 0;
    }
  }

  /** Seconds a step; the first one counts only while it is alone, since it waits for weights. `null`: no step is done. */
  secondsPerStep(): number | null {
    if (this.value === 0) return null;
    const ms =
      this.value === 1 ? this.#firstAt - this.startedAt : (this.#lastAt - this.#firstAt) / Math.max(1, this.value - 1);
    return ms / 1000;
  }
}
