import type { NodePlace } from "./executionEvent.ts";

type Ui = Readonly<Record<string, unknown>>;

/** What a node made, as it is handed on and kept. */
export interface NodeOutcome {
  /** Per output the list of its values: one for each run, or what a list output held. A value may be `Blocked`. */
  readonly outputs: readonly (readonly unknown[])[];
  readonly ui?: Ui;
  /** The node that showed it, by the id it had when it ran. */
  readonly shownBy?: NodePlace;
  /** What nodes of its expansion showed, under the id it had then. */
  readonly inside?: { readonly node: string; readonly shown: readonly ShownInside[] };
}

export interface ShownInside {
  readonly node: string;
  readonly displayNode: string;
  readonly parentNode: string;
  readonly ui: Ui;
}
