import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Problem } from "../../src/model/problem.ts";
import { advanceProblems, endedProblems, startProblems } from "../../src/view/problems.ts";

const place = {
  host: "apollo",
  map: {
    workspace: "/workspace",
    directory: "/workspace",
    mappings: [{ local: "../lib", remote: "/opt/lib" }],
  },
  dockerfile: "docker/Dockerfile",
};

function problemsIn(lines: readonly string[], start = startProblems(place)): readonly Problem[] {
  return endedProblems(
    lines.reduce(
      (problems, line) => advanceProblems(problems, [{ stream: "stdout", line }]),
      start,
    ),
  );
}

/** The list as the editor shows it, a line for each problem. */
function listOf(output: string, from: Partial<typeof place.map> = {}): string {
  const start = startProblems({ ...place, map: { ...place.map, ...from } });
  return `\n${problemsIn(output.split("\n"), start).map(shown).join("\n")}\n`;
}

function shown({ type, text, spot }: Problem): string {
  if (spot === undefined) return `${type} || ${text}`;
  const { file, line, column, behindIndent, endLine, endColumn, search } = spot;
  const end = endLine === undefined ? "" : `-${endLine}:${endColumn ?? ""}`;
  const from = column === undefined ? "" : `:${behindIndent === true ? "+" : ""}${column}${end}`;
  return `${type} ${file}|${line ?? search ?? "?"}${from}| ${text}`;
}

