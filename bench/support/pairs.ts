/** What one side of a pair costs, in any unit: it is asked again and again. */
export type Side = () => Promise<number>;

/** Costs of rounds: `sides[s][r]` is side s in round r. */
export type Rounds<Names extends string> = Readonly<Record<Names, readonly number[]>>;

/**
 * Runs sides in turn, round by round, the first one another each round, so that whatever drifts (clocks, caches, neighbours) hits all
 * alike. One round before the first is thrown away. On a machine that is slow or busy it ends after `seconds`, once there are `least`
 * rounds: six are enough for an interval of 95 %.
 */
export async function rounds<Names extends string>(
  count: number,
  sides: Readonly<Record<Names, Side>>,
  seconds = 45,
  least = 6,
): Promise<Rounds<Names>> {
  const names = Object.keys(sides) as Names[];
  const costs = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Names, number[]>;
  const end = performance.now() + 1000 * seconds;
  for (let round = -1; round < count && (round < least || performance.now() < end); round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + 1) % names.length]!;
      const cost = await sides[name]();
      if (round >= 0) costs[name].push(cost);
    }
  }
  return costs;
}

/** a[i] / b[i] for each round. */
export const ratios = (a: readonly number[], b: readonly number[]): number[] => a.map((value, i) => value / b[i]!);
