// @ts-check
// The screen of a terminal as a picture: what `tmux capture-pane -e -p` prints, as SVG.

/**
 * How a character looks; colours as `#rrggbb`, undefined for the terminal's own.
 * @typedef {object} Look
 * @property {string | undefined} front
 * @property {string | undefined} back
 * @property {boolean} bold
 * @property {boolean} italic
 * @property {boolean} underlined
 * @property {boolean} swapped
 */

/** @typedef {{ text: string, look: Look }} Run a stretch of a line that looks the same */

/** @type {Look} */
const plain = {
  front: undefined,
  back: undefined,
  bold: false,
  italic: false,
  underlined: false,
  swapped: false,
};

/** The terminal's own colours, and those of Neovim 0.12 on a dark background. */
const ownFront = "#e0e2ea";
const ownBack = "#14161b";
const first16 =
  "07080d ffc0b9 b3f6c0 fce094 a6dbff ffcaff 8cf8f7 eef1f8 4f5258 ffc0b9 b3f6c0 fce094 a6dbff ffcaff 8cf8f7 eef1f8";

/** Of a character, in pixels. */
const cell = { width: 8.4, height: 18 };
const fontSize = 14;
const margin = 12;

/**
 * The colour of a number from 0 to 255.
 * @param {number} number
 */
function indexed(number) {
  if (number < 16) return `#${first16.split(" ")[number] ?? ""}`;
  const levels =
    number >= 232
      ? Array.from({ length: 3 }, () => 8 + (number - 232) * 10)
      : [36, 6, 1].map((unit) => [0, 95, 135, 175, 215, 255][Math.floor((number - 16) / unit) % 6]);
  return hex(levels);
}

/** @param {readonly (number | undefined)[]} levels */
function hex(levels) {
  return `#${levels.map((level) => (level ?? 0).toString(16).padStart(2, "0")).join("")}`;
}

/**
 * What comes after a 38, 48 or 58: a colour, and how many numbers it takes.
 * @param {readonly number[]} rest
 * @returns {[colour: string, taken: number]}
 */
function colourOf([kind, ...rest]) {
  return kind === 5 ? [indexed(rest[0] ?? 0), 2] : [hex(rest.slice(0, 3)), 4];
}

/**
 * The look after a sequence, e.g. `1;38;2;255;0;0`.
 * @param {Look} look
 * @param {string} sequence
 * @returns {Look}
 */
function advance(look, sequence) {
  // `4:3` is a kind of underline; its number does not matter here.
  const numbers = sequence.split(";").map((word) => Number.parseInt(word || "0", 10));
  let now = look;
  for (let at = 0; at < numbers.length; at += 1) {
    const number = numbers[at] ?? 0;
    if ([38, 48, 58].includes(number)) {
      const [colour, taken] = colourOf(numbers.slice(at + 1));
      at += taken;
      if (number === 38) now = { ...now, front: colour };
      if (number === 48) now = { ...now, back: colour };
    } else now = { ...now, ...changeOf(number) };
  }
  return now;
}

/**
 * @param {number} number
 * @returns {Partial<Look>}
 */
function changeOf(number) {
  if (number === 0) return plain;
  if (number === 1) return { bold: true };
  if (number === 3) return { italic: true };
  if (number === 4) return { underlined: true };
  if (number === 7) return { swapped: true };
  if (number === 22) return { bold: false };
  if (number === 23) return { italic: false };
  if (number === 24) return { underlined: false };
  if (number === 27) return { swapped: false };
  if (number >= 30 && number <= 37) return { front: indexed(number - 30) };
  if (number === 39) return { front: undefined };
  if (number >= 40 && number <= 47) return { back: indexed(number - 40) };
  if (number === 49) return { back: undefined };
  if (number >= 90 && number <= 97) return { front: indexed(number - 82) };
  if (number >= 100 && number <= 107) return { back: indexed(number - 92) };
  return {};
}

/**
 * @param {string} screen
 * @returns {Run[][]} of each line
 */
