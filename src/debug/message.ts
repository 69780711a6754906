import type { Buffer } from "node:buffer";

/** A request of the client or of the adapter, of which nothing is known but its form. */
export interface Request {
  readonly type: "request";
  readonly seq: number;
  readonly command: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** An answer, as far as it is looked at. */
export interface Response {
  readonly type: "response";
  readonly seq: number;
  readonly request_seq: number;
  readonly command: string;
  readonly success: boolean;
  readonly message?: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Something that happened. */
export interface DapEvent {
  readonly type: "event";
  readonly seq: number;
  readonly event: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What goes to and fro; see https://microsoft.github.io/debug-adapter-protocol/specification. */
export type Message = Request | Response | DapEvent;

/** The message in a frame; undefined when it is none. Fields that may be absent are there, empty. */
export function messageIn(body: Buffer): Message | undefined {
  let read: unknown;
  try {
    read = JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
  if (!isObject(read) || typeof read["seq"] !== "number") return undefined;
  switch (read["type"]) {
    case "request":
      if (typeof read["command"] !== "string") return undefined;
      return { ...read, arguments: objectOf(read["arguments"]) } as unknown as Request;
    case "response":
      if (typeof read["request_seq"] !== "number" || typeof read["success"] !== "boolean")
        return undefined;
      return { ...read, body: objectOf(read["body"]) } as unknown as Response;
    case "event":
      if (typeof read["event"] !== "string") return undefined;
      return { ...read, body: objectOf(read["body"]) } as unknown as DapEvent;
    default:
      return undefined;
  }
}

/** Whether a value of JSON is an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}
