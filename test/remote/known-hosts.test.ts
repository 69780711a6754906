import { expect, test } from "vitest";
import { parseKnownKeys } from "../../src/remote/known-hosts.ts";

const file = "/home/dino/.ssh/known_hosts";
const print = "SHA256:U/C57KZLNwxtUM/FjmuezOs2NKZWc8YBeXuxw82S2JA";

test.each([
  ["one key", `# Host apollo found: line 3 \napollo ED25519 ${print}\n`, ["ED25519"], 3],
  [
    "several, the same one twice",
    `# Host [a.example]:2222 found: line 5 \n[a.example]:2222 RSA ${print} kim@swift\n# Host [a.example]:2222 found: line 6 \n[a.example]:2222 ED25519 ${print}\n# Host [a.example]:2222 found: line 9 \n[a.example]:2222 RSA ${print}\n`,
    ["RSA", "ED25519"],
    5,
  ],
  [
    "a certificate authority, and a key that is revoked",
    `# Host a.example found: line 4 REVOKED\na.example ED25519 ${print}\n# Host a.example found: line 7 CA\na.example RSA ${print}\n`,
    ["RSA CA"],
    7,
  ],
])("known_hosts with %s", (_, text, types, line) => {
  expect(parseKnownKeys(text, file)).toEqual({ types, at: `${file}:${String(line)}` });
});

test.each([
  ["nothing", ""],
  ["only a revoked key", `# Host a found: line 4 REVOKED\na ED25519 ${print}\n`],
])("known_hosts with %s knows no key", (_, text) => {
  expect(parseKnownKeys(text, file)).toBeUndefined();
});
