import type { Failure } from "./failure.ts";

/** What is told of one host while a person logs in. */
export type LoginNews =
  | {
      /** Nothing had to be asked: a shared connection is open, and lives. */
      readonly kind: "open-already";
      readonly host: string;
    }
  | {
      /** From here on the terminal is ssh's, until the next news. */
      readonly kind: "asking";
      readonly host: string;
    }
  | {
      readonly kind: "logged-in";
      readonly host: string;
      readonly whose: "igor" | "user";
      /** How long the connection stays after its last use. */
      readonly stays: "until-ended" | { readonly seconds: number };
    }
  | {
      /** No question is asked there, and the user's configuration keeps no connection. */
      readonly kind: "nothing-to-keep";
      readonly host: string;
    }
  | { readonly kind: "failed"; readonly host: string; readonly failure: Failure };