describe("a traceback of Python", () => {
  test("is its frames, with what happened at the innermost of the project", () => {
    expect(
      listOf(`
Traceback (most recent call last):
  File "/workspace/train.py", line 7, in <module>
    print(loss(0))
          ^^^^^^^
  File "/workspace/pkg/model.py", line 5, in loss
    return 1 / x + sum(
           ~~^~~
ZeroDivisionError: division by zero
`),
    ).toMatchInlineSnapshot(`
      "
      N train.py|7:+7| in <module>: print(loss(0))
      E pkg/model.py|5:+10| ZeroDivisionError: division by zero
      "
    `);
  });

  test("keeps frames of libraries as text", () => {
    expect(
      listOf(`
Traceback (most recent call last):
  File "/workspace/train.py", line 22, in <module>
    json.loads("{oops")
  File "<string>", line 1, in <module>
  File "/opt/lib/read.py", line 3, in read
    return inner()
  File "/usr/lib/python3.11/json/__init__.py", line 346, in loads
    return _default_decoder.decode(s)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/json/decoder.py", line 353, in raw_decode
    obj, end = self.scan_once(s, idx)
               ^^^^^^^^^^^^^^^^^^^^^^
json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)
`),
    ).toMatchInlineSnapshot(`
      "
      N train.py|22| in <module>: json.loads("{oops")
      N || File "<string>", line 1, in <module>
      E ../lib/read.py|3| json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)
      N || /usr/lib/python3.11/json/__init__.py:346: in loads: return _default_decoder.decode(s)
      N || /usr/lib/python3.11/json/decoder.py:353: in raw_decode: obj, end = self.scan_once(s, idx)
      "
    `);
  });

  test("of nothing but libraries ends with what happened", () => {
    expect(
      listOf(`
Traceback (most recent call last):
  File "/usr/local/bin/torchrun", line 8, in <module>
    sys.exit(main())
             ^^^^^^
  File "/usr/lib/python3.11/torch/run.py", line 919, in main
    run(args)
torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
`),
    ).toMatchInlineSnapshot(`
      "
      N || /usr/local/bin/torchrun:8: in <module>: sys.exit(main())
      N || /usr/lib/python3.11/torch/run.py:919: in main: run(args)
      E || torch.distributed.elastic.multiprocessing.errors.ChildFailedError
      "
    `);
  });

  test("is chained to the one that caused it", () => {
    expect(
      listOf(`
Traceback (most recent call last):
  File "/workspace/pkg/model.py", line 11, in step
    return loss(x)
           ^^^^^^^
  File "/workspace/pkg/model.py", line 5, in loss
    return 1 / x + sum(
           ~~^~~
ZeroDivisionError: division by zero

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/workspace/train.py", line 9, in <module>
    step(0)
  File "/workspace/pkg/model.py", line 13, in step
    raise ValueError(f"no loss for {x}") from error
ValueError: no loss for 0

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/workspace/train.py", line 14, in <module>
    {}["lr"]
    ~~^^^^^^
KeyError: 'lr'
`),
    ).toMatchInlineSnapshot(`
      "
      N pkg/model.py|11:+8| in step: return loss(x)
      E pkg/model.py|5:+10| ZeroDivisionError: division by zero
      N || The above exception was the direct cause of the following exception:
      N train.py|9| in <module>: step(0)
      E pkg/model.py|13| ValueError: no loss for 0
      N || During handling of the above exception, another exception occurred:
      E train.py|14:+3| KeyError: 'lr'
      "
    `);
  });

  test("of an error of syntax points at the column", () => {
    expect(
      listOf(`
  File "/workspace/broken.py", line 2
    return x +
              ^
SyntaxError: invalid syntax
`),
    ).toMatchInlineSnapshot(`
      "
      E broken.py|2:+11| SyntaxError: invalid syntax
      "
    `);
  });

  test("of a group has a part for each exception", () => {
    expect(
      listOf(`
  + Exception Group Traceback (most recent call last):
  |   File "/workspace/train.py", line 30, in <module>
  |     raise ExceptionGroup("two failed", errors)
  | ExceptionGroup: two failed (3 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/workspace/train.py", line 27, in <module>
    |     loss(x)
    |   File "/workspace/pkg/model.py", line 5, in loss
    |     return 1 / x + sum(
    |            ~~^~~
    | ZeroDivisionError: division by zero
    +---------------- 2 ----------------
    | Traceback (most recent call last):
    |   File "/workspace/train.py", line 27, in <module>
    |     loss(x)
    |   File "/workspace/pkg/model.py", line 5, in loss
    |     return 1 / x + sum(
    |            ~~^~~
    | TypeError: unsupported operand type(s) for /: 'int' and 'str'
    +---------------- 3 ----------------
    | ValueError: 1
    +------------------------------------
`),
    ).toMatchInlineSnapshot(`
      "
      E train.py|30| ExceptionGroup: two failed (3 sub-exceptions)
      N train.py|27| in <module>: loss(x)
      E pkg/model.py|5:+10| ZeroDivisionError: division by zero
      N train.py|27| in <module>: loss(x)
      E pkg/model.py|5:+10| TypeError: unsupported operand type(s) for /: 'int' and 'str'
      E || ValueError: 1
      "
    `);
  });

  test("of a recursion says how often it came again", () => {
    expect(
      listOf(`
Traceback (most recent call last):
  File "/workspace/train.py", line 16, in <module>
    again(0)
  File "/workspace/pkg/model.py", line 17, in again
    return again(n + 1)
           ^^^^^^^^^^^^
  [Previous line repeated 996 more times]
RecursionError: maximum recursion depth exceeded
`),
    ).toMatchInlineSnapshot(`
      "
      N train.py|16| in <module>: again(0)
      E pkg/model.py|17:+8| RecursionError: maximum recursion depth exceeded
      N || [Previous line repeated 996 more times]
      "
    `);
  });

  test("is found behind colours, ranks, clocks and steps of a build, though several are written at once", () => {
    expect(
      listOf(`
[rank0]: Traceback (most recent call last):
\u001b[31m[rank1]: Traceback (most recent call last):\u001b[0m
[rank0]:   File "/workspace/train.py", line 7, in <module>
[rank1]:   File "/workspace/train.py", line 9, in <module>
[rank1]:     step(1)
[rank0]:     step(0)
[rank1]: RuntimeError: NCCL of rank 1
[rank0]: RuntimeError: NCCL of rank 0
2026-11-22 22:48:16,420 root ERROR Traceback (most recent call last):
2026-11-22 22:48:16,421 root ERROR   File "/workspace/a.py", line 1, in <module>
2026-11-22 22:48:17,002 root ERROR ValueError: each line has the clock
2026-11-22 22:48:18,420 root ERROR step failed Traceback (most recent call last):
  File "/workspace/b.py", line 2, in <module>
ValueError: the head alone has the clock
#12 3.451 Traceback (most recent call last):
#12 3.452   File "/workspace/setup.py", line 3, in <module>
#12 3.453 ModuleNotFoundError: No module named 'torch'
10%|#         | 1/10\rTraceback (most recent call last):\r
  File "/workspace/c.py", line 4, in <module>
KeyboardInterrupt
`),
    ).toMatchInlineSnapshot(`
      "
      E train.py|9| RuntimeError: NCCL of rank 1
      E train.py|7| RuntimeError: NCCL of rank 0
      E a.py|1| ValueError: each line has the clock
      E b.py|2| ValueError: the head alone has the clock
      E setup.py|3| ModuleNotFoundError: No module named 'torch'
      E c.py|4| KeyboardInterrupt
      "
    `);
  });

  test("is told once, and as far as it came", () => {
    const traceback = (line: number) => `Traceback (most recent call last):
  File "/workspace/train.py", line ${line}, in <module>
    step(0)
`;
    expect(listOf(`${traceback(1)}ValueError: no\n${traceback(1)}ValueError: no\n${traceback(2)}`))
      .toMatchInlineSnapshot(`
      "
      E train.py|1| ValueError: no
      N train.py|2| in <module>: step(0)
      "
    `);
  });

  test("of a crash has the innermost frame first", () => {
    expect(
      listOf(`
Fatal Python error: Segmentation fault

Current thread 0x00007f861eaabb80 (most recent call first):
  File "/usr/lib/python3.11/ctypes/__init__.py", line 519 in string_at
  File "/workspace/pkg/model.py", line 5 in loss
  File "/workspace/train.py", line 7 in <module>

Extension modules: numpy.core._multiarray_umath (total: 1)
`),
    ).toMatchInlineSnapshot(`
      "
      N || /usr/lib/python3.11/ctypes/__init__.py:519: in string_at
      E pkg/model.py|5| Fatal Python error: Segmentation fault
      N train.py|7| in <module>
      "
    `);
  });
});

