/** Of what `igor doctor` prints, the lines about the things with these names, each with what to do. */
export function linesAbout(stdout: string, ...names: readonly string[]): string {
  const things = stdout.match(/^ {2}(?:ok|warn|fail) .*\n(?: {17}.*\n)*/gm) ?? [];
  return things
    .filter((lines) => names.includes(lines.trim().split(/\s+/)[1] ?? ""))
    .join("")
    .trimEnd();
}
