/** One line of a plot. */
export interface PlotLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly dashed?: boolean;
}

export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly PlotLine[];
}

const [WIDTH, HEIGHT] = [760, 440];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 190, 40, 52];
/** Told apart by people who see few colours. Source: Okabe and Ito's palette. */
const COLOURS = ["#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999"];

/** A plot of lines from x = 0 and y = 0 as SVG text, the same bytes for the same numbers. */
export function svgPlot({ title, x, y, lines }: Plot): string {
  const all = lines.flatMap(({ points }) => points);
  const right = Math.max(...all.map(([px]) => px));
  const top = nice(Math.max(...all.map(([, py]) => py)));
  const px = (value: number): string => (LEFT + ((WIDTH - LEFT - RIGHT) * value) / right).toFixed(1);
  const py = (value: number): string => (HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / top).toFixed(1);
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const text = (tx: number | string, ty: number | string, words: string, more = ""): string =>
    `<text x="${tx}" y="${ty}"${more}>${escaped(words)}</text>`;
  const drawn = lines.map(({ name, points, dashed }, i) => {
    const colour = COLOURS[i % COLOURS.length];
    const path = points.map(([a, b]) => `${px(a)},${py(b)}`).join(" ");
    const at = TOP + 10 + 20 * i;
    const dash = dashed ? ' stroke-dasharray="6 4"' : "";
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="2"${dash} points="${path}"/>`,
      `<line x1="${WIDTH - RIGHT + 16}" y1="${at}" x2="${WIDTH - RIGHT + 40}" y2="${at}" stroke="${colour}" stroke-width="2"${dash}/>`,
      text(WIDTH - RIGHT + 46, at + 4, name),
    ].join("\n");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
${text(LEFT, 22, title, ' font-size="14"')}
${ticks.map((t) => `<line x1="${LEFT}" y1="${py(t * top)}" x2="${WIDTH - RIGHT}" y2="${py(t * top)}" stroke="#dddddd"/>\n${text(LEFT - 8, Number(py(t * top)) + 4, short(t * top), ' text-anchor="end"')}\n${text(px(t * right), HEIGHT - BOTTOM + 18, short(t * right), ' text-anchor="middle"')}`).join("\n")}
${text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, x, ' text-anchor="middle"')}
${text(16, TOP - 8, y)}
${drawn.join("\n")}
</svg>
`;
}

/** The next of 1, 2, 2.5, 5, 10, ... */
function nice(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
const escaped = (words: string): string => words.replace(/&/g, "&amp;").replace(/</g, "&lt;");
