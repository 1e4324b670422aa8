/** Where `got` differs from a recorded expectation with placeholders, or null. Source: ../shared/golden/api/README.md, "Format". */
export function mismatch(got: unknown, want: unknown, path = "$"): string | null {
  const differs = `${path}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`;
  if (typeof want === "string" && want.startsWith("<")) {
    if (want.startsWith("<re:"))
      return typeof got === "string" && new RegExp(want.slice(4, -1)).test(got) ? null : differs;
    switch (want) {
      case "<string>":
        return typeof got === "string" ? null : differs;
      case "<list>":
        return Array.isArray(got) ? null : differs;
      case "<object>":
        return typeof got === "object" && got !== null && !Array.isArray(got) ? null : differs;
    }
  }
  if (Array.isArray(want)) {
    if (!Array.isArray(got) || got.length !== want.length) return differs;
    return want.map((item, i) => mismatch(got[i], item, `${path}[${i}]`)).find((m) => m !== null) ?? null;
  }
  if (typeof want === "object" && want !== null) {
    if ("$oneOf" in want) {
      return (want.$oneOf as unknown[]).some((item) => mismatch(got, item) === null) ? null : differs;
    }
    if ("$unordered" in want) {
      const left = [...(Array.isArray(got) ? got : [])];
      for (const item of want.$unordered as unknown[]) {
        const at = left.findIndex((candidate) => mismatch(candidate, item) === null);
        if (at < 0) return differs;
        left.splice(at, 1);
      }
      return left.length === 0 && Array.isArray(got) ? null : differs;
    }
    if (typeof got !== "object" || got === null || Array.isArray(got)) return differs;
    const keys = new Set([...Object.keys(want), ...Object.keys(got)]);
    for (const key of keys) {
      if (!(key in want) || !(key in got)) return `${path}.${key}: only in what was ${key in got ? "got" : "wanted"}`;
      const found = mismatch(got[key as never], want[key as never], `${path}.${key}`);
      if (found !== null) return found;
    }
    return null;
  }
  return Object.is(got, want) ? null : differs;
}
