import { expect, test } from "bun:test";
import { unitText } from "#cli/startup/unit.ts";

const UNIT = {
  command: [
    "/opt/kumbh/bun",
    "--no-env-file",
    "/opt/kumbh/main.ts",
    '{"home":"/srv/my fleet 100%","x":"$y"}',
  ],
  home: "/srv/my fleet 100%",
  logPath: "/srv/my fleet 100%/logs/manager.log",
  user: null,
  environment: { TZ: "UTC", PATH: "/usr/bin:/bin", ODD: "a $b" },
  personNeededCode: 78,
};

test("the unit of a user", () => {
  expect(unitText(UNIT)).toMatchInlineSnapshot(`
    "# Written by \`kumbh startup\`; \`kumbh startup --remove\` takes it back.
    [Unit]
    Description=kumbh, trading strategies on Hyperliquid (/srv/my fleet 100%%)
    Wants=network-online.target
    After=network-online.target

    [Service]
    Type=exec
    ExecStart=/opt/kumbh/bun --no-env-file /opt/kumbh/main.ts "{\\"home\\":\\"/srv/my fleet 100%%\\",\\"x\\":\\"$$y\\"}"
    WorkingDirectory=/srv/my fleet 100%%
    Environment=TZ=UTC
    Environment=PATH=/usr/bin:/bin
    Environment="ODD=a $b"
    StandardOutput=append:/srv/my fleet 100%%/logs/manager.log
    StandardError=append:/srv/my fleet 100%%/logs/manager.log
    UMask=0077
    # The manager stops its strategies itself; what is left after that is killed.
    KillMode=mixed
    TimeoutStopSec=90
    Restart=on-failure
    RestartSec=5
    RestartPreventExitStatus=78
    # A strategy that takes too much memory must not take the manager with it.
    OOMPolicy=continue
    Delegate=yes
    LimitNOFILE=65536

    [Install]
    WantedBy=default.target
    "
  `);
});

test("a unit of the system names its user and starts with the machine", () => {
  const text = unitText({ ...UNIT, user: "trader" });
  expect(text).toContain("\nUser=trader\n");
  expect(text).toContain("\nWantedBy=multi-user.target\n");
});
