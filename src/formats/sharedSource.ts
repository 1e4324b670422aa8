import type { WeightSource } from "./weightSource.ts";

/** One opened file for several owners: each closes its own, and the file is closed with the last. Closing one's own again does nothing. */
export function sharedSource<S extends WeightSource>(source: S, owners: number): S[] {
  let open = owners;
  return Array.from({ length: owners }, () => {
    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => {
      closed ??= --open === 0 ? source.close() : Promise.resolve();
      return closed;
    };
    return new Proxy(source, {
      get(target, key) {
        if (key === "close") return close;
        const value: unknown = Reflect.get(target, key, target);
        // methods have private fields, which are the target's alone
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  });
}
