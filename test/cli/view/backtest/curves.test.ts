import { describe, expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import { renderCurves } from "#cli/view/backtest/curves.ts";
import { REPORT } from "#test/support/backtest-report.ts";
import { HOUR_MS, START_MS } from "#test/support/backtest-run.ts";
import { MARKED } from "#test/support/screens.ts";

const drawn = (width: number, curve = REPORT.curve): string =>
  renderCurves(curve, { width, paint: PLAIN, utc: true }).join("\n");

const point = (hour: number, equity: number, drawdown: number, hold: number) => ({
  timeMs: START_MS + hour * HOUR_MS,
  equity,
  drawdown,
  hold,
});

describe("the curves", () => {
  test("in 80 columns", () => {
    expect(drawn(80)).toMatchInlineSnapshot(`
      "equity in USDC, ⣀⡠⠔ the run, ··· bought and held
         2,954 ┤                                    ·                ·  ·
               │                                   · ···         ···· ··
               │                     ·    ···  ····     ··· ·····        ····
         2,594 ┤                ·  ·· ····   ··            ·                 ·   ·
               │                 ·                                            · · ··
               │              ··  ·                                            ·    ··
         2,235 ┤  ··         ·                                       ⡀
               │ ·  ·               ⢀ ⣀      ⢀⣀⡀    ⣀⣠⣤⣠⣠⠦⠤⠶⠦⡶⠒⠒⠒⠒⠲⠶⢶⠛⣶⠶⠒⠦⡤⠤⠤⠤⠶⠚⠉⠙⠲⠦⠶⠖
               │⣄⣀  ⡀··  ····      ⣠⣾⠉⠉⠉⠋⠉⠉⠉⠙⠛⠋⠉⠉⠉⠙⠉⠁
         1,876 ┤ ⠈⠋⠉⠳⠖⠶⠶⠦⠤⠤⠤⠴⠒⠒⠦⠤⠤⠴⠛⠇

      drawdown below the highest equity so far
            0% ┤⠛⢻⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⠿⢿⣿⣿⣿⣿⣿⣿⣿⣿⠿⣿⣿⣿⣿⡟⠻⡿⠛⣿⢿⣿⡿⣿⣿⠿⠛⠛⠛⢿⣿⣿⢿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿
               │ ⠈⡿⠉⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿  ⠈⠋  ⠉⠙⡿⡟  ⠈⠙⠉    ⠈⠈⠉  ⡇      ⠘⢸⣿⣿⠿⣿⣿⣿⣿⣿⣿⠟⠉⠉⢿⣿⣿⡿
               │    ⢹⠛⠟⠿⠿⢿⣿⣿⠟⠃⠘⢿⣿⣿⡿⠁⡇                                 ⢿  ⠙⠟⠛⠋⠛⠋
        -6.83% ┤                  ⠁ ⡇
                2026-01-01                    2026-09-28                    2027-06-26"
    `);
  });

  test("in 120 columns", () => {
    expect(drawn(120)).toMatchInlineSnapshot(`
      "equity in USDC, ⣀⡠⠔ the run, ··· bought and held
         2,954 ┤                                                        ·                           ·
               │                                                         ·····               ····· ·   ··
               │                                          ·           ··       ·                  ·   ·  ·
         2,738 ┤                                                  · ··        · ···    ··   ·        ·    · ·
               │                                ···      · ··   ·· ·               ·  ·  ···               · ···
               │                              ··   ··· ··    ···                     ·                                ·
         2,522 ┤                         ·            ·                             ·                           ·   ·· ·
               │                          ·· ·                                                                   ··      · · ·
               │                        ·   ·                                                                      ·    · · ·
         2,307 ┤                     ···
               │   ··               ·
               │  ·  ·                                                          ⢀⡄  ⢀  ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣤⣀⣀⣼⢧  ⢀⣀⣀       ⢀⣀⣠⡤⠤⠤⢤⣀⣀ ⡀⣀⣀
         2,091 ┤ ·    ·  ·      ·               ⣄⣀⣠⣤⣀⡀⡀⣀⡀ ⡀   ⣠⢠⣤⣀⣀⣀⣀   ⢀⡤⠶⠶⡶⠖⠶⢼⠟⠛⠒⠋⠉⠉⠙⠏⠁      ⠉⠉⠉⠙⠃⠈⠻⠋⠉ ⠈⠙⠛⠛⠓⠛⠛⠛⠛⠉     ⠈⠉⠉⠉⠉
               │        ·      · ···           ⣤⡇   ⠈⠉⠋⠉⠉⠉⠉⠉⠉⠻⠏⠟   ⠈⠉⠉⠛⠉⠉
               │⠉⠉⠙⣦⡤⠤⢴·  ··  ·      ⣀⣀⡀     ⢀⣶⣿⡇
         1,876 ┤      ⠈⠛⠋⠙⠛⠓⠛⠒⠒⠖⠲⠶⠖⠒⠚⠉⠉⠙⠶⠶⠲⠶⠶⠋⠁⠹⠃

      drawdown below the highest equity so far
            0% ┤⠛⠛⢻⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⢿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡿⣿⣿⣿⣿⣿⣿⣿⣿⡟⠻⢿⣿⡟⢿⣿⡿⣿⣿⣿⣿⣿⣿⣿⡿⠿⠛⠻⠛⠛⠛⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿
               │  ⠈⣿⡟⠻⢻⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡇   ⠈⠹⠟⠉⠉⠉⠙⠛⠛⢿⡿⣿⠁  ⠈⠙⠛⠿⠟⠋   ⠁  ⠈⠃⠛⠛⠋  ⠸⡏         ⠈⢹⠃⢿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡟⠛⠛⢻⣿⣿⣿⣿⣿⣿
               │   ⠘  ⠸⣿⣿⢿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⠛⠛⣿⣿⣿⣿⣿⣿⣿⠃⢻⡇            ⠘⠃⠃                       ⠃            ⠸⣿⡟⠛⠉⠙⢿⣿⣿⣿⣿⢿⡿⣿⠟⠉    ⠙⠛⠛⠛⠛⠉
               │       ⠹⠁⠈⠁⠙⠋⠉⠛⠿⠿⠿⠟⠉⠉  ⠘⢿⠿⠿⠿⢿⠃ ⢸⡇                                                    ⠹     ⠁⠉ ⠁  ⠁
        -6.83% ┤                               ⢸⠃
                2026-01-01                                        2026-09-28                                        2027-06-26"
    `);
  });

  test("in 160 columns", () => {
    expect(drawn(160)).toMatchInlineSnapshot(`
      "equity in USDC, ⣀⡠⠔ the run, ··· bought and held
         2,954 ┤                                                                              ·                                   ·
               │                                                                            ·· · ···                     ··· ··    ·   ···
               │                                                         ·                ·     ·     ·                 ·   ·  ···    ·
         2,738 ┤                                                          ·         ·  · · ·        ·  ·····   · ··                 ··    ·· ··
               │                                            ···· ·      ·  ··  · ··· ·· ·            ·          ·  ·····                    ·  ····
               │                                         ···    · ·· ···     ·· ·                           · ·                                            ·
         2,522 ┤                                  ··    ·           ·                                        ·                                     ·     ·· ··
               │                                    ··                                                                                              ··· ·      ··    ·
               │                                ··    ··                                                                                               ·      ·  ····
         2,307 ┤                             ···
               │    ···                     ·
               │   ·   ··                  ·                                                            ⣠    ⢀   ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣄⣄⣀⣀⣰⠻⣤   ⢀⣀⣀⡀          ⣀⣀⣀⣤⠤⠤⠤⠤⢤⣀⣀  ⣀⢀⣀⣀
         2,091 ┤ ··      ·  ·         ·                     ⣄⣀⣀⣠⣤⣀⣀ ⡀⢀⣀  ⢀     ⣤⢠⣤⣄⣀⣀⣀⣀⢀     ⣀⡤⠶⠶⠶⡶⠴⠲⠶⢴⠿⠋⠛⠒⠛⠉⠉⠉⠉⠹⠏⠉         ⠉⠉⠉⠉⠙⠋ ⠘⠻⠏⠉⠉  ⠉⠙⠛⠛⠚⠓⠚⠛⠛⠛⠙⠋⠉       ⠈⠉⠉⠉⠉⠉⠁
               │           · ·      ·· ····               ⢠⣴⡇    ⠈⠈⠙⠋⠉⠉⠉⠉⠉⠉⠉⠉⠙⠿⠉⠟⠃    ⠈⠉⠉⠉⠛⠉⠉⠉
               │⠉⠉⠉⠙⢦⣤⠤⠤⠴⡆·   ·· · ·        ⢀⡀⣀⣀        ⢀⣴⣾⣿
         1,876 ┤         ⠉⠛⠋⠉⠛⠛⠛⠒⠛⠒⠒⠒⠖⠒⠶⠶⠒⠒⠚⠉⠉⠉⠉⠛⠶⠶⠖⠲⠲⠶⠞⠉⠁⠉⠟

      drawdown below the highest equity so far
            0% ┤⠘⠛⠛⢻⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡿⢻⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⢿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⠟⠛⠿⡿⣿⡿⠛⢿⣿⣿⢿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⠿⠿⠛⠻⠟⠛⠛⠛⠻⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿
               │    ⢿⣿⠛⠻⠛⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⠇    ⠈⠈⠻⠟⠉⠉⠉⠉⠉⠛⠛⠛⠻⣿⠻⡿⡇    ⠈⠙⠙⠛⠿⠿⠋⠉    ⠁   ⠈⠘⠈⠛⠛⠛⠁   ⢸⡏⠁            ⠉⠙⡇⠘⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡿⠛⠛⠛⠛⢻⣿⣿⣿⣿⣿⣿⣿⣿
               │    ⠘⠁   ⢻⣿⣿⠿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡿⠛⠛⢻⣿⣿⣿⣿⣿⣿⣿⣿⣿⠃⠛⣿                  ⠙ ⠃                                ⠃                 ⢸⣿⡿⠛⠛⠉⠉⠻⢿⣿⣿⣿⣿⣿⡿⣿⡿⢿⡿⠟⠉     ⠈⠉⠛⠛⠛⠋⠛⠋⠁
               │          ⠟⠁ ⠉⠁⠉⠛⠉⠉⠛⠻⠟⠿⠿⠿⠟⠉⠉    ⠙⡿⠿⠿⠻⠿⠿⡟   ⣿                                                                        ⠹⠇      ⠉ ⠉ ⠁   ⠈
        -6.83% ┤                                           ⡟
                2026-01-01                                                            2026-09-28                                                            2027-06-26"
    `);
  });

  test("of a short run have hours below them, and decimals where the values are close", () => {
    const curve = [
      point(0, 1000, 0, 1),
      point(10, 1000.4, 0, 1.0002),
      point(20, 1000.1, 0.0003, 1.0001),
      point(40, 1000.5, 0, 1.0003),
    ];
    expect(drawn(60, curve)).toMatchInlineSnapshot(`
      "equity in USDC, ⣀⡠⠔ the run, ··· bought and held
        1,000.5 ┤                                              ⣀⡴⠚
                │                                           ⣠⠴⠋⠁
                │          ⢀⡼⠙⢦⡀                        ⢀⣠⠴⠋⠁
        1,000.3 ┤         ⣠⠏   ⠙⢦⡀                   ⢀⣠⠖⠋
                │       ⢀⡞⠁      ⠙⢦⡀              ⢀⡤⠖⠋      ······
                │      ⡴⠋          ⠙⢦⡀         ⢀⡤⠞⠉   ······
        1,000.2 ┤    ⢠⠞⠁  ·········· ⠙⠲⣄    ⣀⡴⠚⠉······
                │  ⢀⡴⠋ ···          ···⠈⠳⣄⡴⠚⠁···
                │ ⣠⠞···
        1,000.0 ┤⡼⠁·

      drawdown below the highest equity so far
             0% ┤            ⠙⠿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⠿⠿⠛⠋
                │               ⠙⠻⢿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡿⠿⠟⠛⠉⠁
                │                  ⠉⠛⢿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⠿⠟⠛⠋⠉
         -0.03% ┤                     ⠈⠛⠿⣿⡿⠿⠛⠛⠉⠁
                 2026-01-01 00:00 2026-01-01 20:00 2026-01-02 16:00"
    `);
  });

  test("of an account that never moved are a line", () => {
    const curve = [point(0, 1000, 0, 1), point(10, 1000, 0, 1)];
    expect(drawn(60, curve)).toMatchInlineSnapshot(`
      "equity in USDC, ⣀⡠⠔ the run, ··· bought and held
              │
              │
              │
              │
              │
        1,000 ┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉
              │
              │
              │
              │

      drawdown below the highest equity so far
           0% ┤
              │
              │
              │
               2026-01-01 00:00 2026-01-01 05:00  2026-01-01 10:00"
    `);
  });

  test("of nothing but the capital are none", () => {
    expect(drawn(80, [point(0, 1000, 0, 1)])).toBe("");
  });

  test("have colours of their own", () => {
    const lines = renderCurves(REPORT.curve, { width: 60, paint: MARKED, utc: true }).join("\n");
    expect(lines).toMatch(/<cyan>[⠀-⣿]+<\/cyan>/);
    expect(lines).toMatch(/<yellow>·+<\/yellow>/);
    expect(lines).toMatch(/<red>[⠀-⣿]+/);
  });
});
