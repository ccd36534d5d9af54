import { expect, test } from "bun:test";
import type { Finding } from "#cli/doctor/finding.ts";
import { renderFindings } from "#cli/view/doctor.ts";
import { atThreeWidths, screenAt, widestLine } from "#test/support/screens.ts";

const FINDINGS: readonly Finding[] = [
  { check: "home", level: "well", says: "/srv/kumbh", remedy: null },
  { check: "disk", level: "warned", says: "812MB free", remedy: "make room" },
  {
    check: "database",
    level: "wrong",
    says: "/srv/kumbh/kumbh.db: database disk image is malformed\u001b[2J, which is told at some length",
    remedy:
      "type `kumbh down`, then `kumbh up`: what is readable is kept, the damaged file is set aside",
  },
];

test("in 80 columns", () => {
  const text = renderFindings(FINDINGS, screenAt(80));
  expect(widestLine(text)).toBeLessThanOrEqual(80);
  expect(text).toMatchInlineSnapshot(`
    "✔ home      /srv/kumbh
    ! disk      812MB free
                make room
    ✘ database  /srv/kumbh/kumbh.db: database disk image is malformed, which is told
                at some length
                type \`kumbh down\`, then \`kumbh up\`: what is readable is kept, the
                damaged file is set aside

    1 thing is wrong, 1 thing to look at"
  `);
});

test("in 160 columns each finding has a line", () => {
  expect(renderFindings(FINDINGS, screenAt(160)).split("\n").length).toBe(7);
});

test("nothing to do is said in three words", () => {
  expect(renderFindings(FINDINGS.slice(0, 1), screenAt(80)).split("\n").at(-1)).toBe("all is well");
});

test("findings at three widths", () => {
  expect(
    atThreeWidths((width) => renderFindings(FINDINGS, screenAt(width))),
  ).toMatchInlineSnapshot(`
    "at 80:
    ✔ home      /srv/kumbh
    ! disk      812MB free
                make room
    ✘ database  /srv/kumbh/kumbh.db: database disk image is malformed, which is told
                at some length
                type \`kumbh down\`, then \`kumbh up\`: what is readable is kept, the
                damaged file is set aside

    1 thing is wrong, 1 thing to look at
    at 120, 160:
    ✔ home      /srv/kumbh
    ! disk      812MB free
                make room
    ✘ database  /srv/kumbh/kumbh.db: database disk image is malformed, which is told at some length
                type \`kumbh down\`, then \`kumbh up\`: what is readable is kept, the damaged file is set aside

    1 thing is wrong, 1 thing to look at"
  `);
});
