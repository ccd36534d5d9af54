/** Params of a strategy in a file of their own. */
import { extname } from "node:path";
import { readText } from "#cli/entries.ts";
import { ParamsFileError } from "#cli/misuse.ts";
import { parseJson } from "#shared/json.ts";
import { Params } from "#shared/settings.ts";
import { parseToml } from "#shared/toml.ts";

/** Throws when the file cannot be read, or is neither TOML nor JSON. */
export function readParamsFile(file: string): Params {
  switch (extname(file)) {
    case ".toml":
      return parseToml(Params, { file, text: readText(file), secret: false });
    case ".json":
      return parseJson(Params, readText(file), file);
    default:
      throw new ParamsFileError(file);
  }
}
