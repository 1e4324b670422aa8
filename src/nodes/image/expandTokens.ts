/** What %tokens% of a filename prefix stand for; %batch_num% is told per picture. Dates are local. Source: comfyui-api.md, "Files". */
export function expandTokens(
  prefix: string,
  size: { readonly width: number; readonly height: number },
  now: Date,
): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const values = new Map<string, string>([
    ["width", String(size.width)],
    ["height", String(size.height)],
    ["year", String(now.getFullYear())],
    ["month", two(now.getMonth() + 1)],
    ["day", two(now.getDate())],
    ["hour", two(now.getHours())],
    ["minute", two(now.getMinutes())],
    ["second", two(now.getSeconds())],
  ]);
  // One after the other, as the original: a "%" that ends what is no token may begin one.
  let text = prefix;
  for (const [name, value] of values) text = text.replaceAll(`%${name}%`, value);
  return text;
}
