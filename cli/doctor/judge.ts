/** What is wrong, and what to type. Pure: the facts come from outside. */

import type {
  AccountFact,
  DatabaseFact,
  ExchangeFact,
  Facts,
  HomeFact,
  ManagerFact,
} from "#cli/doctor/facts.ts";
import { type Finding, warned, well, wrong } from "#cli/doctor/finding.ts";
import { unreachable } from "#shared/assert.ts";
import { formatBytes, formatDuration } from "#shared/format.ts";
import { VERSION } from "#shared/version.ts";

/** Permission bits of everybody but the owner. */
const OTHERS = 0o077;
/** Free disk below which writing may fail within the hour, and below which one should look, in bytes. */
const FREE_BYTES_WRONG = 100 << 20;
const FREE_BYTES_WARNED = 1 << 30;
/** Offset of the clocks from which on logs and times mislead, and from which on orders may be refused, in ms. */
const OFFSET_MS_WARNED = 2000;
const OFFSET_MS_WRONG = 60_000;
/** A strategy costs the manager two; 200 strategies, the databases and the connections take about 500. */
const OPEN_FILES_WARNED = 1024;
const OPEN_FILES_WRONG = 128;
/** The kernel counts threads, and a strategy has about a dozen. */
const PROCESSES_WARNED = 2048;
const PROCESSES_WRONG = 128;

/** One finding a check, in the order in which one thing rests on the other. */
export function judge(facts: Facts): Finding[] {
  return [
    judgeVersion(facts),
    judgeHome(facts.home),
    judgeDisk(facts),
    judgeConfig(facts),
    judgeKey(facts),
    ...judgeAccountFact(facts.account),
    judgeDatabase("database", facts.database),
    judgeDatabase("archive", facts.archive),
    judgeLock(facts),
    judgeSocket(facts),
    ...judgeManager(facts.manager),
    judgeExchange(facts),
    ...judgeClock(facts),
    judgeStream(facts),
    judgeLimit("open files", facts.limits.openFiles, [OPEN_FILES_WARNED, OPEN_FILES_WRONG]),
    judgeLimit("processes", facts.limits.processes, [PROCESSES_WARNED, PROCESSES_WRONG]),
  ];
}

function judgeVersion({ bun }: Facts): Finding {
  const says = `kumbh ${VERSION} on Bun ${bun.version}`;
  return bun.version === bun.pinned
    ? well("version", says)
    : warned("version", `${says}; it was tested on ${bun.pinned}`, "start it with `bin/kumbh`");
}

function judgeHome(home: HomeFact): Finding {
  const { path } = home;
  switch (home.kind) {
    case "missing":
      return home.isCreatable
        ? well("home", `${path} is made by the first command`)
        : wrong("home", `${path} cannot be made`, "choose another home with `--home DIR`");
    case "no-folder":
      return wrong("home", `${path} is no folder`, "choose another home with `--home DIR`");
    case "folder":
      if (!home.isOwn) {
        return wrong(
          "home",
          `${path} belongs to another user`,
          "work as that user, or choose a home of your own with `--home DIR`",
        );
      }
      if (!home.isWritable) {
        return wrong(
          "home",
          `${path} cannot be written`,
          `type \`chmod 700 ${path}\`, or see whether its disk is mounted read-only`,
        );
      }
      return (home.mode & OTHERS) === 0
        ? well("home", path)
        : wrong("home", `${path} is open to others`, `type \`chmod 700 ${path}\``);
    default:
      return unreachable(home, "home");
  }
}

function judgeDisk({ freeBytes }: Facts): Finding {
  if (freeBytes === null) return well("disk", "not looked at: there is no home yet");
  const says = `${formatBytes(freeBytes)} free`;
  if (freeBytes >= FREE_BYTES_WARNED) return well("disk", says);
  const remedy = "make room: `du -sh` of the home's folders tells what is large";
  return freeBytes < FREE_BYTES_WRONG ? wrong("disk", says, remedy) : warned("disk", says, remedy);
}

function judgeConfig({ config }: Facts): Finding {
  if (config.kind === "refused") return wrong("config", config.error.message, config.error.remedy);
  const from = config.path ?? "no config.toml, the defaults hold";
  return well("config", `${config.network} (${from})`);
}

function judgeKey({ key, config }: Facts): Finding {
  const orders = config.kind === "read" && config.network !== "paper";
  switch (key.kind) {
    case "none":
      return orders
        ? warned(
            "key",
            "none: orders will be refused",
            'name one under [account] in config.toml, or set network = "paper"',
          )
        : well("key", "none, and paper trading needs none");
    case "command":
      return well("key", "from key_command, which was not run: it may ask");
    case "sound":
      return key.hasAddress || !orders
        ? well("key", `from ${key.source}`)
        : warned(
            "key",
            `from ${key.source}, with no address beside it: it trades for its own account`,
            'write address = "0x…" under [account] if it is an API wallet',
          );
    case "refused":
      return wrong("key", key.error.message, key.error.remedy);
    default:
      return unreachable(key, "key");
  }
}