test("a warning of Python is a warning", () => {
  expect(
    listOf(`
/workspace/pkg/model.py:21: DeprecationWarning: old() goes away
  warnings.warn("old() goes away", DeprecationWarning)
2026-11-22 22:48:16 WARNING /workspace/a b/model.py:21: UserWarning: told by logging
2026-11-22 22:48:16 WARNING py.warnings /workspace/pkg/model.py:22: UserWarning: told by logging
/usr/lib/python3/numpy/a.py:1: RuntimeWarning: overflow encountered
`),
  ).toMatchInlineSnapshot(`
    "
    W pkg/model.py|21| DeprecationWarning: old() goes away
    W a b/model.py|21| UserWarning: told by logging
    W pkg/model.py|22| UserWarning: told by logging
    W || /usr/lib/python3/numpy/a.py:1: RuntimeWarning: overflow encountered
    "
  `);
});

describe("a traceback of IPython", () => {
  test("is read in each of its forms", () => {
    expect(
      listOf(`
---------------------------------------------------------------------------
ZeroDivisionError                         Traceback (most recent call last)
Cell In[3], line 2, in f()
      1 def f():
----> 2     step(0)

File /workspace/pkg/model.py:5, in loss(x)
      4 def loss(x):
----> 5     return 1 / x + sum(
      6         [x, x])

ZeroDivisionError: division by zero
In [5]:   File /workspace/broken.py:2
    return x +
              ^
SyntaxError: invalid syntax
In [10]: Traceback (most recent call last):
  Cell In[10], line 1
    loss(0)
  File /workspace/pkg/model.py:9 in plain
    return 1 / x + sum(
ZeroDivisionError: of the mode Plain
ZeroDivisionError                         Traceback (most recent call last)
<ipython-input-2-d4b1f2c9e8a3> in <module>
----> 1 loss(0)

/workspace/pkg/model.py in loss(x)
      4 def loss(x):
----> 5     return 1 / x

ZeroDivisionError: of IPython 7
`),
    ).toMatchInlineSnapshot(`
      "
      N || Cell In[3], line 2, in f()
      E pkg/model.py|5| ZeroDivisionError: division by zero
      N || Cell In[10], line 1
      E pkg/model.py|9| ZeroDivisionError: of the mode Plain
      N || <ipython-input-2-d4b1f2c9e8a3> in <module>
      E pkg/model.py|5| ZeroDivisionError: of IPython 7
      "
    `);
  });

  test("of rich is read out of its box", () => {
    expect(
      listOf(`
╭───────────────────── Traceback (most recent call last) ──────────────────────╮
│ /workspace/train.py:4 in <module>                                            │
│                                                                              │
│   3 from pkg.model import step                                               │
│ ❱ 4 step(0)                                                                  │
│   5                                                                          │
│                                                                              │
│ /workspace/pkg/model.py:13 in step                                           │
│                                                                              │
│   12 │   except ZeroDivisionError as error:                                  │
│ ❱ 13 │   │   raise ValueError(f"no loss for {x}") from error                 │
╰──────────────────────────────────────────────────────────────────────────────╯
ValueError: no loss for 0
`),
    ).toMatchInlineSnapshot(`
      "
      N train.py|4| in <module>: step(0)
      E pkg/model.py|13| ValueError: no loss for 0
      "
    `);
  });
});

