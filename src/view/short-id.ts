/** The begin of a session's id, which tells it from all others; `igor stop` takes it. e.g. `3f9a21c0` */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
