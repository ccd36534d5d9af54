/** What `kumbh doctor` looks at, as it was found. */
import type { Network } from "#shared/config.ts";
import type { ErrorBody } from "#shared/error-body.ts";
import type { Verdict } from "#shared/judge-account.ts";

export interface Facts {
  readonly bun: { readonly version: string; readonly pinned: string };
  readonly home: HomeFact;
  /** Free for us on the home's disk, in bytes; null when that is not known. */
  readonly freeBytes: number | null;
  readonly config: ConfigFact;
  readonly key: KeyFact;
  readonly account: AccountFact;
  readonly database: DatabaseFact;
  readonly archive: DatabaseFact;
  readonly socket: SocketFact;
  /** Of the home: held by a manager, or free. */
  readonly lock: "held" | "free";
  readonly manager: ManagerFact;
  readonly exchange: ExchangeFact;
  readonly stream: StreamFact;
  readonly limits: LimitsFact;
}

export type HomeFact =
  | { readonly kind: "missing"; readonly path: string; readonly isCreatable: boolean }
  | { readonly kind: "no-folder"; readonly path: string }
  | {
      readonly kind: "folder";
      readonly path: string;
      /** Permission bits. */
      readonly mode: number;
      readonly isOwn: boolean;
      readonly isWritable: boolean;
    };

export type ConfigFact =
  | {
      readonly kind: "read";
      readonly path: string | null;
      readonly network: Network;
      readonly hasOwnEndpoints: boolean;
    }
  | { readonly kind: "refused"; readonly error: ErrorBody };

export type KeyFact =
  | { readonly kind: "none" }
  /** Only the command knows; it may ask a person, so it was not run. */
  | { readonly kind: "command" }
  | { readonly kind: "sound"; readonly source: string; readonly hasAddress: boolean }
  | { readonly kind: "refused"; readonly error: ErrorBody };

/** What the exchange says of the key. */
export type AccountFact =
  /** No order is signed, only a command knows the key, or the manager tells it. */
  | { readonly kind: "unasked" }
  | { readonly kind: "silent"; readonly problem: string }
  | { readonly kind: "judged"; readonly verdict: Verdict };

export type DatabaseFact =
  | { readonly kind: "missing" }
  | { readonly kind: "sound"; readonly path: string; readonly bytes: number }
  /** Another program holds it. */
  | { readonly kind: "locked"; readonly path: string }
  | { readonly kind: "unsound"; readonly path: string; readonly problem: string };

export type SocketFact =
  | { readonly kind: "missing" }
  | { readonly kind: "no-socket"; readonly path: string }
  | { readonly kind: "socket"; readonly path: string; readonly mode: number };

export type ManagerFact =
  | { readonly kind: "none" }
  | {
      readonly kind: "answers";
      readonly pid: number;
      readonly version: string;
      readonly network: Network;
      readonly warnings: readonly string[];
    }
  | { readonly kind: "unusable"; readonly error: ErrorBody };

export type ExchangeFact =
  | {
      readonly kind: "answers";
      readonly url: string;
      /** Its clock less ours, in ms, to half the round trip. */
      readonly offsetMs: number;
      readonly roundTripMs: number;
    }
  | { readonly kind: "silent"; readonly url: string; readonly problem: string };

export type StreamFact =
  | { readonly kind: "opens"; readonly url: string }
  | { readonly kind: "silent"; readonly url: string; readonly problem: string };

/** Of the manager's process, or of ours where none runs; infinite: without limit. */
export interface LimitsFact {
  readonly openFiles: number;
  readonly processes: number;
}
