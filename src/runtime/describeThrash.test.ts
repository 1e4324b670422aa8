import { expect, test } from "vitest";
import type { Thrash } from "../memory/thrashWatch.ts";
import { describeThrash } from "./describeThrash.ts";

const thrash = (cause: Thrash["cause"]): Thrash => ({
  moved: 8e8,
  bound: 6e8,
  refaults: 0,
  cause,
  more: 2e8,
  leastVram: 3e9,
});

test("each cause has the smallest change that would end it", () => {
  const vram = { flag: "--vram", limit: 4e9 } as const;
  const texts = [
    describeThrash("klein", thrash("room"), vram),
    describeThrash("klein", thrash("room"), { flag: "--vram-weights", limit: 1e9 }),
    describeThrash("klein", thrash("room"), null),
    describeThrash("klein", thrash("budget"), vram),
    describeThrash("klein", thrash("fault"), vram),
    describeThrash("klein", thrash("trim"), vram),
  ];
  expect(texts).toMatchInlineSnapshot(`
    [
      "klein: weights go in and out again, 800 MB in one pass where 600 MB would do: something else needs their room. --vram 4.20GB would keep them; a smaller picture or a quantised file of the model needs less.",
      "klein: weights go in and out again, 800 MB in one pass where 600 MB would do: something else needs their room. --vram-weights 1.20GB would keep them; a smaller picture or a quantised file of the model needs less.",
      "klein: weights go in and out again, 800 MB in one pass where 600 MB would do: something else needs their room. They lack 200 MB; a smaller picture or a quantised file of the model needs less.",
      "klein: weights go in and out again, 800 MB in one pass where 600 MB would do: the budget of device memory goes up and down. Close what else uses the device, or keep to --vram 3.00GB.",
      "klein: weights go in and out again, 800 MB in one pass where 600 MB would do: the device refuses memory that the budget allows. Close what else uses it, or keep --reserve-vram 200MB for it.",
      "klein: weights go in and out again, 800 MB in one pass where 600 MB would do: memory is asked back while it runs.",
    ]
  `);
});
