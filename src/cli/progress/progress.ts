import type { JobEvent } from "../../engine/messages.ts";

/** Shows a job as it runs. Two of them: a line drawn over on a terminal, a line per node elsewhere. */
export interface Progress {
  event(event: JobEvent): void;
  /** A line that stays, above what is drawn over. */
  line(text: string): void;
  /** The job is over, well or not: nothing drawn stays behind. */
  end(): void;
}