describe("pytest", () => {
  test("in its long form", () => {
    expect(
      listOf(`
=================================== FAILURES ===================================
____________________________________ test_a ____________________________________

    def test_a():
        a = [1, 2]
>       assert a == [1, 3]
E       assert [1, 2] == [1, 3]
E         
E         At index 1 diff: 2 != 3

tests/test_x.py:11: AssertionError
____________________________________ test_c ____________________________________

    def test_c():
>       loss(0)

tests/test_x.py:19: 
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ 
pkg/between.py:7: in between
    return loss(x)
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ 

x = 0

    def loss(x):
>       return 1 / x + sum(
               ^^^^^
            [x, x])
E       ZeroDivisionError: division by zero

pkg/model.py:5: ZeroDivisionError
_________________________________ TestK.test_m _________________________________

    def test_m(self):
>       raise ValueError("multi\\nline")
E       ValueError: multi
E       line

tests/test_x.py:41: ValueError
=========================== short test summary info ============================
FAILED tests/test_x.py::test_a - assert [1, 2] == [1, 3]
FAILED tests/test_x.py::test_c - ZeroDivisionError: division by zero
FAILED tests/test_x.py::TestK::test_m - ValueError: multi
`),
    ).toMatchInlineSnapshot(`
      "
      E tests/test_x.py|11| assert [1, 2] == [1, 3]
      N tests/test_x.py|19| loss(0)
      N pkg/between.py|7| in between: return loss(x)
      E pkg/model.py|5| ZeroDivisionError: division by zero
      E tests/test_x.py|41| ValueError: multi
      "
    `);
  });

  test("in its short form, and where a test cannot begin", () => {
    expect(
      listOf(`
==================================== ERRORS ====================================
_______________________ ERROR collecting tests/test_y.py _______________________
ImportError while importing test module '/workspace/tests/test_y.py'.
Traceback:
/usr/lib/python3.11/importlib/__init__.py:126: in import_module
    return _bootstrap._gcd_import(name[level:], package, level)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
tests/test_y.py:1: in <module>
    import nope
E   ModuleNotFoundError: No module named 'nope'
_______________________ ERROR collecting tests/test_z.py _______________________
E     File "/workspace/tests/test_z.py", line 3
E       def f(:
E             ^
E   SyntaxError: invalid syntax
___________________________ ERROR at setup of test_e ___________________________
tests/test_x.py:28: in data
    raise RuntimeError("no data")
E   RuntimeError: no data
=================================== FAILURES ===================================
____________________________________ test_b ____________________________________
tests/test_x.py:15: in test_b
    helper(1)
tests/test_x.py:6: in helper
    assert x == 2, "not two"
E   AssertionError: not two
E   assert 1 == 2
=========================== short test summary info ============================
FAILED tests/test_x.py::test_b - AssertionError: not two
ERROR tests/test_x.py::test_e - RuntimeError: no data
ERROR tests/test_y.py
ERROR tests/test_z.py
`),
    ).toMatchInlineSnapshot(`
      "
      N || /usr/lib/python3.11/importlib/__init__.py:126: in import_module: return _bootstrap._gcd_import(name[level:], package, level)
      E tests/test_y.py|1| ModuleNotFoundError: No module named 'nope'
      E tests/test_z.py|3:+7| SyntaxError: invalid syntax
      E tests/test_x.py|28| RuntimeError: no data
      N tests/test_x.py|15| in test_b: helper(1)
      E tests/test_x.py|6| AssertionError: not two
      "
    `);
  });

  test("in one line for each, and with the summary alone", () => {
    expect(
      listOf(`
E   ValueError: multi
    line
/workspace/tests/test_x.py:41: ValueError: multi
/workspace/tests/test_x.py:42: assert 1 == 2
FAILED tests/test_x.py::test_f[a b] - AssertionError: assert 'a b' == 'x'
FAILED tests/test_x.py::TestK::test_f[c - d] - AssertionError: assert 'c - d' == 'x'
FAILED tests/test_x.py::test_g - assert [1, 2] == [1, 3]
ERROR tests/test_y.py
`),
    ).toMatchInlineSnapshot(`
      "
      E tests/test_x.py|41| ValueError: multi
      E tests/test_x.py|42| assert 1 == 2
      E tests/test_x.py|def test_f(| test_f[a b]: AssertionError: assert 'a b' == 'x'
      E tests/test_x.py|def test_f(| TestK.test_f[c - d]: AssertionError: assert 'c - d' == 'x'
      E tests/test_x.py|def test_g(| test_g: assert [1, 2] == [1, 3]
      E tests/test_y.py|1| cannot be collected
      "
    `);
  });
});

