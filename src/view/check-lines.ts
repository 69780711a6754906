import type { Area, Check, Examined, Verdict } from "../model/check.ts";
import { areas } from "../model/check.ts";
import { countText } from "./amount-text.ts";
import { checkText } from "./check-text.ts";
import { hintLines } from "./failure-lines.ts";
import { fitted, flowed, span } from "./line.ts";
import type { Line, Style } from "./line.ts";
import { ofGroup } from "./of-group.ts";
import { printable, printableJson } from "./printable.ts";
import { padded } from "./text-width.ts";

/** The version of what `--json` prints; it grows when a member changes its meaning or goes. */
const version = 1;
/** As wide as the longest name and verdict. */
const nameWidth = "directory".length;
const verdictWidth = "warn".length;

const marks: Readonly<Record<Verdict, { readonly text: string; readonly style: Style }>> = {
  ok: { text: "ok", style: "good" },
  warn: { text: "warn", style: "warning" },
  fail: { text: "fail", style: "bad" },
  "not-checked": { text: "-", style: "dim" },
};

/**
 * What was found on one machine, by area, e.g.
 * ```
 * apollo, engine
 *   ok    engine     docker 28.5.2
 *   warn  builder    the legacy builder, which sends the whole context each time
 *                    → install the package docker-buildx-plugin on apollo
 * ```
 */
export function checksLines({ host, group = "", checks }: Examined, width: number): Line[] {
  const place = { host, group, width };
  return areas
    .map((area) => checks.filter((check) => check.area === area))
    .filter((ofArea) => ofArea.length > 0)
    .flatMap((ofArea, index) => [
      ...(index === 0 ? [] : [[]]),
      [span(headingOf(ofArea[0]?.area, host), "strong")],
      ...ofArea.filter(isTold).flatMap((check) => linesOfCheck(check, place)),
      ...uncheckedLines(
        ofArea.filter((check) => !isTold(check)),
        width,
      ),
    ]);
}

/** What could not be looked at has nothing to tell but its name; that there is no project is told. */
function isTold({ verdict, values }: Check): boolean {
  return verdict !== "not-checked" || values.length > 0;
}

function uncheckedLines(checks: readonly Check[], width: number): Line[] {
  if (checks.length === 0) return [];
  const { text, style } = marks["not-checked"];
  const names = checks.map(({ name }) => name).join(", ");
  const head = [span("  "), span(padded(text, verdictWidth), style), span("  ")];
  return flowed(head, span(`not checked: ${names}`, "dim"), width);
}

function headingOf(area: Area | undefined, host: string | undefined): string {
  return host === undefined ? "this machine" : `${printable(host)}, ${area ?? ""}`;
}

function linesOfCheck(
  check: Check,
  {
    host,
    group,
    width,
  }: { readonly host: string | undefined; readonly group: string; readonly width: number },
): Line[] {
  const { found, details = [], fix } = checkText(check, host ?? "");
  const mark = marks[check.verdict];
  const head: Line = [
    span("  "),
    span(padded(mark.text, verdictWidth), mark.style),
    span(`  ${padded(check.name, nameWidth)}  `, "dim"),
  ];
  const style = check.verdict === "not-checked" ? "dim" : "plain";
  const indent = " ".repeat(verdictWidth + nameWidth + 6);
  return [
    ...flowed(head, span(printable(found), style), width),
    ...details.map((detail) =>
      fitted([span(`${indent}| `, "dim"), span(printable(detail))], width),
    ),
    ...(fix === undefined ? [] : hintLines(printable(ofGroup(fix, group)), width, `${indent}→ `)),
  ];
}

/** The same as lines of JSON: one object for each thing. */
export function checksJson({ host, group = "", checks }: Examined): string {
  return checks
    .map((check) => {
      const { area, name, verdict } = check;
      const { found, details = [], fix } = checkText(check, host ?? "");
      const words = details.length === 0 ? {} : { details };
      const where = host === undefined ? {} : { host };
      const advice = fix === undefined ? {} : { fix: ofGroup(fix, group) };
      return `${printableJson({ version, type: "check", ...where, area, name, verdict, found, ...words, ...advice })}\n`;
    })
    .join("");
}

/** What all of it comes to, e.g. `1 thing fails, 2 warnings`. */
export function diagnosisLine(checks: readonly Check[]): Line {
  const count = (verdict: Verdict): number =>
    checks.filter((check) => check.verdict === verdict).length;
  const [fails, warnings, unchecked] = [count("fail"), count("warn"), count("not-checked")];
  const notes = [
    ...(fails === 0 ? [] : [`${countText(fails, "thing")} ${fails === 1 ? "fails" : "fail"}`]),
    ...(warnings === 0 ? [] : [countText(warnings, "warning")]),
    ...(unchecked === 0 ? [] : [`${unchecked} not checked`]),
  ];
  const style = fails > 0 ? "bad" : warnings > 0 ? "warning" : "good";
  return [span(notes.length === 0 ? "all is well" : notes.join(", "), style)];
}
