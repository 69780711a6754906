import type { LoginNews } from "../model/login.ts";
import { unreachable } from "../model/unreachable.ts";
import { durationText } from "./amount-text.ts";
import { failureLines } from "./failure-lines.ts";
import { span } from "./line.ts";
import type { Line } from "./line.ts";
import { printable } from "./printable.ts";

/** What is told of a host while a person logs in, e.g. `apollo: logged in; ...`. */
export function loginLines(news: LoginNews, width: number): Line[] {
  const host = printable(news.host);
  const said = (text: string): Line[] => [[span(host, "strong"), span(`: ${text}`)]];
  switch (news.kind) {
    case "open-already":
      return said("the connection is open already");
    case "asking":
      return said("ssh logs in");
    case "logged-in":
      return said(`logged in${staysText(news)}`);
    case "nothing-to-keep":
      return said("ssh logs in without a question, so there is nothing to do");
    case "failed":
      return failureLines(news.failure, width);
    default:
      return unreachable(news);
  }
}

function staysText({ whose, stays }: Extract<LoginNews, { kind: "logged-in" }>): string {
  const whoseConnection = whose === "igor" ? "" : ", as your ssh configuration says";
  if (stays === "until-ended") return `; no command asks again until you end it${whoseConnection}`;
  const duration = durationText(stays.seconds * 1000);
  return `; no command asks again until it was unused for ${duration}${whoseConnection}`;
}
