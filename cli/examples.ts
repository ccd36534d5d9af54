/** What one can type, by what a person wants to do: the end of `kumbh help`. */

export const EXAMPLES = `Examples:
  Begin
    kumbh init                                    network, account and key
    kumbh new my-trend --kind breakout            a strategy and its test

  Run strategies
    kumbh start ecosystem.toml                    a fleet; the plan is shown
    kumbh start strategies/grid.ts -- --coin SOL  one strategy, with params
    kumbh stop                                    you choose which

  See how they do
    kumbh ls --sort memory                        the heaviest first
    kumbh show btc-trend                          all about one strategy
    kumbh logs btc-trend -f                       what it writes, live
    kumbh history btc-trend --limit 20            what happened to it

  Test them on the past
    kumbh candles pull BTC 1h                     all that the exchange has
    kumbh backtest strategies/sma-cross.ts --from 90d --fast 5
    kumbh backtest diff 3 7                       two runs side by side
    kumbh sweep btc-trend --fast 5..20:5          many params, and what is luck

  Try it without an exchange
    kumbh demo                                    all of it in half a minute

  The manager behind it
    kumbh doctor                                  what is wrong, how to mend it
    kumbh down                                    end all, to be continued`;
