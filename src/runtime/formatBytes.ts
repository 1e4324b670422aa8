const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** "1.41 GB": three significant digits, powers of 1000, as cards and files are sold. `up` never rounds down, so that a suggested budget is enough. */
export function formatBytes(bytes: number, round: "nearest" | "up" = "nearest"): string {
  if (!Number.isFinite(bytes)) return "unlimited";
  let unit = 0;
  let value = bytes;
  while (Math.abs(value) >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  const scale = 10 ** digits;
  const shown = round === "up" ? Math.ceil(value * scale - 1e-9) / scale : value;
  return `${shown.toFixed(digits)} ${UNITS[unit]}`;
}
