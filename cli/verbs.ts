/** The verbs, by what a person wants to do; what a verb does is imported when it runs. */
import type { Command } from "commander";
import { defineBacktestVerbs } from "#cli/verbs/backtest.ts";
import { defineCandleVerbs } from "#cli/verbs/candles.ts";
import type { Finish } from "#cli/verbs/flags.ts";
import { defineFleetVerbs } from "#cli/verbs/fleet.ts";
import { defineManagerVerbs } from "#cli/verbs/manager.ts";
import { defineSetupVerbs } from "#cli/verbs/setup.ts";
import { defineSimVerbs } from "#cli/verbs/sim.ts";
import { defineSweepVerb } from "#cli/verbs/sweep.ts";
import { defineWatchingVerbs } from "#cli/verbs/watching.ts";

/** Defines the groups in the order in which `kumbh --help` shows them, each under its heading. */
export function defineVerbs(program: Command, finish: Finish): void {
  program.commandsGroup("Begin:");
  defineSetupVerbs(program, finish);
  program.commandsGroup("Run strategies:");
  defineFleetVerbs(program, finish);
  program.commandsGroup("See how they do:");
  defineWatchingVerbs(program, finish);
  program.commandsGroup("Test them on the past:");
  defineBacktestVerbs(program, finish);
  defineSweepVerb(program, finish);
  defineCandleVerbs(program, finish);
  program.commandsGroup("Try it without an exchange:");
  defineSimVerbs(program, finish);
  program.commandsGroup("The manager behind it:");
  defineManagerVerbs(program, finish);
}
