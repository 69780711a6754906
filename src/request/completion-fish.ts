import { flagsWithValue, places } from "./completion.ts";
import type { Place, Written } from "./completion.ts";

/** The completion script for fish, 3.1 or later. */
export function fishCompletion(): string {
  const all = places();
  const ways = all.filter(({ verb }) => verb !== "").map(({ verb }) => quoted(verb));
  const verbatim = all.filter((place) => place.arguments?.verbatim).map(({ verb }) => quoted(verb));
  return `# igor's completion for fish, e.g. in ~/.config/fish/completions/igor.fish

# What the words before the cursor are: the verb, then the group that is named, then each word behind the verb.
function __igor_read
    set -l verb
    set -l group
    set -l flag
    set -l rest
    set -l words (commandline -opc)
    for word in $words[2..]
        if set -q rest[1]; and contains -- "$verb" ${verbatim.join(" ")}
            set -a rest $word
            continue
        end
        if test -n "$flag"
            contains -- $flag ${flagsWithValue("host-groups").join(" ")}; and set group $word
            set flag
            continue
        end
        switch $word
            case ${flagsWithValue().join(" ")}
                set flag $word
            case ${flagsWithValue("host-groups")
              .filter((name) => name.startsWith("--"))
              .map((name) => `'${name}=*'`)
              .join(" ")}
                set group (string replace -r '^[^=]*=' '' -- $word)
            case '-*'
            case '*'
                if contains -- (string join ' ' $verb $word) ${ways.join(" ")}
                    set verb (string join ' ' $verb $word)
                else
                    set -a rest $word
                end
        end
    end
    printf '%s\\n' "$verb" "$group" $rest
end

# Whether the verb is this one, and no word stands behind it.
function __igor_at
    set -l read (__igor_read)
    test "$read[1]" = "$argv[1]"; and not set -q read[3]
end

# Whether the verb is this one, and a word of another command behind it.
function __igor_behind
    set -l read (__igor_read)
    test "$read[1]" = "$argv[1]"; and set -q read[3]
end

# Whether the verb and the words behind it are these.
function __igor_reads
    set -l read (__igor_read | string match -v '')
    test "$read" = "$argv[1]"
end

# The words of a command of its own are completed as its own command line.
function __igor_command
    set -l read (__igor_read)
    set -l line (string escape -- $read[3..]) (commandline -ct)
    complete -C (string join ' ' -- $line)
end

function __igor_names
    set -l read (__igor_read)
    command igor completion --names $argv[1] "$read[2]" 2>/dev/null
end

complete -c igor -f
${all.map(linesOf).join("\n")}
${topicLines(all).join("\n")}
`;
}

function linesOf({ verb, words, options, arguments: takes }: Place): string {
  const at = `complete -c igor -n ${quoted(`__igor_at ${quoted(verb)}`)}`;
  return [
    ...words.map(({ term, text }) => `${at} -a ${term} -d ${quoted(text)}`),
    ...options.map((option) => `${at} ${optionOf(option)}`),
    ...(takes === undefined ? [] : argumentLines(verb, takes.values)),
  ].join("\n");
}

function argumentLines(
  verb: string,
  values: NonNullable<Place["arguments"]>["values"],
): readonly string[] {
  const when = (name: string) => `complete -c igor -n ${quoted(`${name} ${quoted(verb)}`)}`;
  switch (values) {
    case undefined:
    case "verb":
      return [];
    case "command":
      return ["__igor_at", "__igor_behind"].map((name) => `${when(name)} -a '(__igor_command)'`);
    case "action-or-file":
      return [`${when("__igor_at")} -F -k -a '(__igor_names actions)'`];
    case "file":
      return ["__igor_at", "__igor_behind"].map((name) => `${when(name)} -F`);
    default:
      return [`${when("__igor_at")} -a ${quoted(values.join(" "))}`];
  }
}

/** The words of a verb behind help are its own words again. */
function topicLines(all: readonly Place[]): readonly string[] {
  const helps = all.filter((place) => place.arguments?.values === "verb");
  return helps.flatMap(({ verb: help }) =>
    all.flatMap(({ verb, words }) => {
      const condition = `__igor_reads ${quoted([help, verb].join(" ").trim())}`;
      return words.map(
        ({ term, text }) =>
          `complete -c igor -n ${quoted(condition)} -a ${term} -d ${quoted(text)}`,
      );
    }),
  );
}

function optionOf({ names, summary, value }: Written): string {
  const written = names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const values = value?.of === undefined ? "" : ` -a '(__igor_names ${value.of})'`;
  const takes = value === undefined ? "" : ` -x${values}`;
  return `${written.join(" ")}${takes} -d ${quoted(summary)}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
