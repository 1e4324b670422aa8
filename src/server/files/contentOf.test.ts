import { expect, test } from "vitest";
import { encodePng } from "../../formats/png.ts";
import { contentOf } from "./contentOf.ts";

const text = (value: string) => Buffer.from(value, "latin1");

test.each([
  ["a PNG", encodePng({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) }), "media"],
  ["a JPEG", text("\xff\xd8\xff\xe0\0\x10JFIF"), "media"],
  ["a WebP", text("RIFF\x10\0\0\0WEBPVP8 "), "media"],
  ["a film", text("\0\0\0\x20ftypisom"), "media"],
  ["a page", text("<!DOCTYPE html><title>x"), "active"],
  ["a page after blanks", text("\n\t  <HtMl>"), "active"],
  ["a page after a byte order mark", text("\xef\xbb\xbf<script>alert(1)</script>"), "active"],
  ["a page in UTF-16", Buffer.from("\ufeff<script>1</script>", "utf16le"), "active"],
  ["an SVG", text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">'), "active"],
  ["XML", text('<?xml version="1.0"?><a/>'), "active"],
  ["a PDF", text("%PDF-1.7"), "active"],
  ["a picture with a page behind it", text("\x89PNG\r\n\x1a\n<script>"), "media"],
  ["text", text("this is no page: <script>"), "other"],
  ["nothing", text(""), "other"],
] as const)("%s", (_, bytes, content) => expect(contentOf(bytes)).toBe(content));
