import { keptTokens } from "../../models/flux2/index.ts";
import type { Shown } from "./flux2Runs.ts";

/** An entry whose references are computed once: by the first pass that shows it; the later ones have what that pass kept. */
export interface Keeping {
  readonly first: Shown;
  readonly later: Shown;
}

export const keeping = (shown: Shown): Keeping => ({
  first: { ...shown, shape: { ...shown.shape, keepReferences: true } },
  later: {
    ...shown,
    shape: { ...shown.shape, references: [], keptTokens: keptTokens(shown.shape) },
    references: [],
  },
});

type Values = Readonly<Record<string, Float32Array>>;

/** What the passes of one sampling have kept of references, on the host. */
export class KeptReferences {
  /** By what is shown later. */
  readonly #values = new Map<Shown, Values>();

  /** What a pass over `entries` shows now. */
  shown(entries: readonly Shown[]): readonly Shown[] {
    return this.#shown(entries, (entry) => this.#values.has(entry.keeping!.later));
  }

  /** What each of several passes will show, one after the other, the first of them being the next. */
  foretell(passes: readonly (readonly Shown[])[]): readonly (readonly Shown[])[] {
    const seen = new Set<Shown>();
    return passes.map((entries) => {
      const shown = this.#shown(entries, (entry) => this.#values.has(entry.keeping!.later) || seen.has(entry));
      for (const entry of entries) seen.add(entry);
      return shown;
    });
  }

  /** Takes what a pass over `entries` gave, entry by entry. */
  keep(entries: readonly Shown[], outputs: readonly Values[]): void {
    for (const [i, { keeping }] of entries.entries()) {
      if (keeping === undefined || this.#values.has(keeping.later)) continue;
      const { out: _, ...values } = outputs[i]!;
      this.#values.set(keeping.later, values);
    }
  }

  /** What a pass is handed for `shown` beside its other inputs. */
  of(shown: Shown): Values | undefined {
    return this.#values.get(shown);
  }

  #shown(entries: readonly Shown[], known: (entry: Shown) => boolean): readonly Shown[] {
    return entries.map((entry) =>
      entry.keeping === undefined ? entry : known(entry) ? entry.keeping.later : entry.keeping.first,
    );
  }
}