test("compilers and linters", () => {
  expect(
    listOf(`
In file included from k.c:1:
k.h: In function ‘g’:
k.h:1:22: warning: returning ‘char *’ from a function with return type ‘int’ [-Wint-conversion]
    1 | int g(void) { return "a"; }
      |                      ^~~
/workspace/k.c:4:3: error: unknown type name ‘retrun’
./my dir/k.c:4:12: fatal error: nope.h: No such file or directory
k.c:3:7: note: declared here
/usr/include/stdio.h:12:1: error: of the container
ext/kernel.cu(12): error: identifier "x" is undefined
ext/kernel.cu(13): warning #177-D: variable "y" was declared but never referenced
error[E0308]: mismatched types
 --> src/k.rs:2:18
  |
warning: unused variable: \`y\`
 --> src/k.rs:3:9
t.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.
\u001b[96mt.ts\u001b[0m:\u001b[93m1\u001b[0m:\u001b[93m8\u001b[0m - \u001b[91merror\u001b[0m\u001b[90m TS2322: \u001b[0mType 'string' is not assignable.
m.py:3: error: Expected a parameter or the end of the parameter list  [syntax]
m2.py:1:10:1:12: error: Incompatible types in assignment  [assignment]
F401 [*] \`os\` imported but unused
 --> m2.py:2:8
m.py:3:7: invalid-syntax: Expected a parameter or the end of the parameter list
m2.py:2:1: I001 [*] Import block is un-sorted or un-formatted
m2.py:3:5: F821 undefined name 'z'
a.sh:1:6: warning: x is referenced but not assigned. [SC2154]
vet: ./g.go:2:15: declared and not used: x
/usr/bin/ld: /tmp/ccncAvmD.o: in function \`main':
/workspace/ld.c:2: undefined reference to \`nope'
b.sh: line 2: syntax error: unexpected end of file
b.sh: 2: Syntax error: end of file unexpected (expecting "then")
make[1]: Entering directory '/workspace/ext'
op.cc:3:1: error: in a directory of its own
make[1]: *** [Makefile:2: all] Error 1
make[1]: Leaving directory '/workspace/ext'
make: *** [Makefile:9: sub] Error 2
CMake Error at CMakeLists.txt:5 (find_package):
`),
  ).toMatchInlineSnapshot(`
    "
    W k.h|1:22| returning ‘char *’ from a function with return type ‘int’ [-Wint-conversion]
    E k.c|4:3| unknown type name ‘retrun’
    E my dir/k.c|4:12| nope.h: No such file or directory
    N k.c|3:7| declared here
    E || /usr/include/stdio.h:12: of the container
    E ext/kernel.cu|12| identifier "x" is undefined
    W ext/kernel.cu|13| #177-D: variable "y" was declared but never referenced
    E src/k.rs|2:18| [E0308]: mismatched types
    W src/k.rs|3:9| unused variable: \`y\`
    E t.ts|1:7| TS2322: Type 'string' is not assignable to type 'number'.
    E t.ts|1:8| TS2322: Type 'string' is not assignable.
    E m.py|3| Expected a parameter or the end of the parameter list  [syntax]
    E m2.py|1:10-1:12| Incompatible types in assignment  [assignment]
    E m2.py|2:8| F401 [*] \`os\` imported but unused
    E m.py|3:7| invalid-syntax: Expected a parameter or the end of the parameter list
    W m2.py|2:1| I001 [*] Import block is un-sorted or un-formatted
    E m2.py|3:5| F821 undefined name 'z'
    W a.sh|1:6| x is referenced but not assigned. [SC2154]
    E g.go|2:15| declared and not used: x
    E ld.c|2| undefined reference to \`nope'
    E b.sh|2| syntax error: unexpected end of file
    E b.sh|2| Syntax error: end of file unexpected (expecting "then")
    E ext/op.cc|3:1| in a directory of its own
    E ext/Makefile|2| all: Error 1
    E Makefile|9| sub: Error 2
    E CMakeLists.txt|5| CMake: find_package
    "
  `);
});

