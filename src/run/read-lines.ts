import { StringDecoder } from "node:string_decoder";

/** A line without an end would fill the memory. */
const longestLine = 4_000_000;

/**
 * Cuts chunks of bytes into lines of text, at any split; `rest` is the last line without an end. Of a line that is longer
 * than anything that igor's programs say, pieces come.
 */
export function lineReader(onLine: (line: string) => void): {
  write(chunk: Buffer): void;
  rest(): string;
} {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return {
    write(chunk) {
      const [end = "", ...lines] = decoder.write(chunk).split("\n");
      rest += end;
      for (const line of lines) {
        onLine(rest);
        rest = line;
      }
      if (rest.length < longestLine) return;
      onLine(rest);
      rest = "";
    },
    rest: () => rest + decoder.end(),
  };
}
