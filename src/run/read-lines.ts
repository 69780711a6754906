import { StringDecoder } from "node:string_decoder";

/** Cuts chunks of bytes into lines of text, at any split; `rest` is the last line without an end. */
export function lineReader(onLine: (line: string) => void): {
  write(chunk: Buffer): void;
  rest(): string;
} {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return {
    write(chunk) {
      const lines = (rest + decoder.write(chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    },
    rest: () => rest + decoder.end(),
  };
}
