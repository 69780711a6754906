/** Waits for work, but not longer than that; what is not done by then goes on by itself. */
export async function within(limitMs: number, work: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work(), patience]);
  clearTimeout(timer);
}
