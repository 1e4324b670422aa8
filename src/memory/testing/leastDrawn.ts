/**
 * The fewest of `runs` random cases that show what a share of them is known to: fewer come up less than once in a million runs of the whole property,
 * at any number of runs. For a property's own check that it was about something. 0 where so few runs say nothing. The binomial distribution's lower tail.
 */
export function leastDrawn(runs: number, share: number): number {
  // Of exactly `k` cases, from the last to the next: runs! / (k! (runs - k)!) share^k (1 - share)^(runs - k), as a logarithm.
  let log = runs * Math.log1p(-share);
  let below = 0;
  for (let k = 0; ; k++) {
    below += Math.exp(log);
    if (below > RARE) return k;
    log += Math.log(((runs - k) / (k + 1)) * (share / (1 - share)));
  }
}

const RARE = 1e-6;