test("a relative path begins where the command ran", () => {
  expect(
    listOf("k.c:1:2: error: here\n../k.c:1:2: error: above\n../../k.c:1:2: error: outside", {
      directory: "/workspace/src",
    }),
  ).toMatchInlineSnapshot(`
    "
    E src/k.c|1:2| here
    E k.c|1:2| above
    E || ../../k.c:1: outside
    "
  `);
});

test("what a tool said of its failure comes before what the engine says of the instruction", () => {
  expect(
    listOf(`
Step 1/3 : RUN nosuch || true
/bin/sh: 1: nosuch: not found
Step 2/3 : RUN pip install nope
ERROR: Could not find a version that satisfies the requirement nope (from versions: none)
ERROR: No matching distribution found for nope
[notice] A new release of pip is available
The command '/bin/sh -c pip install nope' returned a non-zero code: 1
Step 3/3 : RUN false
The command '/bin/sh -c false' returned a non-zero code: 1
#8 0.412 E: Unable to locate package nope
------
 > [2/2] RUN apt-get install nope:
0.398 Reading package lists...
0.412 E: Unable to locate package nope
------
dockerfile:2
--------------------
   2 | >>> RUN apt-get install nope
--------------------
ERROR: failed to solve: process "/bin/sh -c apt-get install nope" did not complete successfully: exit code: 100
`),
  ).toMatchInlineSnapshot(`
    "
    E docker/Dockerfile|RUN pip install nope| ERROR: No matching distribution found for nope; The command '/bin/sh -c pip install nope' returned a non-zero code: 1
    E docker/Dockerfile|RUN false| The command '/bin/sh -c false' returned a non-zero code: 1
    E docker/Dockerfile|2| E: Unable to locate package nope; process "/bin/sh -c apt-get install nope" did not complete successfully: exit code: 100
    "
  `);
});

