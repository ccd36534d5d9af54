/** What an author or a person is told when paper trading cannot go on. */
import { KumbhError, messageOf } from "#shared/errors.ts";

/** The price of a paper order could not be had: the order was certainly not placed. */
export class NoPaperPriceError extends KumbhError {
  constructor(coin: string, cause: unknown) {
    super(
      "no_paper_price",
      `the network did not tell the price of ${coin}: ${messageOf(cause)}`,
      "try again: nothing was placed",
      { cause },
    );
  }
}

export class EmptyBookError extends KumbhError {
  constructor(coin: string) {
    super(
      "empty_book",
      `nobody buys or sells ${coin} on the network now`,
      "try again: nothing was placed",
    );
  }
}

export class PaperMarketChangedError extends KumbhError {
  constructor(coin: string) {
    super(
      "paper_market_changed",
      `the account on paper traded ${coin} on another network: its rules are not those that the endpoints tell now`,
      "begin a new account: `kumbh remove NAME --purge`, then add the strategy again",
    );
  }
}

export class NotOnPaperError extends KumbhError {
  constructor(request: string) {
    super(
      "not_on_paper",
      `an account on paper does not answer ${request}`,
      "of the account it answers what concerns positions, orders and fills; of any other address the network answers",
    );
  }
}
