import { afterAll } from "vitest";
import { removeTemporary } from "./temporary.ts";

// Registered before any hook of the tests themselves, and so it runs after them.
afterAll(removeTemporary);
