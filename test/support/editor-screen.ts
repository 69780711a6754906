/** A cell run of a line: text, its highlight (not used), how often. */
type Cell = readonly [text: string, highlight?: number, repeat?: number];

/** The arguments of a `redraw` notification. */
export type Redraw = readonly (readonly [name: string, ...calls: unknown[][]])[];

/**
 * What a user interface of Neovim shows, kept from its redraw events (`:help ui-linegrid`): it can be looked at also
 * while Neovim waits for a key and answers nobody.
 */
export class EditorScreen {
  #rows: string[][] = [];
  #width = 0;
  /** When the screen was whole for the last time: milliseconds of `performance.now()`. */
  flushedAt = 0;

  /** The screen, a line for each row, without spaces at its ends. */
  text(): string {
    return this.#rows.map((row) => row.join("").trimEnd()).join("\n");
  }

  /** Takes the arguments of a `redraw` notification. */
  redraw(batches: Redraw): void {
    for (const [name, ...calls] of batches)
      for (const call of calls) {
        if (name === "grid_resize") this.#resize(call as [number, number, number]);
        else if (name === "grid_clear") this.#clear();
        else if (name === "grid_line") this.#line(call as [number, number, number, Cell[]]);
        else if (name === "grid_scroll") this.#scroll(call as number[]);
        else if (name === "flush") this.flushedAt = performance.now();
      }
  }

  #clear(): void {
    for (const row of this.#rows) row.fill(" ");
  }

  #resize([, width, height]: [number, number, number]): void {
    this.#width = width;
    const blank = (): string[] => Array.from({ length: width }, () => " ");
    this.#rows = Array.from({ length: height }, (_, index) => {
      const row = this.#rows[index]?.slice(0, width) ?? [];
      return [...row, ...blank().slice(row.length)];
    });
  }

  #line([, row, start, cells]: [number, number, number, Cell[]]): void {
    let column = start;
    for (const [text, , repeat = 1] of cells)
      for (let count = 0; count < repeat; count += 1) {
        const line = this.#rows[row];
        if (line !== undefined && column < this.#width) line[column] = text;
        column += 1;
      }
  }

  #scroll([, top = 0, bottom = 0, left = 0, right = 0, by = 0]: number[]): void {
    const before = this.#rows.map((row) => [...row]);
    for (let row = top; row < bottom; row += 1) {
      const from = before[row + by];
      if (row + by < top || row + by >= bottom || from === undefined) continue;
      for (let column = left; column < right; column += 1) {
        const line = this.#rows[row];
        if (line !== undefined) line[column] = from[column] ?? " ";
      }
    }
  }
}
