import { expect, test } from "vitest";
import type { SavedPicture } from "../nodes/context.ts";
import { BreadcrumbTrail } from "./breadcrumb.ts";

const picture = (filename: string): SavedPicture => ({
  node: "9",
  index: 0,
  type: "output",
  subfolder: "",
  filename,
  inode: "18446744073709551615",
});
const line = (jobId: string, filename: string) => `${JSON.stringify({ jobId, picture: picture(filename) })}\n`;

test("pictures of the job are kept beside the last breadcrumb, in pieces as a pipe gives them; those of an earlier job go", () => {
  const trail = new BreadcrumbTrail();
  const text = [
    '["9","SaveImage","",""]\n',
    line("a", "a_1.png"),
    line("b", "b_1.png"),
    line("b", "b_2.png"),
    '["10","KSampler","dev","double_blocks.0"]\n',
    '{"jobId":"b","pictu', // died here
  ].join("");
  for (const part of text.match(/.{1,7}|\n/gs)!) trail.add(part);
  expect(trail.last()).toEqual({ node: "10", classType: "KSampler", model: "dev", stage: "double_blocks.0" });
  expect(trail.saved("b").map(({ filename }) => filename)).toEqual(["b_1.png", "b_2.png"]);
  expect(trail.saved("a")).toEqual([]);
  expect(trail.saved("b")[0]).toEqual(picture("b_1.png"));
});
