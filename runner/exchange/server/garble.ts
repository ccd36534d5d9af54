/** An answer that its reader cannot take: every object lacks its first field, numbers are text. Pure. */

export function garbled(body: unknown): unknown {
  if (typeof body === "number") return String(body);
  if (Array.isArray(body)) return body.map(garbled);
  if (typeof body !== "object" || body === null) return body;
  const fields = Object.entries(body).slice(1);
  return Object.fromEntries(fields.map(([name, value]) => [name, garbled(value)]));
}
