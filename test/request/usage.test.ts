import { describe, expect, test } from "vitest";
import { commandOf, kinds } from "../../src/request/commands.ts";
import { flagsOf } from "../../src/request/options.ts";
import { parse } from "../../src/request/parse.ts";
import { configHelpOf, helpOf, isTopic, usageLineOf } from "../../src/request/usage.ts";

const plain = { width: 80, style: "plain" } as const;
const topics = [[], ["docker"], ...kinds.map((kind) => commandOf(kind).words)];

describe("help pages", () => {
  test("igor help", () => {
    expect(helpOf([], plain)).toMatchInlineSnapshot(`
      "igor - edit here; build and run on remote hosts, in the project's container

      Usage
        igor COMMAND [OPTION...]

      Commands
        push               put the project's files on the hosts
        pull               bring what was made on the hosts here
        docker build       push, then build the image on the hosts
        docker setup       push, then make sure that an up-to-date container runs
        docker exec        run a command in the container
        docker repl        open an interactive session in the container
        dap                be the debug adapter of an editor
        docker ps          list what is on the hosts: containers, processes, images
        docker logs        print the log of the last build
        docker clean       remove the project's containers from the hosts
        stop               end what runs in the containers of the hosts
        login              let ssh ask for a password, a second factor or a host key
        status             show how things stand on the hosts
        doctor             look at the whole way into the container, and say what to
                           mend
        init               write a first .igor/config.json here
        config show        print every key of the configuration with the value that
                           counts
        config check       look for mistakes in the configuration
        config vimspector  write what vimspector needs to debug in the container
        config dap         print what nvim-dap needs to debug in the container
        config vscode      write what VS Code needs to debug in the container
        log                list what igor did, or show it again
        completion         print a script that completes igor's words in a shell
        help               explain igor, a command, or the configuration

      Common options
        -g, --host_group, --host-group NAME
                       The host group to work on. Default: dev.
        --host NAME    Only this host of the group.
        --plan         Print what would be sent and run, and touch nothing.
        --json         Print events as JSON, one per line, and nothing else on
                       standard output.
        -q, --quiet    Print nothing but failures.
        -v, --verbose  Print every step and the output of the tools.
        -h, --help     Explain the command.
        -V, --version  Print igor's version.

      Exit codes
        0    All went well.
        1    A step failed.
        2    The command line or the configuration is wrong, or Node is too old.
        130  You cancelled it; 143 by SIGTERM, 129 by SIGHUP.
        141  What read its output ended before it, as \`head\` does.

      More
        igor help COMMAND  explains a command
        igor help config   explains .igor/config.json
      "
    `);
  });

  test("igor help docker exec", () => {
    expect(helpOf(["docker", "exec"], plain)).toMatchInlineSnapshot(`
      "igor docker exec - run a command in the container

      Usage
        igor docker exec [OPTION...] COMMAND [ARG...]

      Description
        Runs the command in the container of each host, in the workspace. It gets its
        words exactly as you typed them; no shell reads them again. On one host its
        input, output and exit code are those of igor. On several hosts each line of
        output is marked with its host.

        Where its output is no terminal, PYTHONUNBUFFERED is 1, unless the container
        says otherwise: what Python prints is seen at once.

        When igor ends, in whatever way, the command ends too. Nothing is pushed,
        unless you say --push: then the command begins when the files are there, and
        not at all when they could not be brought.

      Arguments
        COMMAND [ARG...]  The command and its arguments. Everything from the first
                          word on belongs to it; options of igor come before.

      Options
        --push        Push first, in the same round trip.
        -t, --tty     Give the command a terminal.
        -T, --no-tty  Give the command pipes. Default: a terminal where igor has one,
                      and one host.
        --json        Print events as JSON, one per line: each line of the command's
                      output is one, and its exit code is in host-ended. The command
                      has no input and no terminal, as on several hosts.

      Common options
        -g, --host_group, --host-group NAME
                       The host group to work on. Default: dev.
        --host NAME    Only this host of the group.
        --plan         Print what would be sent and run, and touch nothing.
        -q, --quiet    Print nothing but failures.
        -v, --verbose  Print every step and the output of the tools.
        -h, --help     Explain the command.

      Examples
        igor docker exec nvidia-smi
            Asks the hosts of dev for their GPUs.

        igor docker exec --push pytest -x
            Runs the tests on what you have just saved.

        igor docker exec -g cluster --host apollo python -c 'print(1)' --json
            --json belongs to python here.

        igor docker exec sh -c 'ls *.py | wc -l'
            A pipe and a pattern need a shell in the container.

      Exit codes
        N    On one host: the exit code of the command itself.
        0    All went well.
        1    On several hosts: the command failed on one of them.
        2    The command line or the configuration is wrong, or Node is too old.
        125  It could not be started, or lost what it ran in: no container, or no way
             to the host.
        130  You cancelled it; 143 by SIGTERM, 129 by SIGHUP.
        141  What read its output ended before it, as \`head\` does.

      Files
        .igor/config.json        The project's configuration: igor help config.
        .igorignore, .gitignore  What is not pushed; .gitignore where the project is
                                 one of git.
        ~/.ssh/config            How hosts are reached: names, keys, jump hosts.
        DIR/PROJECT/.igor/host/  On each host: what igor notes there, the logs of
                                 builds, the home of the container, and conflicts/,
                                 what was kept aside.
        $XDG_STATE_HOME/igor/    What igor has put on hosts and brought from them,
                                 what you trust configurations with, and the journals
                                 of igor log. ~/.local/state/igor/ where the variable
                                 is not set.
        $XDG_CACHE_HOME/igor/    What would be slow to find out again; it may be
                                 removed. ~/.cache/igor/ where the variable is not
                                 set.

      Environment
        NO_COLOR, FORCE_COLOR  Where NO_COLOR is not empty, output has no colours;
                               FORCE_COLOR has them in a pipe too. TERM=dumb is a
                               terminal without them, on which nothing is drawn over.
        XDG_STATE_HOME, XDG_CACHE_HOME
                               Where igor keeps files, see there.
        XDG_RUNTIME_DIR        Where the sockets of shared connections are, which stay
                               for ten minutes.
        SSH_AUTH_SOCK          The agent that ssh asks for keys.
      "
    `);
  });

  test("igor help docker", () => {
    expect(helpOf(["docker"], plain)).toMatchInlineSnapshot(`
      "igor docker - the project's image and container on the hosts

      Usage
        igor docker COMMAND [OPTION...]

      Commands
        docker build  push, then build the image on the hosts
        docker setup  push, then make sure that an up-to-date container runs
        docker exec   run a command in the container
        docker repl   open an interactive session in the container
        docker ps     list what is on the hosts: containers, processes, images
        docker logs   print the log of the last build
        docker clean  remove the project's containers from the hosts
      "
    `);
  });

  test.each(topics.map((topic) => [topic.join(" "), topic] as const))(
    "igor help %s fits every width, but for lines that must not be broken",
    (_, topic) => {
      for (const width of [40, 60, 80, 100]) {
        const tooLong = helpOf(topic, { width, style: "plain" })
          .split("\n")
          .filter((line) => line.length > width && !/^ {2}(igor|\[|-)/.test(line));
        expect(tooLong).toEqual([]);
      }
    },
  );

  test.each(kinds)("the page of %s has all that a manual page has", (kind) => {
    const page = helpOf(commandOf(kind).words, plain);
    const headings = page.split("\n").filter((line) => /^[A-Z]/.test(line));
    expect(headings).toEqual(
      expect.arrayContaining(["Usage", "Description", "Examples", "Exit codes"]),
    );
    expect(page).toMatch(/^Exit codes\n(?: +[N\d].*\n)* {2}0 /m);
    const onHosts = commandOf(kind).options.some((name) => name === "plan");
    if (onHosts) expect(headings).toEqual(expect.arrayContaining(["Files", "Environment"]));
    for (const name of [...commandOf(kind).options, "help"] as const)
      for (const { written } of flagsOf(name)) expect(page).toContain(` ${written}`);
  });

  test("an option that has no default in a verb has none on its page", () => {
    expect(helpOf(["config", "show"], plain)).not.toContain("Default: dev");
    expect(helpOf(["push"], plain)).toContain("Default: dev");
  });

  test("a terminal that is wider than people read gets lines of 100 columns", () => {
    const widths = helpOf([], { width: 250, style: "plain" }).split("\n");
    expect(Math.max(...widths.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test("plain pages have no escape sequences, styled ones say the same", () => {
    const styled = helpOf([], { width: 80, style: "ansi" });
    expect(styled).toContain("\x1b[1mUsage\x1b[22m");
    expect(styled.replaceAll(/\x1b\[\d+m/g, "")).toBe(helpOf([], plain));
  });

  test("the page of the configuration shows each key with its default", () => {
    const page = configHelpOf(
      [
        { key: "host_groups", description: "The hosts.", default: undefined, isRequired: true },
        { key: "workspace", description: "The code.", default: '"/w"', isRequired: false },
      ],
      plain,
    );
    expect(page).toMatch(
      /\n {2}host_groups {2}The hosts. Required.\n {2}workspace {4}The code. Default: "\/w".\n$/,
    );
  });
});

test("what is no topic has no page", () => {
  expect([["nonsense"], ["docker", "nonsense"], ["push", "push"]].filter(isTopic)).toEqual([]);
});

test("the examples of the help are understood as the verb they explain", () => {
  for (const kind of kinds) {
    for (const { line } of commandOf(kind).examples) {
      const [, ...words] = line
        .replace(/ (?:>|\| ).*$/, "")
        .replaceAll(/'[^']*'/g, "quoted")
        .split(" ");
      const parsed = parse(words);
      expect(parsed.ok ? parsed.value.kind : parsed.failure, line).toBe(kind);
    }
  }
});

test("usage lines name the words of the verb and its arguments", () => {
  expect(usageLineOf(["docker", "repl"])).toBe("igor docker repl [OPTION...] [COMMAND [ARG...]]");
  expect(usageLineOf([])).toBe("igor COMMAND [OPTION...]");
});
