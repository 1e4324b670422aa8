import { expect, test } from "vitest";
import { unreachable } from "./unreachable.ts";

test.each([
  [
    Object.assign(new Error("getaddrinfo ENOTFOUND hub.test"), { code: "ENOTFOUND", hostname: "hub.test" }),
    "hub.test cannot be reached: no address is found for hub.test (ENOTFOUND: no network, or a wrong name)",
  ],
  [
    Object.assign(new Error("getaddrinfo EAI_AGAIN proxy.test"), { code: "EAI_AGAIN", hostname: "proxy.test" }),
    "hub.test cannot be reached: no address is found for proxy.test (EAI_AGAIN: no network, or a wrong name)",
  ],
  [
    Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" }),
    "hub.test cannot be reached: connect ECONNREFUSED 127.0.0.1:1",
  ],
  [new Error("no byte came for 60 s"), "hub.test cannot be reached: no byte came for 60 s"],
])("%s", (error, words) => {
  expect(unreachable("hub.test", error)).toBe(words);
});
