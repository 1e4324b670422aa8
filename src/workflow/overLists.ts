import { Blocked } from "./blocked.ts";
import { NodeContractError } from "./errors.ts";
import type { InputLists } from "./gatherInputs.ts";

/** What a node is given in one run: a value per input, or with `inputIsList` a list per input. */
export type RunInputs = Readonly<Record<string, unknown>>;

/** The runs of a node: as many as its longest list has items; shorter lists repeat their last. Throws NodeContractError (`empty-list`). */
export function overLists(inputs: InputLists, inputIsList: boolean): readonly RunInputs[] {
  if (inputIsList) return [inputs];
  const entries = Object.entries(inputs);
  const empty = entries.find(([, list]) => list.length === 0);
  if (empty !== undefined) {
    throw new NodeContractError(
      "empty-list",
      `"${empty[0]}" is linked to a list with nothing in it, so there is nothing to run on`,
    );
  }
  const runs = Math.max(1, ...entries.map(([, list]) => list.length));
  return Array.from({ length: runs }, (_, i) =>
    Object.fromEntries(entries.map(([name, list]) => [name, list[Math.min(i, list.length - 1)]])),
  );
}

/** The first blocked value among a run's inputs. */
export function blockedIn(inputs: RunInputs, inputIsList: boolean): Blocked | undefined {
  const values = Object.values(inputs);
  return (inputIsList ? values.flat() : values).find((value) => value instanceof Blocked);
}
