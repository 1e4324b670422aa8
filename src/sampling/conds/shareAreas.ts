import type { Area, CondRegion } from "./condRegion.ts";

/** A conditioning's entry with its region. `T`: what the model is told. */
export interface Scoped<T> {
  readonly region: CondRegion;
  readonly told: T;
}

/**
 * For each area in one conditioning, the others get an entry with the same region, telling what their smallest entry around it tells:
 * otherwise positive and negative would be compared where only one of them was looked at in the area. Entries are added, none is changed.
 */
export function shareAreas<T>(conds: readonly (readonly Scoped<T>[])[]): readonly (readonly Scoped<T>[])[] {
  const grown = conds.map((entries) => [...entries]);
  for (const from of grown)
    for (const to of grown) {
      if (to === from) continue;
      for (const { region } of from) {
        if (region.area === null) continue;
        const around = smallestAround(region.area, to);
        if (around === null || (around.region.area !== null && equal(around.region.area, region.area))) continue;
        to.push({ region, told: around.told });
      }
    }
  return grown;
}

function smallestAround<T>(area: Area, entries: readonly Scoped<T>[]): Scoped<T> | null {
  let best: Scoped<T> | null = null;
  for (const entry of entries) {
    const other = entry.region.area;
    if (other === null) best ??= entry;
    else if (covers(other, area)) {
      const size = best?.region.area ?? null;
      if (size === null || size.height * size.width > other.height * other.width) best = entry;
    }
  }
  return best;
}

const covers = (a: Area, b: Area): boolean =>
  b.y >= a.y && b.x >= a.x && a.y + a.height >= b.y + b.height && a.x + a.width >= b.x + b.width;

const equal = (a: Area, b: Area): boolean => a.y === b.y && a.x === b.x && a.height === b.height && a.width === b.width;
