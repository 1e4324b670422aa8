import { expect, test } from "vitest";
import { listenHosts } from "./listenHosts.ts";

test.each([
  [undefined, ["127.0.0.1"]],
  [true, ["0.0.0.0", "::"]],
  ["0.0.0.0,::", ["0.0.0.0", "::"]],
  [" 127.0.0.1 , [::1],", ["127.0.0.1", "::1"]],
  ["a.local,a.local", ["a.local"]],
] as const)("--listen %s: %j", (listen, hosts) => {
  expect(listenHosts(listen)).toEqual(hosts);
});

test("none is an error", () => {
  expect(() => listenHosts(" , ")).toThrow(/expected an address/);
});
