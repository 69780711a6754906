import { advanceTrace, ended, startTrace, withFrame } from "./problem-trace.ts";
import type { Trace, TraceStep } from "./problem-trace.ts";

/**
 * One more line of pytest's own tracebacks; undefined: it is something else. The short form names a place and then what
 * happened there; the long form shows the code (`>`) and what happened (`E`), and then the place:
 *
 *     >       return 1 / x
 *     E       ZeroDivisionError: division by zero
 *
 *     pkg/model.py:5: ZeroDivisionError
 */
export function advancePytest(trace: Trace | undefined, text: string): TraceStep | undefined {
  const begun = trace ?? startTrace;
  // _ _ _ _ _ _ _: the next part has the long form
  if (trace !== undefined && /^(?:_ ){5}/.test(text)) return withLong(begun, "", undefined);
  if (/^> {4,}\S/.test(text)) return withLong(begun, text.slice(1).trim(), undefined);
  if (/^E {2}/.test(text)) return whatHappened(begun, text.slice(4));
  return text.includes(".py") ? placed(trace, text) : undefined;
}

function withLong(trace: Trace, code: string, message: string | undefined): TraceStep {
  return {
    trace: { ...trace, long: { code, message }, awaits: "nothing", silence: 0 },
    reports: [],
  };
}

function whatHappened(trace: Trace, text: string): TraceStep {
  // An error of syntax is told as Python tells it, with a frame of its own.
  const inner =
    /^ {2}File "/.test(text) || isOfSyntax(trace) ? advanceTrace(trace, text) : undefined;
  if (inner !== undefined) return inner;
  const { long, frame } = trace;
  const message = text.trim();
  if (long === undefined && frame !== undefined) return ended(trace, message);
  return withLong(trace, long?.code ?? "", long?.message ?? message);
}

/** The last frame is one that stood behind an `E`. */
function isOfSyntax({ frame, clues }: Trace): boolean {
  return frame?.style === "python" && frame.name === undefined && clues.length > 0;
}

/** A place in the long form, or that of `--tb=line`: `tests/test_x.py:11: assert [1, 2] == [1, 3]`. */
function placed(trace: Trace | undefined, text: string): TraceStep | undefined {
  const [, path, line, what = ""] = /^(\S.*\.pyx?):(\d+):(?: (\S.*)?)?$/.exec(text) ?? [];
  if (path === undefined) return undefined;
  const frame = { path, line: Number(line), name: undefined, style: "pytest" } as const;
  const { long } = trace ?? startTrace;
  const code = long?.code ?? "";
  const next = withFrame(trace ?? startTrace, frame, code === "" ? what : code);
  if (long !== undefined && what === "")
    return { trace: { ...next, long: undefined, awaits: "nothing" }, reports: [] };
  if (long?.message !== undefined && (/^\w+$/.test(what) || what === long.message))
    return ended(next, long.message);
  const isFailure =
    /^assert /.test(what) || /^[\w.]*(?:Error|Exception|Exit|Failed)(?:: |$)/.test(what);
  return isFailure ? ended(next, what) : undefined;
}
