import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { onHost } from "../hosts/bed.ts";

/** Path to `<mode> <sha256>` of a file, or `l <target>` of a link; without what igor keeps for itself. */
export type Digests = Record<string, string>;

/** What a directory on a host holds. */
export async function digestsOnHost(host: string, directory: string): Promise<Digests> {
  const program = `
import os, sys, json, hashlib
found = {}
os.chdir(sys.argv[1])
for base, dirs, files in os.walk('.'):
    if base == './.igor': dirs[:] = [d for d in dirs if d != 'host']
    for name in files + [d for d in dirs if os.path.islink(os.path.join(base, d))]:
        path = os.path.join(base, name)
        found[path[2:]] = 'l ' + os.readlink(path) if os.path.islink(path) else '%o %s' % (os.lstat(path).st_mode & 0o777, hashlib.sha256(open(path, 'rb').read()).hexdigest())
print(json.dumps(found))`;
  const { stdout, stderr } = await onHost(host, ["python3", "-c", program, directory]);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Digests;
}

/** What a checkout holds. */
export function digestsHere(root: string): Digests {
  const found: Digests = {};
  const visit = (below: string): void => {
    for (const name of readdirSync(join(root, below))) {
      const path = below === "" ? name : `${below}/${name}`;
      const status = lstatSync(join(root, path));
      if (status.isDirectory()) visit(path);
      else if (status.isSymbolicLink()) found[path] = `l ${readlinkSync(join(root, path))}`;
      else {
        const digest = createHash("sha256")
          .update(readFileSync(join(root, path)))
          .digest("hex");
        found[path] = `${(status.mode & 0o777).toString(8)} ${digest}`;
      }
    }
  };
  visit("");
  return found;
}
