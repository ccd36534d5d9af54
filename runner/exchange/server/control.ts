/** `/control/faults` of the simulator: tells the faults that are on and those there are, and sets them. */
import { z } from "zod";
import type { Faults } from "#runner/exchange/faults.ts";
import { SIM_FAULTS, SimFault } from "#shared/sim-fault.ts";

const FaultsBody = z.object({ faults: z.array(SimFault) });

export async function answerControl(request: Request, faults: Faults): Promise<Response> {
  if (request.method === "GET") return Response.json({ faults: faults.list(), known: SIM_FAULTS });
  if (request.method !== "POST") return new Response("Method Not Allowed", { status: 405 });
  // What is no JSON is refused as an empty body is.
  const body = FaultsBody.safeParse(await request.json().catch(() => undefined));
  if (!body.success) return Response.json({ error: z.prettifyError(body.error) }, { status: 400 });
  faults.set(body.data.faults);
  return Response.json({ faults: faults.list() });
}
