import { dirname } from "node:path";

const [, program = "", asked] = process.argv;

/** The peer of an editor, on standard input and output; or, asked that, whether it was built of other sources. */
if (asked === "is-stale")
  void import("./source-digest.ts").then(async ({ isStale }) => {
    process.stdout.write(`${String(await isStale(dirname(dirname(program))))}\n`);
  });
else void import("./serve.ts").then(({ serve }) => serve(program));
