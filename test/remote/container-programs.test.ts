import { expect, test } from "vitest";
import { containerPrograms } from "../../src/remote/container-programs.ts";

test.each(Object.entries(containerPrograms))(
  "the parts of %s define no function twice: the last one would silently win",
  (_, parts) => {
    const names = parts.flatMap((part) =>
      [...part.matchAll(/^(\w+)\(\)/gm)].map(([, name]) => name),
    );
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  },
);
