/** What only a person can decide, and is asked once; what there is to know about it was told before. */
export type Question =
  | {
      /** Whether a configuration may have what it asks for. */
      readonly kind: "trust";
      readonly file: string;
    }
  | {
      /** Whether to end what runs in the containers, which are to be replaced or removed. */
      readonly kind: "replace" | "remove";
      readonly inUse: readonly { readonly host: string; readonly container: string }[];
    }
  | {
      /** Whether what was changed here makes way. */
      readonly kind: "overwrite";
      readonly changed: readonly { readonly host: string; readonly path: string }[];
    };
