/** Whether a version such as "20.20.1" meets `needed`: ">=20.19". */
export function isNewEnough(version: string, needed: string): boolean {
  const numbers = (text: string) =>
    text
      .replace(/^[^\d]*/, "")
      .split(".")
      .map(Number);
  const [have, least] = [numbers(version), numbers(needed)];
  for (let i = 0; i < least.length; i++) if (have[i] !== least[i]) return (have[i] ?? 0) > least[i]!;
  return true;
}
