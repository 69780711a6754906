import type { Check } from "../model/check.ts";
import { byteText, countText } from "./amount-text.ts";
import type { CheckText } from "./check-text.ts";

/** The words for what the host itself has. */
export function hostCheckText(check: Check, host: string): CheckText {
  const { name, verdict, values } = check;
  const [first = "", second = "", third = ""] = values;
  switch (name) {
    case "system":
      return { found: `${first}, ${second}, as ${third}` };
    case "tools":
      return verdict === "ok"
        ? { found: "tar, gzip and the others are there" }
        : {
            found: `missing: ${first}`,
            fix: `install what has them on ${host}, e.g. \`sudo apt-get install coreutils findutils diffutils gzip tar gawk\``,
          };
    case "transfer":
      return transferText(first, second, host);
    case "directory":
      return directoryText(check, host);
    case "owners":
      return ownersText(check, host);
    case "disk":
      return roomText(check, { host, of: "the project's file system" });
    case "inodes":
      return inodesText(check, host);
    case "shm":
      return shmText(check, host);
    default:
      return { found: values.join(" ") };
  }
}

/** Free and total kB of a file system. */
export function roomText(
  { verdict, values }: Check,
  { host, of }: { readonly host: string; readonly of: string },
): CheckText {
  const [free = "", total = "", place = ""] = values;
  const found = `${byteText(Number(free) * 1024)} free of ${byteText(Number(total) * 1024)} in ${of} (${place})`;
  if (verdict === "ok") return { found };
  return {
    found: verdict === "fail" ? `${found}: hardly anything fits` : found,
    fix: `see what takes the room: \`ssh ${host} "df -h; du -xh --max-depth=2 '${place}' | sort -h | tail"\`; \`igor docker clean --images\` removes this project's images`,
  };
}

function transferText(flavour: string, version: string, host: string): CheckText {
  if (flavour === "rsync") return { found: `rsync ${version}` };
  return {
    found: `${unusableRsync(flavour, version)}: large pushes go by tar, whole`,
    fix: `install rsync 3 on ${host}, e.g. \`sudo apt-get install rsync\``,
  };
}

/** Why igor does without an rsync, here or there. */
export function unusableRsync(flavour: string, version: string): string {
  switch (flavour) {
    case "none":
      return "rsync is not installed";
    case "too-old":
      return `rsync ${version} is too old for igor`;
    default:
      return "openrsync, which lacks what igor needs";
  }
}

function directoryText({ values }: Check, host: string): CheckText {
  const [cause = "", place = "", owner = "", user = ""] = values;
  const look = `\`ssh ${host} "ls -ld '${place}'"\``;
  switch (cause) {
    case "ours":
      return { found: `${place} is yours and writable` };
    case "missing":
      return { found: `${place} is not there yet: a push makes it` };
    case "unmarked":
      return {
        found: `${place} holds files that igor did not put there: a push is refused`,
        fix: "take it over with `igor push --adopt` (what differs is kept aside), or name another dir in .igor/config.json",
      };
    case "other-owner":
      return {
        found: `${place} is in use by ${owner}: a push is refused`,
        fix: "name a dir of your own in .igor/config.json",
      };
    case "other-project":
      return {
        found: `${place} holds the project ${owner}: a push is refused`,
        fix: "name another dir or project in .igor/config.json, or take it over with `igor push --adopt`",
      };
    case "not-writable":
      return {
        found: `${place} belongs to ${owner}, and ${user} may not write there`,
        fix: `\`ssh -t ${host} "sudo install -d -o ${user} '${place}'"\` where that is right, or name another dir in .igor/config.json`,
      };
    case "not-a-directory":
      return { found: `${place} is there and is no directory`, fix: `look at it: ${look}` };
    default:
      return { found: `${place} cannot be read`, fix: `look at its rights: ${look}` };
  }
}

function ownersText({ verdict, values }: Check, host: string): CheckText {
  const [cause, count = "", path = "", owner = "", root = "", user = ""] = values;
  if (verdict === "ok")
    return {
      found:
        cause === "unfinished"
          ? "the tree is so large that not all of it was looked through; no file of others so far"
          : "no file of others in the tree",
    };
  return {
    found: `${countText(Number(count), "file")} there ${count === "1" ? "is" : "are"} not yours, e.g. ${path} (${owner}); in a directory that is not yours a push cannot write`,
    fix: `\`ssh -t ${host} "sudo chown -R ${user}: '${root}'"\`; igor's own container makes files that are yours`,
  };
}

function inodesText({ verdict, values }: Check, host: string): CheckText {
  const [free = "", total = "", place = ""] = values;
  if (free === "unlimited") return { found: "the file system has as many as it needs" };
  const share = Math.round((100 * Number(free)) / Math.max(1, Number(total)));
  const found = `${share}% of the inodes of ${place} are free`;
  if (verdict === "ok") return { found };
  return {
    found: `${found}: soon no file can be made, whatever room there is`,
    fix: `see where the many files are: \`ssh ${host} "du -x --inodes --max-depth=2 '${place}' | sort -n | tail"\``,
  };
}

function shmText({ verdict, values }: Check, host: string): CheckText {
  const [cause, free = "", total = ""] = values;
  if (cause === "none")
    return {
      found: "/dev/shm cannot be written: data loaders that share memory fail there",
      fix: `\`ssh -t ${host} 'sudo mount -t tmpfs -o mode=1777 tmpfs /dev/shm'\``,
    };
  const found = `${byteText(Number(free) * 1024)} free of ${byteText(Number(total) * 1024)} in /dev/shm; a container has its own (shm_size)`;
  return verdict === "ok"
    ? { found }
    : { found, fix: `see what is left there: \`ssh ${host} ls -l /dev/shm\`` };
}