test("a dockerfile that cannot be built", () => {
  expect(
    listOf(`
Error response from daemon: dockerfile parse error line 2: unknown instruction: RUNN
Step 1/2 : FROM igor-demo/busybox:1
Step 2/2 : RUN echo a &&   false
 ---> Running in 78cb202fc46f
The command '/bin/sh -c echo a &&   false' returned a non-zero code: 1
Step 2/2 : COPY nope /
COPY failed: file not found in build context or excluded by .dockerignore: stat nope: file does not exist
STEP 2/2: RUN false
Error: building at STEP "RUN false": while running runtime: exit status 1
dockerfile:3
--------------------
   3 | >>> RUN pip install nope
--------------------
ERROR: failed to solve: process "/bin/sh -c pip install nope" did not complete successfully: exit code: 1
`),
  ).toMatchInlineSnapshot(`
    "
    E docker/Dockerfile|2| unknown instruction: RUNN
    E docker/Dockerfile|RUN echo a| The command '/bin/sh -c echo a &&   false' returned a non-zero code: 1
    E docker/Dockerfile|COPY nope /| COPY failed: file not found in build context or excluded by .dockerignore: stat nope: file does not exist
    E docker/Dockerfile|RUN false| while running runtime: exit status 1
    E docker/Dockerfile|3| process "/bin/sh -c pip install nope" did not complete successfully: exit code: 1
    "
  `);
});

describe("ordinary output is no problem:", () => {
  test.each([
    "12:34:56: error: of a clock",
    "2026-11-22 10:20:30: error: of a clock",
    "time: 10:20",
    "http://x:80: error: refused",
    "https://apollo.local/a.py:80: error: refused",
    "10.0.0.1:8080: error: connection refused",
    "apollo.local:22: error: connection refused",
    "localhost:6006: error: no",
    "[INFO] train.py:12: epoch 3",
    "train.py:12: epoch 3",
    "train.py:12: T5 model loaded",
    "pkg/model.py:5: info about loss",
    "see pkg/model.py:5",
    "a.py:12",
    "File /data/train.bin:12",
    "Epoch 1/3: 10%|##        | 10/100 [00:01<00:09, 9.8it/s, error: 0.1]",
    "error: 0.123 at step 12:34",
    "ValueError: told without a traceback",
    "E   told without a test",
    "FAILED to open a.py",
    "I1122 10:20:30.123 7 model.cc:12] error: of glog",
    "drwxr-xr-x 2 root root 4096 Nov 22 22:48 tests",
    '{"file": "a.py:12:3: error: in JSON"}',
    "In file included from k.c:1:",
    "   12 |     error: 3",
    "  --> nowhere.rs:1:1",
    "The command 'x' returned a non-zero code: 1",
  ])("%s", (line) => {
    expect(listOf(line)).toBe("\n\n");
  });
});

