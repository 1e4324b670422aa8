import { expect, test } from "vitest";
import { pressureCache } from "../workflow/caches/pressureCache.ts";
import { cachePressure } from "./cachePressure.ts";

const MB = 1_000_000;
const picture = (bytes: number) => ({ outputs: [[{ data: new Uint8Array(bytes) }]] });

test("results go when less than the headroom is free, at most twice a second", () => {
  const cache = pressureCache();
  cache.set("a", picture(4 * MB));
  cache.set("b", picture(4 * MB));
  const machine = { free: 100 * MB, total: 1000 * MB };
  let ms = 0;
  const look = cachePressure(
    { kind: "ram", headroom: 50 * MB },
    cache,
    () => machine,
    () => ms,
  );
  const kept = () => ["a", "b"].filter((key) => cache.get(key) !== undefined).join();
  look();
  expect(kept()).toBe("a,b");
  machine.free = 48 * MB;
  look();
  expect(kept()).toBe("a,b");
  ms = 500;
  look();
  expect(kept()).toBe("b");
});

test("without an amount a quarter of the machine stays free", () => {
  const cache = pressureCache();
  cache.set("a", picture(4 * MB));
  cachePressure({ kind: "ram", headroom: null }, cache, () => ({ free: 251 * MB, total: 1000 * MB }))();
  expect(cache.get("a")).toBeDefined();
  cachePressure({ kind: "ram", headroom: null }, cache, () => ({ free: 249 * MB, total: 1000 * MB }))();
  expect(cache.get("a")).toBeUndefined();
});

test("other caches keep what the user chose", () => {
  const cache = pressureCache();
  cache.set("a", picture(4 * MB));
  cachePressure({ kind: "classic" }, cache, () => ({ free: 0, total: 1000 * MB }))();
  expect(cache.get("a")).toBeDefined();
});
