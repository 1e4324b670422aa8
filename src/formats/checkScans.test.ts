import { expect, test } from "vitest";
import { checkScans } from "./checkScans.ts";
import { decodeJpeg } from "./decodeJpeg.ts";

const scans = (count: number) => Buffer.concat(Array.from({ length: count }, () => Buffer.from([0xff, 0xda, 0, 2])));

test("a hundred are taken, one more is not", () => {
  expect(() => checkScans(scans(100), "a.jpg")).not.toThrow();
  expect(() => checkScans(scans(101), "a.jpg")).toThrow(/has 101 scans, the limit is 100/);
});

test("it is looked at before anything is decoded", async () => {
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xc2, 0, 11, 8, 0x1f, 0x40, 0x1f, 0x40, 1, 1, 0x11, 0]);
  await expect(decodeJpeg(Buffer.concat([head, scans(30_000)]), "slow.jpg")).rejects.toMatchObject({
    code: "too-large",
  });
});
