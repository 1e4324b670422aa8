import type { Interval } from "./interval.ts";

/** "1.02 [1.01, 1.04] (n 20)": three decimals below 10. */
export function showInterval({ median, low, high, n }: Interval, unit = ""): string {
  const number = (value: number) => value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3);
  return `${number(median)}${unit} [${number(low)}, ${number(high)}], n ${n}`;
}

/** The fastest of each side: what is left when neighbours on the machine are not counted. */
export function showFastest(a: readonly number[], b: readonly number[]): string {
  const [fastA, fastB] = [Math.min(...a), Math.min(...b)];
  return `fastest over fastest ${(fastA / fastB).toFixed(3)}`;
}

/** Whether a goal of "at most" was met, in words. */
export function atMost(value: number, goal: number): string {
  return value <= goal ? "met" : `missed by ${(100 * (value / goal - 1)).toPrecision(2)} %`;
}

/** The same for "at least". */
export function atLeast(value: number, goal: number): string {
  return value >= goal ? "met" : `missed by ${(100 * (1 - value / goal)).toPrecision(2)} %`;
}
