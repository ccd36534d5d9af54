/** The floor: Bun children that do nothing but answer. */
import { join } from "node:path";
import { z } from "zod";
import { tempFolder } from "#test/support/temp-home.ts";

const Lag = z.object({ lagUs: z.number() });

const SCRIPT = `
process.on("message", ({ sentMs }) => {
  process.send({ lagUs: (performance.timeOrigin + performance.now() - sentMs) * 1000 });
});
process.send("ready");
`;

/** A child that answers each message with how long it took to come. */
export async function bareChild() {
  const folder = tempFolder();
  const script = join(folder.path, "bare.ts");
  await Bun.write(script, SCRIPT);
  const ready = Promise.withResolvers<void>();
  const lagsUs: number[] = [];
  const child = Bun.spawn([process.execPath, script], {
    stdio: ["ignore", "ignore", "inherit"],
    serialization: "json",
    ipc: (message: unknown) => {
      if (message === "ready") ready.resolve();
      else lagsUs.push(Lag.parse(message).lagUs);
    },
  });
  await ready.promise;
  return {
    pid: child.pid,
    lagsUs,
    send: (message: object) => child.send(message),
    async end() {
      child.kill("SIGKILL");
      await child.exited;
      folder[Symbol.dispose]();
    },
  };
}

/** Time until so many of them, started at once, have each said a word, in ms. */
export async function bareChildren(count: number): Promise<number> {
  const start = performance.now();
  const children = await Promise.all(Array.from({ length: count }, bareChild));
  const ms = performance.now() - start;
  await Promise.all(children.map(async (child) => await child.end()));
  return ms;
}
