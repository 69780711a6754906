import { onHost } from "../hosts/bed.ts";

interface LoginShell {
  readonly name: string;
  readonly shell: string;
  /** What it reads for every command. */
  readonly startup: string | undefined;
}

/** Login shells of users of apollo. */
export const loginShells: readonly LoginShell[] = [
  { name: "bash", shell: "/bin/bash", startup: ".bashrc" },
  { name: "zsh", shell: "/usr/bin/zsh", startup: ".zshenv" },
  { name: "fish", shell: "/usr/bin/fish", startup: ".config/fish/config.fish" },
  { name: "tcsh", shell: "/usr/bin/tcsh", startup: ".tcshrc" },
  { name: "dash", shell: "/bin/dash", startup: undefined },
  { name: "ash", shell: "/usr/local/bin/ash", startup: undefined },
  { name: "rbash", shell: "/bin/rbash", startup: ".bashrc" },
];

/** The user with that login shell. */
export const loginUser = (name: string): string => `login-${name}`;

/** Makes the users, who may use docker. */
export async function makeLoginUsers(): Promise<void> {
  const make = loginShells.map(({ name, shell }) => {
    const user = loginUser(name);
    return `id ${user} >/dev/null 2>&1 || { useradd -m -s ${shell} -G docker ${user}; usermod -p '*' ${user}; cp -r /home/dino/.ssh /home/${user}/; chown -R ${user}: /home/${user}; }`;
  });
  const script = `set -e; ln -sf /bin/busybox /usr/local/bin/ash\n${make.join("\n")}`;
  const { exitCode, stderr } = await onHost("apollo", script);
  if (exitCode !== 0) throw new Error(stderr);
}

/** Runs something while a file in the home of a user has this text. */
export async function withHomeFile<T>(
  { name, file, text }: { readonly name: string; readonly file: string; readonly text: string },
  work: () => Promise<T>,
): Promise<T> {
  const home = `/home/${loginUser(name)}`;
  const put = `[ ! -e "$f" ] || mv "$f" "$f.away"; mkdir -p "\${f%/*}"; cat >"$f"; chown -R ${loginUser(name)}: ${home}`;
  await onHost("apollo", `f=${home}/${file}; ${put}`, { input: text });
  try {
    return await work();
  } finally {
    await onHost("apollo", `f=${home}/${file}; rm "$f"; [ ! -e "$f.away" ] || mv "$f.away" "$f"`);
  }
}
