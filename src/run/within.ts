/** Waits for work, but not longer than that: then the value is undefined, and the work goes on by itself. */
export async function within<T>(limitMs: number, work: () => Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  const done = await Promise.race([work(), patience]);
  clearTimeout(timer);
  return done;
}
