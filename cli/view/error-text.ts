import { oneLine } from "#cli/view/text.ts";
import type { AuthorError } from "#shared/author-error.ts";

/** An author's error in one line: where it was thrown, what it says. */
export const authorErrorText = ({ where, message }: AuthorError): string =>
  `${where}: ${oneLine(message)}`;
