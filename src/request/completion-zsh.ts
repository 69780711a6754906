import { flagsWithValue, places } from "./completion.ts";
import type { Place, Written } from "./completion.ts";
import type { Term } from "./page.ts";

/** The completion script for zsh, 5 or later. */
export function zshCompletion(): string {
  const all = places();
  const ways = all.filter(({ verb }) => verb !== "").map(({ verb }) => quoted(verb));
  const verbatim = all.filter((place) => place.arguments?.verbatim).map(({ verb }) => quoted(verb));
  const groups = all.filter(({ words }) => words.length > 0);
  const verbs = all.filter(({ words }) => words.length === 0);
  return `#compdef igor
# igor's completion for zsh. In ~/.zshrc, behind compinit: source <(igor completion zsh)
# Or in a file _igor of a directory in $fpath.

_igor_names() {
  local -a names
  names=(\${(f)"$(command igor completion --names "$@" 2>/dev/null)"})
  (( $#names )) && compadd -- $names
}

_igor_hosts() {
  _igor_names hosts "$igor_group"
}

_igor_action() {
  _alternative 'actions:action: _igor_names actions' 'files:journal:_files'
}

# The words that lead on from these words of a verb.
_igor_words() {
  local -a list
  case $1 in
${groups.map(({ verb, words }) => `    ${quoted(verb)}) list=(${words.map(described).join(" ")}) ;;`).join("\n")}
    (*) return 1 ;;
  esac
  _describe -t commands command list
}

_igor_topic() {
  _igor_words "\${(j: :)\${words[1,CURRENT-1]:#-*}}"
}

_igor() {
  local word verb= flag= igor_group=
  local -a kept
  local -i i
  kept=($words[1])
  for (( i = 2; i < CURRENT; i++ )); do
    word=$words[i]
    if [[ -n $flag ]]; then
      case $flag in (${flagsWithValue("host-groups").join("|")}) igor_group=$word ;; esac
      flag=
      kept+=($words[i])
      continue
    fi
    case $word in
      (${flagsWithValue().join("|")}) flag=$word; kept+=($words[i]); continue ;;
      (--) break ;;
      (-*)
        case $word in (${flagsWithValue("host-groups")
          .filter((name) => name.startsWith("--"))
          .map((name) => `${name}=*`)
          .join("|")}) igor_group=\${word#*=} ;; esac
        kept+=($words[i])
        continue
        ;;
    esac
    case "$verb\${verb:+ }$word" in
      (${ways.join("|")}) verb="$verb\${verb:+ }$word" ;;
      (*)
        case $verb in (${verbatim.join("|")}) break ;; esac
        kept+=($words[i])
        ;;
    esac
  done
  # From here on the verb is one word, wherever its own words stood.
  words=($kept "\${(@)words[i,-1]}")
  (( CURRENT = CURRENT - i + $#kept + 1 ))
  case $verb in
${groups.map(({ verb, options }) => groupCase(verb, options)).join("\n")}
${verbs.map(verbCase).join("\n")}
  esac
}

# As a file of $fpath it is run by the completion; when sourced it registers itself.
if [[ $funcstack[1] == _igor ]]; then
  _igor "$@"
else
  compdef _igor igor
fi
`;
}

function groupCase(verb: string, options: readonly Written[]): string {
  return `    (${quoted(verb)})
      _arguments -s -S : \\
${options.map(specOf).join("\n")}
        ${quoted(`*: : _igor_words ${quoted(verb)}`)}
      ;;`;
}

function verbCase({ verb, options, arguments: takes }: Place): string {
  const rest = takes === undefined ? [] : argumentSpecs(takes.values);
  const lines = [...options.map(specOf), ...rest.map((spec) => `        ${quoted(spec)} \\`)];
  return `    (${quoted(verb)})
      _arguments -s -S : \\
${lines.join("\n").replace(/ \\$/, "")}
      ;;`;
}

function argumentSpecs(values: NonNullable<Place["arguments"]>["values"]): readonly string[] {
  switch (values) {
    case undefined:
      return [];
    case "command":
      return ["(-)1: :_command_names -e", "*::arguments:_normal"];
    case "verb":
      return ["*::command:_igor_topic"];
    case "action-or-file":
      return ["1: :_igor_action"];
    case "file":
      return ["*:file:_files"];
    default:
      return [`1: :(${values.join(" ")})`];
  }
}

/** A space before what is called: nothing is added to its words. e.g. `'(-q --quiet)'{-q,--quiet}'[Print nothing but failures.]' \` */
function specOf({ names, summary, value }: Written): string {
  const ending = (name: string) => (value === undefined ? "" : name.startsWith("--") ? "=" : "+");
  const written = names.map((name) => name + ending(name));
  const list = written.length === 1 ? written.join("") : `{${written.join(",")}}`;
  const exclusive = names.length === 1 ? "" : `'(${names.join(" ")})'`;
  const text = summary.replace(/[[\]\\]/g, "\\$&");
  const taken = value === undefined ? "" : `:${value.name}:${valuesOf(value.of)}`;
  return `        ${exclusive}${list}${quoted(`[${text}]${taken}`)} \\`;
}

function valuesOf(of: NonNullable<Written["value"]>["of"]): string {
  if (of === undefined) return " ";
  return of === "hosts" ? " _igor_hosts" : " _igor_names host-groups";
}

function described({ term, text }: Term): string {
  return quoted(`${term.replaceAll(":", "\\:")}:${text}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
