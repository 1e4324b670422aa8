import { SettingError } from "../errors.ts";
import { isLink } from "../link.ts";
import { parseJson } from "../losslessJson.ts";
import type { InputSpec } from "../node.ts";
import { PythonError, pyInt, pyToFloat } from "../python.ts";

/** A value from a command line as its input declares it; `where` is for messages. Throws SettingError. */
export function typedValue(spec: InputSpec, text: string, where: string): unknown {
  try {
    switch (spec.type) {
      case "INT":
        return pyInt(text);
      case "FLOAT":
        return pyToFloat(text);
      case "BOOLEAN": {
        const word = text.toLowerCase();
        if (["true", "1", "yes", "on"].includes(word)) return true;
        if (["false", "0", "no", "off"].includes(word)) return false;
        throw new SettingError(`${where} is ${JSON.stringify(text)}; it takes true or false`);
      }
      case "LINK": {
        const value = parseLink(text);
        if (value !== null) return value;
        throw new SettingError(`${where} takes a link to ${spec.of}, written ["node id", output number]`);
      }
      default:
        return text;
    }
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    throw new SettingError(
      `${where} is ${JSON.stringify(text)}; it takes ${spec.type === "INT" ? "a whole number" : "a number"}`,
    );
  }
}

function parseLink(text: string): unknown {
  try {
    const value = parseJson(text, { depth: 1, length: 1000 });
    return isLink(value) ? value : null;
  } catch {
    return null;
  }
}
