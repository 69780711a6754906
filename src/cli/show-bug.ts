import { bugOf } from "../app/bug.ts";
import { showFailure } from "./show-failure.ts";

/** Tells of something that was thrown. */
export function showBug(thrown: unknown, mode: "text" | "json"): void {
  showFailure(bugOf(thrown), mode);
}
