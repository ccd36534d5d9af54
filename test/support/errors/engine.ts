/** One of each error of the manager, the runner, and of what all share. */
import { TomlError } from "smol-toml";
import * as wallet from "#manager/account/wallet-address.ts";
import { ArchiveUnusableError } from "#manager/archive/database.ts";
import * as archive from "#manager/archive/errors.ts";
import * as backtest from "#manager/backtest/errors.ts";
import * as config from "#manager/config-file.ts";
import * as server from "#manager/control/server.ts";
import { AlreadyRunningError } from "#manager/home.ts";
import * as inspector from "#manager/inspector.ts";
import * as market from "#manager/market/errors.ts";
import * as place from "#manager/place.ts";
import { PlanGoneError } from "#manager/plan.ts";
import * as planner from "#manager/planner.ts";
import * as database from "#manager/store/database.ts";
import { DatabaseTooNewError } from "#manager/store/migrations.ts";
import * as inBacktest from "#runner/backtest/errors.ts";
import * as candles from "#runner/candles.ts";
import * as sim from "#runner/exchange/sim-errors.ts";
import { BadFeedsError } from "#runner/feeds.ts";
import { NotHereError } from "#runner/guard.ts";
import * as link from "#runner/link.ts";
import { NoStrategyError } from "#runner/live/build.ts";
import { NoAccountError } from "#runner/live/network-access.ts";
import * as paper from "#runner/paper/errors.ts";
import * as params from "#runner/params.ts";
import * as trade from "#runner/trade/errors.ts";
import { NotBuiltByKumbhError } from "#runner/world.ts";
import { DuplicateNameError } from "#shared/ecosystem.ts";
import * as shared from "#shared/errors.ts";
import type { ChildExit } from "#shared/exit.ts";
import * as account from "#shared/judge-account.ts";
import { SocketPathTooLongError } from "#shared/paths.ts";
import * as toml from "#shared/toml.ts";

const CAUSE = new Error("EACCES: permission denied");
const URL = "https://api.hyperliquid.xyz";
const MASTER = `0x${"a5".repeat(20)}`;
const OTHER = `0x${"b6".repeat(20)}`;
const WALLET = `0x${"c7".repeat(20)}`;
const BTC = { coin: "BTC", timeframe: "1h" } as const;
const DAY = { fromMs: 1_727_740_800_000, toMs: 1_727_827_200_000 };
const FLEET_FILE = '[[strategy]]\nname = "btc"\nfast = 1\n';
const UNFINISHED = 'restart = 1\nname = "btc\nfile = "x.ts"\n';
const FLEET = { file: "ecosystem.toml", text: FLEET_FILE, secret: false };
const CONFIG = { file: "~/.kumbh/config.toml", text: 'key = "0x5', secret: true };
const PROBLEM = {
  message: "Property 'fsat' does not exist",
  file: "sma.ts",
  line: 7,
  column: 11,
  frame: "> 7 | this.params.fsat",
};
const THROWN = { ...PROBLEM, where: "onCandle", message: "oops", stack: "Error: oops" };
const SILENT: ChildExit = {
  cause: { kind: "silent", forMs: 30_000 },
  code: null,
  signal: "SIGKILL",
};
const HERE = { network: "testnet", http: null, ws: null } as const;
const HYPE = { coin: "HYPE", assetId: 159, sizeDecimals: 2, maxLeverage: 10, delisted: false };
const SHORTAGE: archive.Shortage = {
  ...BTC,
  needed: DAY,
  missing: [DAY],
  there: [],
  canBePulled: true,
};

const syntaxError = new TomlError("unfinished string", {
  toml: UNFINISHED,
  ptr: 19,
});

