/** A backtest's child that is talked to as the manager does. */
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { BacktestReport, BacktestSettings, FULL_FILE, REPORT_FILE } from "#shared/backtest.ts";
import { FromBacktest, type ToBacktest } from "#shared/backtest-message.ts";
import { SERIES_COLUMNS, type Snapshot, snapshotHead } from "#shared/snapshot.ts";
import { RunnerChild, TempFolder } from "#test/support/runner-child.ts";

type Kind = FromBacktest["kind"];
type Of<K extends Kind> = Extract<FromBacktest, { kind: K }>;
type Prepare = Extract<ToBacktest, { kind: "prepare" }>;

const bytes = ({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Writes a snapshot as the manager does. */
export function writeSnapshot(path: string, { header, series, funding }: Snapshot): void {
  const file = openSync(path, "w");
  writeSync(file, snapshotHead(header));
  for (const { columns } of series) {
    for (const name of SERIES_COLUMNS) writeSync(file, bytes(columns[name]));
  }
  for (const { timeMs, rate } of funding) {
    writeSync(file, bytes(timeMs));
    writeSync(file, bytes(rate));
  }
  closeSync(file);
}

export class BacktestChild implements Disposable {
  readonly child = new RunnerChild("backtest");
  readonly #temp = new TempFolder();
  readonly folder = this.#temp.file("run");

  constructor(
    file: string,
    more: Partial<Omit<Prepare, "settings">> & {
      readonly settings?: z.input<typeof BacktestSettings>;
    } = {},
  ) {
    mkdirSync(this.folder);
    const { settings = {}, ...rest } = more;
    this.child.send({
      kind: "prepare",
      code: { kind: "file", path: file },
      folder: this.folder,
      params: {},
      paramsText: {},
      result: "files",
      ...rest,
      settings: BacktestSettings.parse(settings),
    });
  }

  run(snapshot: Snapshot): void {
    const path = this.#temp.file("snapshot");
    writeSnapshot(path, snapshot);
    this.child.send({ kind: "run", snapshot: path, coverage: [] });
  }

  async said<K extends Kind>(kind: K): Promise<Of<K>> {
    return await this.child.message(kind, (raw) => {
      const message = FromBacktest.parse(raw);
      return isOf(message, kind) ? message : undefined;
    });
  }

  /** What the run wrote. */
  report(): BacktestReport {
    return BacktestReport.parse(JSON.parse(readFileSync(join(this.folder, REPORT_FILE), "utf8")));
  }

  full(): string {
    return readFileSync(join(this.folder, FULL_FILE), "utf8");
  }

  [Symbol.dispose](): void {
    this.child[Symbol.dispose]();
    this.#temp[Symbol.dispose]();
  }
}

function isOf<K extends Kind>(message: FromBacktest, kind: K): message is Of<K> {
  return message.kind === kind;
}
