/** A small fleet as the manager tells of it, for the screens and the fake manager. */
import type {
  EngineView,
  Fleet,
  ManagerView,
  Plan,
  StrategyDetail,
  StrategyView,
} from "#shared/control-api.ts";
import type { EventBody, StoredEvent } from "#shared/event.ts";

/** 2026-01-02 03:04:05 UTC. */
export const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

export const MANAGER: ManagerView = {
  pid: 4711,
  version: "0.1.0",
  network: "testnet",
  startedAt: NOW_MS - 3_725_000,
  socket: "/srv/kumbh/kumbh.sock",
  warnings: [],
  budget: { usedWeight: 240, limitWeight: 1200, waiting: 0, backingOffUntil: null },
};

export const ENGINE: EngineView = {
  connected: true,
  feeds: 3,
  framesPerSecond: 42.4,
  cpuPercent: 1.26,
  memoryBytes: 38_000_000,
  latency: { p50Ms: 0.42, p99Ms: 3.1 },
};

const LAST_CLOSE = NOW_MS - 5000;

export const RUNNING: StrategyView = {
  name: "btc-trend",
  version: "1.0.0",
  file: "/srv/fleet/sma-cross.ts",
  state: "running",
  pid: 5001,
  uptimeMs: 3_720_000,
  restarts: 0,
  failures: 0,
  cpuPercent: 0.4,
  memoryBytes: 9_800_000,
  feeds: [{ coin: "BTC", timeframe: "1m", state: "live", lastCloseTime: LAST_CLOSE }],
  candles: 62,
  lastCandleAt: LAST_CLOSE,
  lastError: null,
  params: { coin: "BTC", timeframe: "1m", fast: 10, slow: 30 },
  paper: false,
};

export const TWO_FEEDS: StrategyView = {
  ...RUNNING,
  name: "eth-breakout",
  version: "2.1.0-rc.1",
  file: "/srv/fleet/breakout.ts",
  pid: 5002,
  uptimeMs: 190_000,
  restarts: 2,
  cpuPercent: 12.25,
  memoryBytes: 31_000_000,
  feeds: [
    { coin: "ETH", timeframe: "1m", state: "live", lastCloseTime: LAST_CLOSE },
    { coin: "ETH", timeframe: "5m", state: "warming", lastCloseTime: null },
  ],
  paper: true,
};

export const BACKING_OFF: StrategyView = {
  ...RUNNING,
  name: "crasher",
  state: "backoff",
  pid: null,
  uptimeMs: null,
  restarts: 3,
  failures: 2,
  cpuPercent: null,
  memoryBytes: null,
  feeds: [],
  candles: 7,
  lastError: {
    where: "onCandle",
    message: "boom at 64000\nin two lines",
    stack: "Error: boom\n    at onCandle (/srv/fleet/crasher.ts:12:11)",
    file: "/srv/fleet/crasher.ts",
    line: 12,
    column: 11,
    frame: '  11 |   async onCandle() {\n> 12 |     throw new Error("boom");\n  13 |   }',
  },
};

export const STOPPED: StrategyView = {
  ...RUNNING,
  name: "sol-grid",
  state: "stopped",
  pid: null,
  uptimeMs: null,
  cpuPercent: null,
  memoryBytes: null,
  feeds: [],
  candles: 0,
  lastCandleAt: null,
};

export const FLEET: Fleet = {
  manager: MANAGER,
  strategies: [RUNNING, TWO_FEEDS, BACKING_OFF, STOPPED],
};

export const DETAIL: StrategyDetail = {
  ...RUNNING,
  description: "Long above, flat below",
  hash: "0123456789abcdef",
  paramOrigins: {
    coin: "fleet file",
    timeframe: "fleet file",
    fast: "command line",
    slow: "default",
  },
  addedAt: NOW_MS - 86_400_000,
  log: "/srv/kumbh/logs/btc-trend.log",
  database: "/srv/kumbh/state/btc-trend.db",
  status: {
    headline: "long 0.01 BTC since 02:00",
    fields: { entry: 64_000, trailing: true, note: null },
    tables: [
      {
        title: "open orders",
        columns: ["side", "size", "price"],
        rows: [
          ["buy", 0.01, 63_000],
          ["sell", 0.02, 65_500],
        ],
      },
    ],
  },
  statusProblem: null,
  paperAccount: null,
  fills: [
    {
      tradeId: 1_070_455_675_927_460,
      orderId: 37_907_159_219,
      clientOrderId: null,
      coin: "BTC",
      side: "sell",
      price: 64_123.5,
      size: 0.01,
      timeMs: NOW_MS - 60_000,
      fee: 0.288555,
      closedPnl: 1.235,
      taker: true,
    },
  ],
  capsule: null,
  runs: [
    {
      run: 2,
      pid: 5001,
      startedAt: NOW_MS - 3_720_000,
      endedAt: null,
      exit: null,
      reason: null,
    },
    {
      run: 1,
      pid: 4800,
      startedAt: NOW_MS - 3_725_000,
      endedAt: NOW_MS - 3_722_000,
      exit: { cause: { kind: "own" }, code: null, signal: "SIGKILL" },
      reason: "died of SIGKILL",
    },
  ],
};

const BODIES: readonly (readonly [string | null, EventBody])[] = [
  [null, { kind: "manager_started", version: "0.1.0", network: "testnet" }],
  ["btc-trend", { kind: "added", version: "1.0.0", hash: "0123456789abcdef" }],
  ["btc-trend", { kind: "spawned", run: 1, pid: 4800 }],
  ["btc-trend", { kind: "ready", run: 1, afterMs: 41 }],
  [
    "btc-trend",
    {
      kind: "exited",
      run: 1,
      exit: { cause: { kind: "own" }, code: 1, signal: null },
      error: {
        where: "onCandle",
        message:
          "the exchange said no, and it said so at some length, to be seen on a narrow screen",
        stack: "",
        file: null,
        line: null,
        column: null,
        frame: null,
      },
    },
  ],
  ["btc-trend", { kind: "backed_off", failures: 1, delayMs: 0 }],
  [null, { kind: "disconnected", reason: "closed with code 1006" }],
];

/** Newest first, as the manager answers. */
export const EVENTS: readonly StoredEvent[] = BODIES.map(([strategy, body], index) => ({
  id: index + 1,
  atMs: NOW_MS - 60_000 + index * 1000,
  strategy,
  body,
})).toReversed();

export const PLAN: Plan = {
  id: "plan-1",
  items: [
    {
      name: "btc-trend",
      action: "replace",
      changes: ["fast 10 → 12", "code 01234567 → 89abcdef"],
      version: "1.0.0",
      params: { coin: "BTC", fast: 12 },
      feeds: [{ coin: "BTC", timeframe: "1m", warmup: 30 }],
      paper: false,
    },
    {
      name: "sol-grid",
      action: "start",
      changes: [],
      version: "1.0.0",
      params: {},
      feeds: [],
      paper: false,
    },
    {
      name: "eth-breakout",
      action: "leave",
      changes: [],
      version: "2.1.0",
      params: { coin: "ETH" },
      feeds: [
        { coin: "ETH", timeframe: "1m", warmup: 20 },
        { coin: "ETH", timeframe: "5m", warmup: 20 },
      ],
      paper: true,
    },
  ],
  notInFile: ["crasher"],
  warnings: ["sol-grid: SOL is delisted"],
};