/** An exchange that is silent is told of by itself. */
function judgeAccountFact(account: AccountFact): Finding[] {
  if (account.kind !== "judged") return [];
  const { verdict } = account;
  if (verdict.kind === "refused") {
    return [wrong("account", verdict.error.message, verdict.error.remedy)];
  }
  const [first, ...others] = verdict.warnings.map(accountWarning);
  return [first ?? well("account", `the key may trade for ${verdict.account}`), ...others];
}

const accountWarning = (warning: string): Finding =>
  warned("account", warning, 'see the README, "Keys"');

function judgeDatabase(check: string, database: DatabaseFact): Finding {
  switch (database.kind) {
    case "missing":
      return well(check, "none yet");
    case "sound":
      return well(check, `sound, ${formatBytes(database.bytes)}`);
    case "locked":
      return warned(
        check,
        `another program holds ${database.path} locked`,
        `end it: \`fuser ${database.path}\` names it`,
      );
    case "unsound":
      return wrong(
        check,
        `${database.path}: ${database.problem}`,
        "type `kumbh down`, then `kumbh up`: what is readable is kept, the damaged file is set aside",
      );
    default:
      return unreachable(database, "database");
  }
}

function judgeLock({ lock, manager }: Facts): Finding {
  if (lock === "free") return well("lock", "free");
  if (manager.kind === "answers") return well("lock", "held by the manager");
  return wrong(
    "lock",
    "held, and no manager answers on the socket",
    "another command may just be starting it; else `pgrep -af manager/main.ts` names the process to end",
  );
}

function judgeSocket({ socket, manager }: Facts): Finding {
  switch (socket.kind) {
    case "missing":
      return well("socket", "none: no manager runs");
    case "no-socket":
      return wrong("socket", `${socket.path} is no socket`, "move it away");
    case "socket":
      if ((socket.mode & OTHERS) !== 0) {
        return wrong(
          "socket",
          `${socket.path} is open to others`,
          `type \`chmod 600 ${socket.path}\``,
        );
      }
      return well(
        "socket",
        manager.kind === "none"
          ? `${socket.path}, left over: the next manager takes it`
          : socket.path,
      );
    default:
      return unreachable(socket, "socket");
  }
}

function judgeManager(manager: ManagerFact): Finding[] {
  switch (manager.kind) {
    case "none":
      return [well("manager", "does not run; the next command starts it")];
    case "unusable":
      return [wrong("manager", manager.error.message, manager.error.remedy)];
    case "answers":
      return [
        manager.version === VERSION
          ? well("manager", `pid ${manager.pid}, on ${manager.network}`)
          : warned(
              "manager",
              `pid ${manager.pid} is kumbh ${manager.version}`,
              "type `kumbh down`: the next command starts one of this version, which brings the fleet back",
            ),
        ...manager.warnings.map(accountWarning),
      ];
    default:
      return unreachable(manager, "manager");
  }
}

function judgeExchange({ exchange }: Facts): Finding {
  if (exchange.kind === "answers") {
    return well("exchange", `${exchange.url} answers in ${formatDuration(exchange.roundTripMs)}`);
  }
  return wrong(
    "exchange",
    `${exchange.url}: ${exchange.problem}`,
    "check the network, and [endpoints] in config.toml",
  );
}

function judgeClock({ exchange, config }: Facts): Finding[] {
  if (exchange.kind !== "answers") return [];
  const says = offsetText(exchange);
  const offMs = Math.abs(exchange.offsetMs);
  if (offMs < OFFSET_MS_WARNED) return [well("clock", says)];
  // A simulated exchange may have a time of its own.
  if (config.kind === "read" && config.hasOwnEndpoints) {
    return [well("clock", `${says}, on an endpoint of your own`)];
  }
  const remedy = "set it: `timedatectl set-ntp true`";
  return [offMs < OFFSET_MS_WRONG ? warned("clock", says, remedy) : wrong("clock", says, remedy)];
}

function offsetText({ offsetMs, roundTripMs }: Extract<ExchangeFact, { kind: "answers" }>): string {
  if (Math.abs(offsetMs) <= roundTripMs / 2) return "the exchange's, as near as can be told";
  const by = formatDuration(Math.abs(offsetMs));
  return offsetMs > 0 ? `${by} behind the exchange's` : `${by} ahead of the exchange's`;
}

function judgeStream({ stream }: Facts): Finding {
  if (stream.kind === "opens") return well("stream", `${stream.url} opens`);
  return wrong(
    "stream",
    `${stream.url}: ${stream.problem}`,
    "check the network, and [endpoints] in config.toml",
  );
}

function judgeLimit(
  check: string,
  limit: number,
  [low, least]: readonly [number, number],
): Finding {
  const says = Number.isFinite(limit) ? `at most ${limit}` : "without limit";
  if (limit >= low) return well(check, says);
  const remedy = `raise it: \`ulimit ${check === "open files" ? "-n" : "-u"} ${low}\`, for ever in /etc/security/limits.conf`;
  return limit < least ? wrong(check, says, remedy) : warned(check, says, remedy);
}
