// @ts-check
// The results as a picture: what a user waits for at 50 ms of round trip, each contender a bar.
import { median } from "./measure.mjs";

/** @typedef {import("./page.mjs").Sample} Sample */

const size = { width: 760, row: 17, gap: 22, left: 250, right: 90 };
const inks = new Map([
  ["igor", "#1f7a4d"],
  ["script", "#9a9a9a"],
  ["script + master", "#b9b9b9"],
  ["rsync -az", "#6f8fb5"],
  ["rsync -az + master", "#9cb4d0"],
]);

/**
 * An SVG; undefined when nothing of it was measured.
 * @param {readonly Sample[]} samples
 * @returns {string | undefined}
 */
export function pictureOf(samples) {
  const shown = samples.filter(
    ({ part, rtt, title }) => part === "tree" && rtt === 50 && !/first|no connection/.test(title),
  );
  if (shown.length === 0) return undefined;
  /** @type {string[]} */
  const parts = [];
  let y = 50;
  for (const files of new Set(shown.map((sample) => sample.files))) {
    for (const title of new Set(shown.map((sample) => sample.title))) {
      const own = shown.filter((sample) => sample.files === files && sample.title === title);
      if (own.length === 0) continue;
      parts.push(text(8, y + 12, `${title}, ${files.toLocaleString("en")} files`, "bold"));
      y += 18;
      const longest = Math.max(...own.map(({ ms }) => ms));
      for (const contender of inks.keys()) {
        const values = own.filter((sample) => sample.contender === contender).map(({ ms }) => ms);
        if (values.length === 0) continue;
        parts.push(bar(y, { contender, ms: median(values), longest }));
        y += size.row;
      }
      y += size.gap;
    }
  }
  const heading = text(8, 24, "Seconds until it is done, 50 ms of round trip (median)", "bold");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${y}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
${[heading, ...parts].join("\n")}
</svg>
`;
}

/**
 * @param {number} y
 * @param {{ contender: string, ms: number, longest: number }} what
 */
function bar(y, { contender, ms, longest }) {
  const width = Math.max(1, ((size.width - size.left - size.right) * ms) / longest);
  return [
    text(size.left - 8, y + 12, contender, "normal", "end"),
    `<rect x="${size.left}" y="${y + 2}" width="${width.toFixed(1)}" height="${size.row - 4}" fill="${inks.get(contender)}"/>`,
    text(size.left + width + 6, y + 12, `${(ms / 1000).toFixed(2)} s`),
  ].join("");
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} words
 * @param {string} weight
 * @param {string} anchor
 */
function text(x, y, words, weight = "normal", anchor = "start") {
  return `<text x="${x.toFixed(1)}" y="${y}" font-weight="${weight}" text-anchor="${anchor}">${words}</text>`;
}
