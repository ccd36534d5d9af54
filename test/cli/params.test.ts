import { expect, test } from "bun:test";
import { readParams } from "#cli/params.ts";
import { str, table } from "#test/support/table.ts";

const words = (text: string) => (text === "nothing" ? [] : text.split(" "));

const readable = table(
  { typed: words, params: str },
  `
  typed                       | params
  nothing                     | {}
  --fast 5 --slow 20          | {"fast":"5","slow":"20"}
  --fast=5 --coin=a=b         | {"fast":"5","coin":"a=b"}
  --offset -5                 | {"offset":"-5"}
  --hedge --coin BTC          | {"hedge":"true","coin":"BTC"}
  --hedge                     | {"hedge":"true"}
  --stopLoss 0.02             | {"stopLoss":"0.02"}
  --empty= --coin BTC         | {"empty":"","coin":"BTC"}
`,
);
test.each(readable)("params $typed are $params", ({ typed, params }) => {
  expect(JSON.stringify(readParams(typed))).toBe(params);
});

const refused = table(
  { typed: words, problem: str },
  `
  typed                | problem
  5                    | cannot read "5" as a param
  --fast 5 6           | cannot read "6" as a param
  --fast=5 6           | cannot read "6" as a param
  -f 5                 | cannot read "-f" as a param
  --                   | cannot read "--" as a param
  --fast 5 --fast 6    | the param fast stands twice
`,
);
test.each(refused)("params $typed are refused", ({ typed, problem }) => {
  expect(() => readParams(typed)).toThrow(problem);
});
