import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { isExitPrompt } from "#cli/ask.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { StrategyFileThereError } from "#cli/init/errors.ts";
import { AUTHOR_TSCONFIG, EXAMPLES_FOLDER, ROOT } from "#cli/installation.ts";
import { wishOf } from "#cli/new/answers.ts";
import { strategyText, testText, type Wish } from "#cli/new/text.ts";
import { print, printRemark } from "#cli/output.ts";
import type { NewFlags } from "#cli/verbs/setup.ts";
import { FileUnwritableError } from "#shared/errors.ts";

const FOLDER = "strategies";
const TSCONFIG = "tsconfig.json";

/** Writes a strategy and its test into the current folder; overwrites nothing. */
export async function create(
  context: Context,
  name: string | undefined,
  flags: NewFlags,
): Promise<ExitCode> {
  try {
    const wish = await wishOf(context, name, flags);
    await write(wish);
    return 0;
  } catch (thrown) {
    if (!isExitPrompt(thrown)) throw thrown;
    await printRemark("nothing was written");
    return 1;
  }
}

async function write(wish: Wish): Promise<void> {
  const example = readFileSync(join(EXAMPLES_FOLDER, `${wish.kind}.ts`), "utf8");
  const file = join(FOLDER, `${wish.name}.ts`);
  const test = join(FOLDER, `${wish.name}.test.ts`);
  const there = [file, test].find((path) => existsSync(path));
  if (there !== undefined) throw new StrategyFileThereError(there);
  writeNew(file, strategyText(example, wish));
  writeNew(test, testText(example, wish));
  const config = tsconfigNeeded() ? [TSCONFIG] : [];
  for (const path of config) writeNew(path, tsconfigText());
  await print([file, test, ...config].map((path) => `wrote ${path}`).join("\n"));
  // An installation that brought its own Bun has none on the PATH.
  const bun = Bun.which("bun") === null ? process.execPath : "bun";
  await printRemark(
    `next: \`${bun} test ${file.replace(/\.ts$/, "")}\`, \`kumbh check ${file}\`, then \`kumbh backtest ${file} --from 90d\``,
  );
}

/** Within the installation "kumbh" is known; elsewhere an editor and `bun test` have to be told. */
function tsconfigNeeded(): boolean {
  const isInside = !relative(ROOT, resolve(".")).startsWith("..");
  return !isInside && !existsSync(TSCONFIG);
}

function tsconfigText(): string {
  const typeRoots = [join(ROOT, "node_modules/@types")];
  const config = { extends: AUTHOR_TSCONFIG, compilerOptions: { typeRoots } };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Throws `FileUnwritableError`. */
function writeNew(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
  } catch (cause) {
    throw new FileUnwritableError(path, cause);
  }
}
