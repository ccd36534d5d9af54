/** The life of the manager's process. */
import { join } from "node:path";
import { openBuild } from "#manager/build.ts";
import { type Daemon, startDaemon } from "#manager/daemon.ts";
import { AlreadyRunningError } from "#manager/home.ts";
import { ConsentNeededError } from "#manager/place.ts";
import { AssertionError } from "#shared/assert.ts";
import { errorBodyOf, messageOf } from "#shared/errors.ts";
import { parseJson } from "#shared/json.ts";
import { createLog } from "#shared/log.ts";
import { type Handshake, ManagerArgument, PERSON_NEEDED_CODE } from "#shared/manager-start.ts";
import { homeAt } from "#shared/paths.ts";

/** Delay between the answer to `down` and the end, so that the answer gets out, in ms. */
const DOWN_DELAY_MS = 20;

const log = createLog(Date.now, (line) => process.stderr.write(`${line}\n`));

/** `root`: the folder of the installation. */
export async function runManager(root: string): Promise<void> {
  // Everything that we make is the owner's alone: sockets, databases, logs.
  process.umask(0o077);
  const { home, ...argument } = parseJson(
    ManagerArgument,
    process.argv[2] ?? "",
    "the manager's argument",
  );
  let daemon: Daemon | undefined;
  let ending = false;
  const end = async (reason: string) => {
    if (ending) return;
    ending = true;
    await daemon?.close(reason);
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => void end(signal));
  }
  process.on("uncaughtException", survive);
  process.on("unhandledRejection", survive);
  const build = openBuild(root);
  void build.problem.then(sayProblem);
  try {
    daemon = await startDaemon({
      ...argument,
      home: homeAt(home),
      runner: join(root, "runner/main.ts"),
      liveRunner: () => build.entries().runner,
      log,
      onDown: () => setTimeout(() => void end("down asked for"), DOWN_DELAY_MS),
    });
    shakeHands({ kind: "ready", ping: daemon.ping });
  } catch (error) {
    const handshake = whyNot(error);
    shakeHands(handshake);
    log.error("manager did not start", { problem: messageOf(error) });
    const code = handshake.kind === "failed" ? 1 : PERSON_NEEDED_CODE;
    process.exitCode = code;
    setTimeout(() => process.exit(code), DOWN_DELAY_MS);
  }
}

function sayProblem(problem: string | undefined): void {
  if (problem !== undefined) log.warn("no build: all runs from the sources", { problem });
}

function whyNot(error: unknown): Handshake {
  if (error instanceof AlreadyRunningError) return { kind: "already-running" };
  if (error instanceof ConsentNeededError) return { kind: "asks", question: error.question };
  return { kind: "failed", error: errorBodyOf(error) };
}

/** A fault of ours stops the process; what the world throws at a stray promise does not end a fleet. */
function survive(error: unknown): void {
  log.error("uncaught", {
    problem: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  if (error instanceof AssertionError) process.exit(1);
}

/** Tells the CLI that started us, if one did, and lets go of it. */
function shakeHands(handshake: Handshake): void {
  if (process.send === undefined) return;
  process.send(handshake);
  process.disconnect?.();
}