/** Pieces of everything that is read, to be put together wrongly. */
const pieces = fc.constantFrom(
  ...[
    "Traceback (most recent call last):",
    "  + Exception Group ",
    '  File "',
    '", line ',
    ", in f",
    "In [3]",
  ],
  ...[
    "E   ",
    "> ",
    "_ _ _ _ _ _ ",
    "___ ",
    " ___",
    "FAILED ",
    "::",
    " - ",
    "[",
    "]",
    "a.py",
    "/workspace/",
    "..",
  ],
  ...[
    "│",
    "╭── ",
    "│ ❱ 5 │",
    "----> ",
    "^^^",
    "~~",
    "[rank0]: ",
    "#12 3.4 ",
    "x | ",
    ":1",
    ":",
    " ",
    "    ",
    "1: ",
  ],
  ...[
    "error: ",
    "Error",
    "Warning: ",
    " --> ",
    "(1,2): ",
    "make: *** [",
    "Step 1/2 : ",
    "dockerfile:3",
    "\0",
    "\r",
  ],
  ...[
    "Current thread 0x1 (most recent call first):",
    "\u001b[31m",
    "\u009d",
    "Entering directory '",
    "ü",
    "😀",
  ],
);

test("no output breaks it, and no problem lies outside of the project", () => {
  const line = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      for (const { text, spot } of problemsIn(lines)) {
        expect(text.length).toBeLessThanOrEqual(500);
        expect(spot?.file.replace("../lib/", "").split("/") ?? []).not.toContain("..");
        expect(spot?.line ?? 1).toBeGreaterThan(0);
        expect(spot?.column ?? 1).toBeGreaterThan(0);
      }
    }),
  );
});

function problemsAtOnce(lines: readonly string[]): readonly Problem[] {
  const output = lines.map((line) => ({ stream: "stdout", line }) as const);
  return endedProblems(advanceProblems(startProblems(place), output));
}

/** How much of a processor the lines take, at best of some trials: others may work on this machine too. */
function tookMs(lines: readonly string[], trials = 5): number {
  const took = Array.from({ length: trials }, () => {
    const begun = process.cpuUsage();
    problemsAtOnce(lines);
    return process.cpuUsage(begun).user / 1000;
  });
  return Math.min(...took);
}

describe("10,000 lines cost less than 50 ms:", () => {
  const times = (line: string) =>
    Array.from({ length: 10_000 }, (_, index) => line.replaceAll("%", `${index}`));
  test.each([
    ["of training", times("Epoch % loss: 0.%, accuracy 0.%, 12:34:56, see /workspace/runs/%.json")],
    [
      "of a compiler",
      times(
        "[%/9] /usr/bin/c++ -DNDEBUG -O2 -o CMakeFiles/x.dir/src/%.cc.o -c /workspace/src/%.cc",
      ),
    ],
    ["of warnings", times("src/%.c:%:3: warning: unused variable [-Wunused]")],
    ["of frames", times('  File "/workspace/a.py", line %, in f')],
    ["of several ranks", times("[rank%]: Traceback (most recent call last):")],
  ])("%s", (_, lines) => {
    tookMs(lines.slice(0, 500));
    expect(tookMs(lines)).toBeLessThan(50);
  });
});

test("a line without an end costs no more than its first part", () => {
  const parts = [
    "a",
    " ",
    "1:",
    "\r",
    "\u009d",
    "\u001b]",
    "\u001b[",
    "_",
    ' File "',
    "E ",
    "a.py:",
    "/",
    "│",
    ".. ",
    "a.py:1: Warning: /",
  ];
  const lines = parts.map((part) => part.repeat(1_000_000 / part.length));
  for (const line of lines)
    expect(tookMs([line], 1), JSON.stringify(line.slice(0, 9))).toBeLessThan(50);
});

test("a list has an end", () => {
  const lines = Array.from({ length: 3000 }, (_, index) => `a.c:${index + 1}:1: error: no`);
  const found = problemsAtOnce(lines);
  expect(found).toHaveLength(2000);
  expect(found.at(-1)?.text).toContain("no more problems than these");
  expect(problemsIn(lines)).toEqual(found);
});
