/** What a file's first bytes say it is, whatever its name says. "active": a browser that looked for itself would run it. */
export type Content = "media" | "active" | "other";

/** As many bytes as are looked at: browsers look at 1445 (MIME Sniffing, "resource header"). */
export const LOOK = 1445;

/** Starts of pictures, films, sounds. Source: MIME Sniffing standard, sections 6 and 7; TIFF 6.0; RFC 9639 (FLAC). */
const MEDIA: readonly RegExp[] = [
  /^\x89PNG\r\n.\n/s,
  /^\xff\xd8\xff/,
  /^RIFF.{4}(WEBP|WAVE|AVI )/s,
  /^GIF8[79]a/,
  /^BM.{12}/s,
  /^(II\*\0|MM\0\*)/,
  /^.{4}ftyp/s,
  /^.E\xdf\xa3/s,
  /^ID3|^\xff[\xe2\xe3\xf2\xf3\xfa\xfb]/,
  /^OggS\0/,
  /^fLaC/,
];

/** Tags by which a browser knows a page, after blanks and a byte order mark; and PDF, which can hold scripts. Source: MIME Sniffing, 7.1. */
const ACTIVE =
  /^(\xef\xbb\xbf|\xfe\xff|\xff\xfe)?[\s\0]*(<(!doctype\s|!--|\?xml|(html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg|math|x?link|object|embed|img|meta|base|form)[\s>/])|%PDF-)/i;

/** Judges by content. `bytes`: a file's first ones, `LOOK` are enough. */
export function contentOf(bytes: Uint8Array): Content {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, LOOK)).toString("latin1");
  if (MEDIA.some((magic) => magic.test(start))) return "media";
  // UTF-16 has a NUL beside each letter of a tag.
  return ACTIVE.test(start) || ACTIVE.test(start.replaceAll("\0", "")) ? "active" : "other";
}
