/** The rules of the house that no linter knows: who imports whom, what no file may hold. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");
const LINES_MAX = 400;
const WIDTH_MAX = 200;

/** Whatever else stands beside them is a person's own, who may write it in any way. */
const EXAMPLES = ["breakout", "crasher", "grid", "hold", "sma-cross"].map(
  (name) => `strategies/${name}.ts`,
);

const tracked = Bun.spawnSync(["git", "ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
});
const FILES = tracked.stdout
  .toString()
  .split("\n")
  .filter((path) => path !== "" && Bun.file(join(ROOT, path)).size > 0)
  .filter((path) => !path.startsWith("strategies/") || EXAMPLES.includes(path));
const SOURCES = FILES.filter((path) => path.endsWith(".ts") && !path.startsWith("test/fixtures/"));
const PRODUCT = SOURCES.filter((path) => !path.startsWith("test/"));

const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Modules that a file imports, statically or on demand. */
function importsOf(source: string): string[] {
  return [...source.matchAll(/(?:from|import|require)\s*\(?\s*"([^"]+)"/g)].map(
    ([, module]) => module ?? "",
  );
}

/** Folders of ours that each folder may import, besides npm packages and `bun:` and `node:` modules. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  shared: ["#shared/"],
  manager: ["#shared/", "#manager/"],
  runner: ["#shared/", "#runner/"],
  cli: ["#shared/", "#cli/"],
  strategies: ["kumbh"],
};

/** What a pure file may not touch: the world comes in as an argument. */
const IO = /\b(Date\.now\(|Math\.random\(|process\.|Bun\.(spawn|serve|file|write|connect)|fetch\()/;
const PURE = [
  "manager/supervisor/lifecycle.ts",
  "manager/supervisor/restart-policy.ts",
  "manager/supervisor/health.ts",
  "manager/supervisor/outbox.ts",
  "manager/backtest/life.ts",
  "manager/plan.ts",
  "manager/market/feed.ts",
  "manager/market/delivery.ts",
  "manager/market/exchange-clock.ts",
  "manager/market/fill-sync.ts",
  "manager/market/weight-budget.ts",
  "manager/market/nonces.ts",
  "runner/backtest/report.ts",
  "runner/backtest/full-json.ts",
  "runner/backtest/run-card.ts",
  "runner/backtest/part.ts",
  "runner/backtest/wall-filter.ts",
  "runner/backtest/figures.ts",
  "manager/market/nonce-window.ts",
  "runner/paper/funding-dues.ts",
  "runner/paper/listings.ts",
  "runner/paper/moved-book.ts",
  "runner/paper/paper-exchange.ts",
  "runner/paper/relatives.ts",
  "runner/paper/seen.ts",
  "runner/paper/stored.ts",
  "cli/doctor/finding.ts",
  "cli/doctor/judge.ts",
  "cli/startup/unit.ts",
  "cli/init/config-text.ts",
  "cli/init/findings.ts",
  "cli/new/text.ts",
  "cli/completion/candidates.ts",
  "cli/completion/scripts.ts",
  "shared/judge-account.ts",
  "shared/redact.ts",
  "manager/archive/aggregate.ts",
  "manager/archive/chunk.ts",
  "manager/archive/infer.ts",
  "manager/archive/pin-range.ts",
  "manager/archive/span.ts",
  "manager/archive/window.ts",
  "cli/candle-csv.ts",
  "manager/latency.ts",
  "cli/monit/keys.ts",
  "cli/monit/model.ts",
];
const isPure = (path: string): boolean =>
  PURE.includes(path) ||
  path.startsWith("cli/view/") ||
  path.startsWith("cli/sweep/") ||
  path.startsWith("runner/backtest/stats/") ||
  /^runner\/exchange\/[a-z-]+\.ts$/.test(path);

describe("the house", () => {
  test("git is here, and the project has files", () => {
    expect(PRODUCT.length).toBeGreaterThan(50);
  });

  test("each folder imports only what it may", () => {
    const wrong = PRODUCT.flatMap((path) => {
      const allowed = MAY_IMPORT[path.split("/")[0] ?? ""];
      if (allowed === undefined) return [];
      return importsOf(text(path))
        .filter((module) => module.startsWith("#") || module.startsWith("kumbh"))
        .filter((module) => !allowed.some((start) => module.startsWith(start)))
        .map((module) => `${path} imports ${module}`);
    });
    expect(wrong).toEqual([]);
  });

  test("nothing of ours is imported by a relative path but package.json", () => {
    const wrong = PRODUCT.flatMap((path) =>
      importsOf(text(path))
        .filter((module) => module.startsWith(".") && !module.endsWith("package.json"))
        .map((module) => `${path} imports ${module}`),
    );
    expect(wrong).toEqual([]);
  });

  test("strategies import nothing but kumbh", () => {
    const wrong = PRODUCT.filter((path) => path.startsWith("strategies/")).flatMap((path) =>
      importsOf(text(path)).filter((module) => module !== "kumbh"),
    );
    expect(wrong).toEqual([]);
  });

  test("pure files touch no world", () => {
    expect(PURE.filter((path) => !FILES.includes(path))).toEqual([]);
    const wrong = PRODUCT.filter(isPure).filter((path) => IO.test(withoutComments(text(path))));
    expect(wrong).toEqual([]);
  });

  test("numbers are made for people in one module, with one look", () => {
    const formats = /\.toFixed\(|\.toPrecision\(|\.toLocale\w*\(|\bIntl\./;
    // CSV is for programs.
    const ownForms = ["cli/view/numbers.ts", "cli/view/csv.ts"];
    const wrong = PRODUCT.filter((path) => path.startsWith("cli/"))
      .filter((path) => !ownForms.includes(path))
      .filter((path) => formats.test(withoutComments(text(path))));
    expect(wrong).toEqual([]);
  });

  test("no file is a barrel: one that only hands on what others define", () => {
    const wrong = PRODUCT.filter((path) => {
      const lines = withoutComments(text(path))
        .split("\n")
        .filter((line) => line.trim() !== "");
      return lines.length > 0 && lines.every((line) => /^(export .* from|\} from)/.test(line));
    });
    expect(wrong).toEqual([]);
  });

  test("files stay short and lines narrow", () => {
    const long = SOURCES.filter((path) => text(path).split("\n").length > LINES_MAX);
    expect(long).toEqual([]);
    const wide = PRODUCT.flatMap((path) =>
      text(path)
        .split("\n")
        .flatMap((line, index) => (line.length > WIDTH_MAX ? [`${path}:${index + 1}`] : [])),
    );
    expect(wide).toEqual([]);
  });

  test("no loose end is left", () => {
    const loose = /\b(TODO|FIXME|XXX)\b|@ts-(ignore|expect-error|nocheck)|biome-ignore|\.only\(/;
    const wrong = SOURCES.filter((path) => path !== "test/tidy.test.ts").filter((path) =>
      loose.test(text(path)),
    );
    expect(wrong).toEqual([]);
  });

  test("every rule that is switched off for a line says why", () => {
    const wrong = SOURCES.flatMap((path) =>
      text(path)
        .split("\n")
        .filter((line) => line.includes("oxlint-disable") && path !== "test/tidy.test.ts")
        .filter((line) => !/oxlint-disable-next-line \S+ -- \S/.test(line)),
    );
    expect(wrong).toEqual([]);
  });

  test("no path of a machine stands in a file", () => {
    const machine = /(^|[\s"'`(=])\/(work|home\/[a-z]+|root|Users\/[a-z]+)\//m;
    const wrong = FILES.filter(
      (path) => path !== "test/tidy.test.ts" && path !== "bun.lock",
    ).filter((path) => machine.test(text(path)));
    expect(wrong).toEqual([]);
  });

  test("every file of tests mirrors a file or a folder of the product", () => {
    const free = /^test\/(errors|integration|simulation|parity|bench|fixtures|support|tidy)/;
    const wrong = SOURCES.filter((path) => path.endsWith(".test.ts") && !free.test(path)).filter(
      (path) => {
        const mirrored = path.slice("test/".length, -".test.ts".length);
        return !PRODUCT.some(
          (file) => file === `${mirrored}.ts` || file.startsWith(`${mirrored}/`),
        );
      },
    );
    expect(wrong).toEqual([]);
  });
});

const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
