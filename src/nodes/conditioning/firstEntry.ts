import { NodeInputError } from "../errors.ts";
import type { Conditioning, ConditioningEntry } from "../values.ts";

/** What a conditioning gives to others: its first entry. Throws NodeInputError where the widths do not fit. */
export function firstEntry(node: string, from: Conditioning, to: Conditioning): ConditioningEntry {
  const [entry] = from;
  if (entry === undefined) throw new NodeInputError(`${node}: conditioning_from has no entries`);
  const other = to.find(({ width }) => width !== entry.width);
  if (other === undefined) return entry;
  throw new NodeInputError(
    `${node}: contexts ${entry.width} and ${other.width} wide do not go together; use one text encoder for both`,
  );
}
