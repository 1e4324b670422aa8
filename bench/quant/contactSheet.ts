import { encodePng } from "../../src/formats/encodePng.ts";

const LABEL = 14;
const GAP = 4;

/** 3 x 5 dots a letter, rows from the top, three bits each. */
const LETTERS: Readonly<Record<string, string>> = {
  a: "25755",
  b: "65656",
  c: "34443",
  d: "65556",
  e: "74647",
  f: "74644",
  g: "34553",
  h: "55755",
  i: "72227",
  j: "11152",
  k: "55655",
  l: "44447",
  m: "57755",
  n: "65555",
  o: "25552",
  p: "65644",
  q: "25563",
  r: "65655",
  s: "34216",
  t: "72222",
  u: "55557",
  v: "55552",
  w: "55775",
  x: "55255",
  y: "55222",
  z: "71247",
  "0": "75557",
  "1": "26227",
  "2": "61247",
  "3": "61216",
  "4": "55711",
  "5": "74616",
  "6": "34757",
  "7": "71122",
  "8": "75757",
  "9": "75716",
  _: "00007",
  ",": "00024",
  " ": "00000",
};

/** Pictures side x side, RGB, in rows of `across`, each with its name above it, as a PNG. */
export function contactSheet(
  tiles: readonly { readonly label: string; readonly picture: Uint8Array }[],
  side: number,
  across: number,
): Uint8Array {
  const down = Math.ceil(tiles.length / across);
  const width = across * (side + GAP) + GAP;
  const height = down * (side + LABEL + GAP) + GAP;
  const data = new Uint8Array(width * height * 3).fill(255);
  for (const [n, { label, picture }] of tiles.entries()) {
    const left = GAP + (n % across) * (side + GAP);
    const top = GAP + Math.floor(n / across) * (side + LABEL + GAP);
    for (let y = 0; y < side; y++)
      data.set(picture.subarray(y * side * 3, (y + 1) * side * 3), ((top + LABEL + y) * width + left) * 3);
    for (const [i, letter] of [...label.toLowerCase()].entries()) {
      const rows = LETTERS[letter] ?? LETTERS[" "]!;
      // every dot is 2 x 2 pixels
      for (let y = 0; y < 10; y++)
        for (let x = 0; x < 6; x++) {
          const at = left + i * 8 + x;
          if (at >= left + side || ((Number(rows[y >> 1]) >> (2 - (x >> 1))) & 1) === 0) continue;
          data.fill(0, ((top + 1 + y) * width + at) * 3, ((top + 1 + y) * width + at) * 3 + 3);
        }
    }
  }
  return encodePng({ width, height, channels: 3, data });
}
