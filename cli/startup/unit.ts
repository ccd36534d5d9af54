/** The systemd unit that starts the manager at boot. Pure. */

/** Name of the unit's file. */
export const UNIT_NAME = "kumbh.service";
/** Every strategy may take its `stop` limit, ten seconds unless it was changed. */
const STOP_S_MAX = 90;
const RESTART_S = 5;
/** What 1000 strategies need, and more. */
const OPEN_FILES = 65_536;

export interface UnitOptions {
  /** Program and arguments that run the manager in the foreground. */
  readonly command: readonly string[];
  /** Absolute path of the home. */
  readonly home: string;
  /** Its output is appended here. */
  readonly logPath: string;
  /** As whom it runs; null: the user whose unit it is. */
  readonly user: string | null;
  readonly environment: Readonly<Record<string, string>>;
  /** Exit code that says that a person is needed: to start it again would change nothing. */
  readonly personNeededCode: number;
}

export function unitText(options: UnitOptions): string {
  const { command, home, logPath, user, environment, personNeededCode } = options;
  return `# Written by \`kumbh startup\`; \`kumbh startup --remove\` takes it back.
[Unit]
Description=kumbh, trading strategies on Hyperliquid (${unitPath(home)})
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
${user === null ? "" : `User=${user}\n`}ExecStart=${command.map(argument).join(" ")}
WorkingDirectory=${unitPath(home)}
${Object.entries(environment)
  .map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}\n`)
  .join("")}StandardOutput=append:${unitPath(logPath)}
StandardError=append:${unitPath(logPath)}
UMask=0077
# The manager stops its strategies itself; what is left after that is killed.
KillMode=mixed
TimeoutStopSec=${STOP_S_MAX}
Restart=on-failure
RestartSec=${RESTART_S}
RestartPreventExitStatus=${personNeededCode}
# A strategy that takes too much memory must not take the manager with it.
OOMPolicy=continue
Delegate=yes
LimitNOFILE=${OPEN_FILES}

[Install]
WantedBy=${user === null ? "default.target" : "multi-user.target"}
`;
}

/** One word of an assignment: systemd.syntax(7), "Quoting". */
function quoted(word: string): string {
  const escaped = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%");
  return /^[\w./:=@%-]+$/.test(word) ? escaped : `"${escaped}"`;
}

/** One word of a command, where `$` begins a variable: systemd.service(5), "Command lines". */
const argument = (word: string): string => quoted(word.replaceAll("$", "$$$$"));

/** A path that stands alone on its line: only `%` means something there. */
const unitPath = (path: string): string => path.replaceAll("%", "%%");
