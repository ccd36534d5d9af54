/** One of each error that the command line throws by itself. */
import { Command } from "commander";
import * as csv from "#cli/candle-csv.ts";
import * as client from "#cli/client-errors.ts";
import { DemoFailedError } from "#cli/commands/demo.ts";
import { SimStartError } from "#cli/demo/sim-process.ts";
import * as doctor from "#cli/doctor/errors.ts";
import * as init from "#cli/init/errors.ts";
import { NoLogError } from "#cli/logs/errors.ts";
import * as misuse from "#cli/misuse.ts";
import * as startup from "#cli/startup/errors.ts";
import * as sweep from "#cli/sweep/errors.ts";
import type { KumbhError } from "#shared/errors.ts";
import { PROTOCOL } from "#shared/version.ts";

const SOCKET = "~/.kumbh/kumbh.sock";
const CAUSE = new Error("EACCES: permission denied");
const FLEET = ["btc-trend", "eth-breakout"];

const program = new Command("kumbh");
const start = program.command("start");
const candles = program.command("candles");
candles.command("pull");

export const CLI_ERRORS: Readonly<Record<string, readonly KumbhError[]>> = {
  "what was typed": [
    new misuse.UnknownCommandError("statr", program),
    new misuse.UnknownCommandError("pul", candles),
    new misuse.UnknownFlagError("--fast", ["--only", "--wait"], start),
    new misuse.UnknownFlagError("--jsn", ["--json"], candles),
    new misuse.UsageError("missing required argument `what`", start),
    new misuse.NotAnIdError("abc"),
    new misuse.FlagValueError("--wait", "soon", "must be a duration", "30s"),
    new misuse.OwnFlagValueError("--from", "yesterday", "must be a date", "2024-10-01"),
    new misuse.FlagsExcludeError("--testnet", "--mainnet"),
    new misuse.FlagRangeError(),
    new misuse.NoTimeframeError("7m", ["1m", "3m", "5m"]),
    new misuse.BadCoinError("B T C"),
    new misuse.ParamWordError("fast=5"),
    new misuse.ParamTwiceError("fast"),
    new misuse.ParamsFileError("params.yaml"),
    new misuse.ParamsOfNamesError("the name of a strategy"),
    new misuse.NotTogetherError("ecosystem.toml"),
    new misuse.NoFleetFileError("--only"),
    new misuse.NotInFileError("ecosystem.toml", "btc-tend", FLEET),
    new misuse.NotAStrategyFileError("notes.txt"),
    new misuse.NothingToTestError("--fast"),
    new misuse.NameMissingError("stop", FLEET),
    new misuse.NameMissingError("stop", []),
    new misuse.LogNameMissingError(FLEET),
    new misuse.LogNameMissingError([]),
    new NoLogError("btc-tend", FLEET),
    new misuse.FlagChoiceError("--path", "wurst", ["worst", "best"]),
    new misuse.BacktestMissingError(3),
    new misuse.BacktestMissingError(0),
    new misuse.UnknownShellError("bosh", ["bash", "zsh", "fish"]),
  ],
  "nobody to ask": [
    new misuse.NobodyToAskError("start with real orders on mainnet: btc-trend?"),
    new misuse.NoTerminalError("--ask"),
    new init.AnswersMissingError("init", ["--network paper", "--key-file FILE"]),
  ],
  "init and new": [
    new init.BadAddressError("0x12"),
    new init.BadAddressError(`0x${"5".repeat(64)}`),
    new init.KeyCommandFailedError("it exited with code 1"),
    new init.NoPrivateKeyError(),
    new init.StrategyFileThereError("strategies/mine.ts"),
  ],
  "a parameter sweep": [
    new sweep.AxisRangeError("fast", "5..1"),
    new sweep.AxisEmptyError("fast", ""),
    new sweep.AxisTooLongError("fast", 5000),
    new sweep.SweepTooLargeError(20_000, 10_000),
    new sweep.NothingToSweepError(),
    new sweep.WindowsError("--windows must be at least 2"),
    new sweep.WalkTooLargeError(12, 5000, 10_000),
    new sweep.AllFailedError(20, "onCandle: oops"),
    new sweep.UnknownRankError("sharp", ["sharpe", "return"]),
  ],
  "candles in a file": [
    new csv.BadCsvError("btc.csv", 7, "low is above high"),
    new csv.LongLineError("btc.csv", 1),
    new csv.BadCsvError("btc.csv", 1, "the header must name time", false),
    new csv.EmptyCsvError("btc.csv"),
  ],
  "the manager, seen from the command line": [
    new client.ManagerHangsError(SOCKET, 5000, CAUSE),
    new client.ManagerBrokeOffError(SOCKET, CAUSE),
    new client.SocketForbiddenError(SOCKET, CAUSE),
    new client.OtherVersionError(SOCKET, { version: "9.0.0", protocol: PROTOCOL + 1 }),
    new client.OtherVersionError(SOCKET, { version: "0.0.1", protocol: PROTOCOL - 1 }),
    new client.OtherNetworkError(SOCKET, "testnet", "mainnet"),
    new client.NotStartedError(),
    new client.ManagerStartError("~/.kumbh/logs/manager.log", "it ended", "the log's last line"),
    new client.ManagerStaysError(4711, 15_000),
  ],
  "doctor and startup": [
    new doctor.FilePublicError("~/.kumbh/config.toml"),
    new doctor.KeyFormError("~/.kumbh/api-wallet.key"),
    new startup.NoSystemdError(),
    new startup.UnitUnwritableError("/etc/systemd/system/kumbh.service", CAUSE),
    new startup.SystemctlError(["systemctl", "--user", "enable", "kumbh"], "no bus"),
  ],
  "simulator and demo": [
    new SimStartError("it exited with code 1"),
    new DemoFailedError("no strategy came up"),
  ],
};