export const ENGINE_ERRORS: Readonly<Record<string, readonly shared.KumbhError[]>> = {
  "files that a person writes": [
    new toml.TomlSyntaxError({ ...FLEET, text: UNFINISHED }, syntaxError),
    new toml.TomlSyntaxError(CONFIG, syntaxError),
    new toml.TomlValueError(FLEET, ["strategy", 0, "fast"], "unknown key"),
    new toml.TomlValueError(CONFIG, ["account", "key"], "must be a private key"),
    new DuplicateNameError("ecosystem.toml", 9, "btc"),
    new shared.FileMissingError("ecosystem.toml"),
    new shared.FileUnreadableError("ecosystem.toml", CAUSE),
    new shared.FileUnwritableError("trades.csv", CAUSE),
    new shared.BadNameError("My Strategy"),
    new shared.FolderNotWritableError("~/.kumbh", CAUSE),
    new SocketPathTooLongError(`/tmp/${"x".repeat(110)}`),
  ],
  "key and account": [
    new config.FileExposedError("~/.kumbh/config.toml"),
    new config.KeyMalformedError("~/.kumbh/api-wallet.key"),
    new config.KeyCommandError("it exited with code 1"),
    new wallet.NoKeyError(),
    new wallet.WalletUnreadableError("exited with code 1"),
    new account.WalletOfAnotherError(WALLET, MASTER, OTHER),
    new account.AddressNotSaidError(WALLET, MASTER),
    new account.OtherMasterKeyError(WALLET, MASTER),
    new account.WalletUnknownError(WALLET, MASTER),
    new account.WalletUnknownError(WALLET, null),
    new account.WalletExpiredError({ address: WALLET, name: "bot", validUntil: DAY.fromMs }),
  ],
  "a strategy's file": [
    new inspector.NotAFileError("strategies"),
    new inspector.StrategyRefusedError("sma.ts", [PROBLEM, PROBLEM]),
    new inspector.InspectionDiedError("sma.ts", "was killed: silent for 60s"),
    new planner.NameTwiceError("btc-trend"),
    new planner.ParamsRefusedError("btc-trend", PROBLEM),
    new NoStrategyError("the file exports none"),
    new BadFeedsError("feeds() must return a list"),
    new params.BadParamsError("fast: must be at least 2"),
    new params.NoSchemaError(),
    new NotBuiltByKumbhError("SmaCross"),
  ],
  "the fleet": [
    new shared.UnknownStrategyError("btc-tend", ["btc-trend"]),
    new shared.UnknownStrategyError("btc", []),
    new shared.BeingRemovedError("btc-trend"),
    new shared.UnknownCoinError("BTCC", ["BTC"]),
    new PlanGoneError(),
    new place.PlaceChangedError(3, HERE, { ...HERE, network: "mainnet" }),
    new place.ConsentNeededError("start with real orders on mainnet: btc-trend?"),
  ],
  "the manager": [
    new shared.ManagerNotRunningError("~/.kumbh/kumbh.sock"),
    new AlreadyRunningError("~/.kumbh"),
    new server.SocketTakenError("~/.kumbh/kumbh.sock"),
    new server.SocketUnusableError("~/.kumbh/kumbh.sock", "it is a folder"),
    new server.UnknownRouteError("GET", "/v1/nothing"),
    new database.DatabaseUnusableError("~/.kumbh/kumbh.db", CAUSE),
    new database.DatabaseLockedError("~/.kumbh/kumbh.db", CAUSE),
    new DatabaseTooNewError("~/.kumbh/kumbh.db", 9, 8),
    new shared.MalformedError("the manager's answer to list", "pid: must be a number"),
    new shared.RemoteError(new PlanGoneError().toBody()),
    new shared.InternalError(new TypeError("x is not a function")),
  ],
  "the exchange": [
    new market.ExchangeUnreachableError(URL, CAUSE),
    new market.ExchangeRefusedError(URL, "candleSnapshot", new Error("422")),
    new market.ExchangeBusyError(URL, CAUSE),
    new shared.ExchangeMalformedError("the exchange's status", "time: must be a number"),
    new market.WeightQueueFullError(1000),
    new market.FeedsExhaustedError("BTC", 1000),
    new market.MarketClosedError(),
  ],
  "history and backtests": [
    new archive.ArchiveDamagedError("candles that are listed are not there"),
    new archive.RangeNotFilledError([SHORTAGE], []),
    new archive.DetailTooLongError("4h", BTC),
    new archive.LeverageTooHighError({ instrument: HYPE, inferred: false }, 25),
    new archive.LeverageTooHighError({ instrument: HYPE, inferred: true }, 25),
    new archive.NoCandlesError(BTC),
    new archive.EmptyRangeError(DAY),
    new archive.BadRowsError("row 3: low is above high"),
    new archive.RecordedByConfigError(BTC),
    new archive.NotRecordedError(BTC),
    new ArchiveUnusableError("~/.kumbh/archive.db", CAUSE),
    new backtest.BacktestThrewError("sma.ts", THROWN),
    new backtest.BacktestDiedError("sma.ts", { exit: SILENT, reached: undefined, output: "" }),
    new backtest.BacktestDiedError("sma.ts", {
      exit: SILENT,
      reached: { done: 10, total: 100, timeMs: DAY.fromMs },
      output: "the last line",
    }),
    new backtest.BacktestCancelledError("sma.ts", "client"),
    new backtest.BacktestCancelledError("sma.ts", "manager"),
    new backtest.BadResultError("sma.ts", "fills: must be a list"),
    new backtest.TooManyBacktestsError(20),
    new backtest.TooManySweepsError(1),
    new backtest.UnknownBacktestError(99),
  ],
  "inside a strategy": [
    new candles.FeedNotTakenError("BTC", "1h", ["BTC 1m"]),
    new candles.CandleCountError(-1),
    new NotHereError("trade", "onWarmup"),
    new NotHereError("db", "constructor"),
    new NoAccountError(),
    new trade.BadOrderError("size", "a number above 0", Number.NaN),
    new trade.OrderOutcomeUnknownError("BTC", "0xabc", "no answer", 10_000),
    new trade.ActionOutcomeUnknownError("cancel", "no answer"),
    new link.ManagerSilentError("nonce", 10_000),
    new link.TooManyRequestsError(),
    new inBacktest.FeedNotPinnedError("ETH 1h", ["BTC 1h"]),
    new inBacktest.NoNetworkError("fetch"),
    new inBacktest.OwnRealmError("ShadowRealm"),
    new inBacktest.ExitError("exit(1)"),
    new inBacktest.NotInBacktestError("userVaultEquities", "the run has none"),
    new paper.NoPaperPriceError("BTC", CAUSE),
    new paper.EmptyBookError("BTC"),
    new paper.PaperMarketChangedError("BTC"),
    new paper.NotOnPaperError("twapOrder"),
  ],
  "the simulated exchange": [
    new sim.PortTakenError(3001, CAUSE),
    new sim.ReplayFolderMissingError("candles", CAUSE),
    new sim.ReplayFolderEmptyError("candles"),
    new sim.MalformedCsvError("candles/BTC_1m.csv", 7, "low is above high"),
  ],
};
