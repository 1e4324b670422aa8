/** "0.42 s", "12.3 s", "125 s": three digits. */
export function formatSeconds(seconds: number): string {
  return `${seconds.toFixed(seconds < 9.995 ? 2 : seconds < 99.95 ? 1 : 0)} s`;
}
