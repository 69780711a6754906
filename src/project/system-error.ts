/** What the system says about a failed file operation; anything else is a bug and thrown on. */
export function systemErrorOf(error: unknown): { readonly code: string; readonly detail: string } {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return { code: error.code, detail: error.message };
  }
  throw error;
}
