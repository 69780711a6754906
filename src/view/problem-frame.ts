/** A line of a traceback that names a place. */
export interface Frame {
  readonly path: string;
  /** Old versions of IPython tell it only beside the code. */
  readonly line: number | undefined;
  /** The function, e.g. `loss` or `loss(x)`. */
  readonly name: string | undefined;
  /** What shows the code: Python and pytest the bare line, IPython and rich also its surroundings, with numbers. */
  readonly style: "python" | "pytest" | "numbered";
}

interface FrameForm {
  /** Is in each such line: what is without it need not be looked at. */
  readonly mark: string;
  /** Groups: path, line, name. */
  readonly pattern: RegExp;
  readonly style: Frame["style"];
}

const forms: readonly FrameForm[] = [
  {
    //   File "/workspace/train.py", line 7, in <module>;   File "/workspace/broken.py", line 2
    // of faulthandler:   File "/workspace/train.py", line 7 in loss
    mark: ", line ",
    pattern: /^ *File "([^"]+)", line (\d+)(?:,? in (.+))?$/,
    style: "python",
  },
  {
    // tests/test_x.py:15: in test_b
    mark: ": in ",
    pattern: /^(\S.*\.pyx?):(\d+): in (\S.*)$/,
    style: "pytest",
  },
  {
    // File /workspace/pkg/model.py:5, in loss(x); in the mode Plain:   File /workspace/pkg/model.py:5 in loss
    mark: "File ",
    pattern: /^ *File ([~/].*?):(\d+)(?:,? in (.+))?$/,
    style: "numbered",
  },
  {
    // Cell In[3], line 2, in f(); Input In [3], in f()
    mark: "In",
    pattern: /^ *((?:Cell|Input) In ?\[\d+\])(?:, line (\d+))?(?:,? in (.+))?$/,
    style: "numbered",
  },
  {
    // IPython 7: /workspace/pkg/model.py in loss(x); <ipython-input-2-d4b1f2c9e8a3> in <module>
    mark: " in ",
    pattern: /^((?:[~/].*\.py|<ipython-input[^>]*>))( )in (\S.*)$/,
    style: "numbered",
  },
  {
    // rich, out of its box: /workspace/pkg/model.py:5 in loss
    mark: " in ",
    pattern: /^ ?([~/].*\.py):(\d+) in (\S.*)$/,
    style: "numbered",
  },
];

/** Reads a line of a traceback of Python, IPython, rich, or pytest with short tracebacks. */
export function frameOf(text: string): Frame | undefined {
  for (const { mark, pattern, style } of forms) {
    if (!text.includes(mark)) continue;
    const [, path, line, name] = pattern.exec(text) ?? [];
    if (path !== undefined) return { path, line: Number(line) || undefined, name, style };
  }
  return undefined;
}

/**
 * Whether a line may be the one that ends a traceback, e.g. `json.decoder.JSONDecodeError: Expecting value`,
 * `KeyboardInterrupt`, `__main__.f.<locals>.Oops: no`.
 */
export function isException(text: string): boolean {
  const name = /^([A-Za-z_][\w.<>]*)(?::(?: |$)|$)/.exec(text)?.[1];
  return name !== undefined && /\..|^[A-Z]/.test(name);
}
