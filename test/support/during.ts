import { onHost } from "../hosts/bed.ts";

/** Runs a script as root on apollo, then something, and then another script to bring things back. */
export async function during<T>(script: string, back: string, act: () => Promise<T>): Promise<T> {
  try {
    const { exitCode, stderr } = await onHost("apollo", script);
    if (exitCode !== 0) throw new Error(stderr);
    return await act();
  } finally {
    await onHost("apollo", back);
  }
}