function runsOf(screen) {
  let look = plain;
  return screen.split("\n").map((line) => {
    /** @type {Run[]} */
    const runs = [];
    for (const [, sequence, text] of line.matchAll(/\x1b\[([\d;:]*)m|([^\x1b]+)/g)) {
      if (text === undefined) look = advance(look, sequence ?? "");
      else runs.push({ text, look });
    }
    return runs;
  });
}

/** From the middle of a character to its sides: left, right, up, down. */
const lines = new Map(
  Object.entries({ "─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu", "├": "rud" })
    .concat(Object.entries({ "┤": "lud", "┬": "lrd", "┴": "lru", "┼": "lrud" }))
    .concat(Object.entries({ "╭": "rd", "╮": "ld", "╰": "ru", "╯": "lu" })),
);

/**
 * A character that fonts draw with gaps, as a path; undefined for any other.
 * @param {string} character
 * @param {number} x
 * @param {number} y
 */
function pathOf(character, x, y) {
  const sides = lines.get(character);
  if (sides === undefined) return undefined;
  const middle = { x: x + cell.width / 2, y: y + cell.height / 2 };
  const ends = [...sides].map((side) => {
    if (side === "l") return `${short(x)} ${short(middle.y)}`;
    if (side === "r") return `${short(x + cell.width)} ${short(middle.y)}`;
    return `${short(middle.x)} ${short(side === "u" ? y : y + cell.height)}`;
  });
  const center = `${short(middle.x)} ${short(middle.y)}`;
  if ("╭╮╰╯".includes(character)) return `M${ends[0] ?? ""}Q${center} ${ends[1] ?? ""}`;
  return ends.map((end) => `M${center}L${end}`).join("");
}

/** @param {number} pixels */
function short(pixels) {
  return String(Math.round(pixels * 100) / 100);
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * @param {Run} run
 * @param {number} x
 * @param {number} y
 * @returns {string[]} elements
 */
function drawn({ text, look }, x, y) {
  const colours = [look.front ?? ownFront, look.back ?? ownBack];
  const [front = "", back = ""] = look.swapped ? colours.reverse() : colours;
  const characters = [...text];
  const elements = [];
  if (back !== ownBack) {
    const width = short(characters.length * cell.width);
    elements.push(
      `<rect x="${short(x)}" y="${short(y)}" width="${width}" height="${cell.height}" fill="${back}"/>`,
    );
  }
  const path = characters.map((one, at) => pathOf(one, x + at * cell.width, y) ?? "").join("");
  if (path !== "") elements.push(`<path d="${path}" stroke="${front}" fill="none"/>`);
  const style = [
    look.bold ? ' font-weight="bold"' : "",
    look.italic ? ' font-style="italic"' : "",
    look.underlined ? ' text-decoration="underline"' : "",
  ].join("");
  // Each word has its own place and width, whatever the font of the reader is.
  const rest = characters.map((one) => (lines.has(one) ? " " : one)).join("");
  for (const { 0: word, index } of rest.matchAll(/\S+(?: \S+)*/g)) {
    const before = [...rest.slice(0, index)].length;
    const place = `x="${short(x + before * cell.width)}" y="${short(y + 13.5)}"`;
    const width = `textLength="${short([...word].length * cell.width)}"`;
    elements.push(`<text ${place} ${width} fill="${front}"${style}>${escaped(word)}</text>`);
  }
  return elements;
}

/**
 * @param {string} screen what `tmux capture-pane -e -p` printed
 * @param {{ columns: number, rows: number, title: string }} about the size of the screen, and what it shows
 * @returns {string} SVG, with a background of its own
 */
export function svgOfScreen(screen, { columns, rows, title }) {
  const elements = runsOf(screen)
    .slice(0, rows)
    .flatMap((runs, row) => {
      let x = margin;
      return runs.flatMap((run) => {
        const from = x;
        x += [...run.text].length * cell.width;
        return drawn(run, from, margin + row * cell.height);
      });
    });
  const width = short(2 * margin + columns * cell.width);
  const height = short(2 * margin + rows * cell.height);
  const font = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${ownBack}" stroke="#4f5258"/>`,
    `<g font-family="${font}" font-size="${fontSize}" xml:space="preserve">`,
    ...elements,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}
