/** What `kumbh doctor` finds wrong with the files that hold a key. Nothing of the key is quoted. */
import { KumbhError } from "#shared/errors.ts";

export class FilePublicError extends KumbhError {
  constructor(path: string) {
    super("file_exposed", `${path} can be read by others`, `type \`chmod 600 ${path}\``);
  }
}

export class KeyFormError extends KumbhError {
  constructor(path: string) {
    super(
      "key_malformed",
      `${path} holds no private key: it must be 0x and 64 hex digits`,
      "copy the API wallet's private key anew from the exchange",
    );
  }
}
