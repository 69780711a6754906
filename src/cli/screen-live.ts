import type { Event } from "../model/event.ts";
import { linesOf } from "../view/lines.ts";
import { advance, startView } from "../view/view.ts";
import { outputText } from "./screen-output.ts";
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
  let waiting: { readonly stream: "stdout" | "stderr"; readonly text: string }[] = [];
  let waitingLength = 0;
  let isOpen = true;

  const width = () => Math.max(1, stderr.columns ?? 80);
  const flush = () => {
    if (waiting.length === 0) return;
    redraw?.clear();
    for (const [stream, text] of joined(waiting)) options[stream].write(text);
    waiting = [];
    waitingLength = 0;
  };
  const frame = () => {
    flush();
    redraw?.(paint(linesOf(view, now(), width()), color.stderr).trimEnd());
  };
  const above = (stream: "stdout" | "stderr", text: string) => {
    waiting.push({ stream, text });
    waitingLength += text.length;
    if (redraw === undefined || waitingLength > mostWaiting) flush();
  };

  let frames: NodeJS.Timeout | undefined;
  const begin = setTimeout(() => {
    void import("./screen-redraw.ts").then(({ redrawOn }) => {
      if (!isOpen) return;
      redraw = redrawOn(stderr);
      frame();
      frames = setInterval(frame, frameMs).unref();
    });
  }, quietForMs).unref();

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
      if (event.type === "output") {
        if (event.of !== "command" && detail !== "verbose") return;
        above(event.stream, outputText(view, event, options));
      } else if (detail === "verbose" && !isLast(event)) {
        above("stderr", paint(plainLines({ before, view, event }), color.stderr));
      }
      if (!isLast(event)) return;
      close();
      stderr.write(paint(linesOf(view, event.at, width()), color.stderr));
    },
    close,
  };
}

function isLast({ type }: Event): boolean {
  return type === "plan-ended" || type === "failed";
}

/** Neighbours of the same stream in one write. */
function joined(
  waiting: readonly { readonly stream: "stdout" | "stderr"; readonly text: string }[],
): (readonly ["stdout" | "stderr", string])[] {
  const texts: ["stdout" | "stderr", string[]][] = [];
  for (const { stream, text } of waiting) {
    const last = texts.at(-1);
    if (last?.[0] === stream) last[1].push(text);
    else texts.push([stream, [text]]);
  }
  return texts.map(([stream, parts]) => [stream, parts.join("")]);
}
