/** What the exchange knows of a key's address. */
import type { z } from "zod";
import { messageOf } from "#shared/errors.ts";
import { parseJson } from "#shared/json.ts";
import type { Standing } from "#shared/judge-account.ts";
import { ExtraAgents, UserRole } from "#shared/wire.ts";

/** Longest wait for one answer, in ms. */
const ANSWER_MS_MAX = 5000;

export type Known =
  | { readonly kind: "answered"; readonly standing: Standing }
  | { readonly kind: "silent"; readonly problem: string };

/** Asks the exchange at this address (`https://…`); what keeps it from answering is no error here. */
export async function askStanding(url: string, wallet: string): Promise<Known> {
  try {
    const role = await askInfo(url, { type: "userRole", user: wallet }, UserRole);
    const agents =
      role.role === "agent"
        ? await askInfo(url, { type: "extraAgents", user: role.data.user }, ExtraAgents)
        : [];
    return { kind: "answered", standing: { role, agents } };
  } catch (error) {
    return { kind: "silent", problem: messageOf(error) };
  }
}

async function askInfo<Schema extends z.ZodType>(
  url: string,
  request: { readonly type: string; readonly user: string },
  schema: Schema,
): Promise<z.output<Schema>> {
  const response = await fetch(`${url}/info`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  return parseJson(schema, await response.text(), `the exchange's answer to ${request.type}`);
}
