import type { Event } from "../model/event.ts";
import { decisionWeight } from "../view/decision-text.ts";
import { frameOf, linesOf } from "../view/lines.ts";
import { advance, startView } from "../view/view.ts";
import type { View } from "../view/view.ts";
import { outputText } from "./screen-output.ts";
import type { Written } from "./screen-output.ts";
import { statusText, writeFindings } from "./screen-findings.ts";
import { paint } from "./screen-paint.ts";
import { plainLines } from "./screen-plain.ts";
import type { Redraw } from "./screen-redraw.ts";
import type { Screen, ScreenOptions } from "./screen.ts";

/** Nothing is drawn in the first moments: what is over at once needs no moving picture. */
const quietForMs = 100;

/** 20 times a second. */
const frameMs = 50;

/** More waiting output than this (in characters) is written before the next frame is due. */
const mostWaiting = 65_536;

/** A terminal: a few lines that are redrawn while the plan runs, output above them, and what was done at the end. */
export function liveScreen(options: ScreenOptions): Screen {
  const { stderr, color, detail, now } = options;
  let view = startView;
  let redraw: Redraw | undefined;
  let waiting: Written[] = [];
  let waitingLength = 0;
  let isOpen = true;

  const width = () => Math.max(1, stderr.columns || 80);
  const flush = () => {
    if (waiting.length === 0) return;
    redraw?.clear();
    for (const { stream, text } of joined(waiting)) options[stream].write(text);
    waiting = [];
    waitingLength = 0;
  };
  const frame = () => {
    flush();
    const size = { width: width(), height: Math.max(1, (stderr.rows ?? 24) - 1) };
    redraw?.(paint(frameOf(view, now(), size), color.stderr).trimEnd());
  };
  const above = (written: Written) => {
    waiting.push(written);
    waitingLength += written.text.length;
    if (redraw === undefined || waitingLength > mostWaiting) flush();
  };

  let frames: NodeJS.Timeout | undefined;
  let begin: NodeJS.Timeout | undefined;
  // Without a plan there is nothing to draw, and the terminal may be the user's command's.
  const beginSoon = () => {
    begin ??= setTimeout(() => {
      void import("./screen-redraw.ts").then(({ redrawOn }) => {
        if (!isOpen) return;
        redraw = redrawOn(stderr);
        frame();
        frames = setInterval(frame, frameMs).unref();
      });
    }, quietForMs).unref();
  };

  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    clearTimeout(begin);
    clearInterval(frames);
    flush();
    redraw?.clear();
    redraw?.done();
    redraw = undefined;
  };

  return {
    emit(event) {
      const before = view;
      view = advance(view, event);
      if (event.type === "plan-started") beginSoon();
      if (event.type === "output") {
        const said = outputText(view, event, options);
        if (said !== undefined) above(said);
      } else if ((detail === "verbose" || isNews(view, event)) && !isLast(event)) {
        const lines = plainLines({ before, view, event });
        if (lines.length > 0) above({ stream: "stderr", text: paint(lines, color.stderr) });
      }
      const status = statusText(view, event, options);
      if (status !== "") above({ stream: "stdout", text: status });
      if (!isLast(event)) return;
      close();
      writeFindings(view, options);
      stderr.write(paint(linesOf(view, event.at, width()), color.stderr));
    },
    close,
  };
}

function isLast({ type }: Event): boolean {
  return type === "plan-ended" || type === "failed";
}

/** Without a plan there is no end that tells what needs the user's attention. */
function isNews({ startedAt }: View, event: Event): boolean {
  if (event.type !== "decided") return false;
  const weight = decisionWeight(event.decision);
  return weight === "news" || (weight === "warning" && startedAt === undefined);
}

/** Neighbours of the same stream in one write. */
function joined(waiting: readonly Written[]): Written[] {
  const writes: Written[] = [];
  let from = 0;
  for (const [index, { stream }] of waiting.entries()) {
    if (waiting[index + 1]?.stream === stream) continue;
    const texts = waiting.slice(from, index + 1).map(({ text }) => text);
    writes.push({ stream, text: texts.join("") });
    from = index + 1;
  }
  return writes;
}
