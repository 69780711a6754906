// @ts-check
// What the demo says between the commands: plain words, coloured on a terminal.
import { spawnSync } from "node:child_process";

const isColoured = process.stdout.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
const style = (/** @type {number} */ code) => (/** @type {string} */ text) =>
  isColoured ? `\x1b[${code}m${text}\x1b[0m` : text;

export const bold = style(1);
export const dim = style(2);
const cyan = style(36);

const width = () => Math.min(process.stdout.columns || 80, 100);

/** @param {string} title */
export function heading(title) {
  console.log(`\n${cyan(`== ${title} ${"=".repeat(Math.max(3, width() - title.length - 4))}`)}`);
}

/**
 * A paragraph, wrapped to the terminal.
 * @param {string} text
 */
export function say(text) {
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width()) {
      console.log(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  console.log(line);
}

/**
 * A command as one would type it.
 * @param {string} line
 */
export function prompt(line) {
  console.log(`\n${bold(`$ ${line}`)}`);
}

/** @param {string} text */
export function complain(text) {
  console.error(`\n${isColoured ? `\x1b[31m${text}\x1b[0m` : text}`);
}

/**
 * A table: the first column to the left, the others to the right.
 * @param {readonly (readonly string[])[]} rows
 * @param {{ headRows: number }} shape
 */
export function printTable(rows, { headRows }) {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  for (const [index, row] of rows.entries()) {
    const line = row.map((cell, column) => {
      const size = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(size) : cell.padStart(size);
    });
    console.log(index < headRows ? bold(line.join("  ")) : line.join("  "));
  }
}

/** Gives the terminal back as it was, whatever a command that was killed left behind. */
export function mendTerminal() {
  if (!process.stdout.isTTY) return;
  process.stdout.write("\x1b[?25h\x1b[0m");
  spawnSync("stty", ["sane"], { stdio: ["inherit", "ignore", "ignore"] });
}
