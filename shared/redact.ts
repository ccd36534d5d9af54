/** Takes what is secret out of text that is kept or shown. */

/** A private key, with 0x or without; longer ones are signatures, which are nobody's business either. */
const KEY = /(?<![0-9a-fA-F])(?:0x)?[0-9a-fA-F]{64,}(?![0-9a-fA-F])/g;
/** What proves to another service who asks: a header, a field of JSON, a part of a query. */
const AUTHORIZATION = /(\bauthorization\b["']?\s*[:=]\s*["']?)[^"'\r\n,}&]+/gi;
const BEARER = /(\b(?:bearer|basic)\s+)[\w.~+/-]{16,}=*/gi;

export const REDACTED = "(redacted)";

/**
 * The text without keys and authorisations. A hash of a transaction looks like a key and goes with them:
 * better one too many.
 */
export const redact = (text: string): string =>
  text
    .replace(KEY, REDACTED)
    .replace(AUTHORIZATION, `$1${REDACTED}`)
    .replace(BEARER, `$1${REDACTED}`);
