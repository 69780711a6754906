import { flagsWithValue, places } from "./completion.ts";
import type { Place } from "./completion.ts";

/** The completion script for bash, 4 or later. It needs nothing else; with bash-completion, commands complete better. */
export function bashCompletion(): string {
  const all = places();
  const cases = (lines: (place: Place) => string | undefined) =>
    all
      .flatMap((place) => lines(place) ?? [])
      .map((line) => `    ${line}`)
      .join("\n");
  const words = cases(({ verb, words: next }) =>
    next.length === 0
      ? undefined
      : `'${verb}') _igor_offer ${next.map(({ term }) => term).join(" ")} ;;`,
  );
  const flags = cases(
    ({ verb, options }) =>
      `'${verb}') _igor_offer ${options.flatMap(({ names }) => names).join(" ")} ;;`,
  );
  const values = cases(({ verb, arguments: takes }) => {
    const action = takes === undefined ? undefined : argumentOf(takes.values);
    return action === undefined ? undefined : `'${verb}') ${action} ;;`;
  });
  const ways = all.filter(({ verb }) => verb !== "").map(({ verb }) => `'${verb}'`);
  const verbatim = all.filter((place) => place.arguments?.verbatim).map(({ verb }) => `'${verb}'`);
  return `# igor's completion for bash. In ~/.bashrc: source <(igor completion bash)

# Offers those of the words that begin like the current one.
_igor_offer() {
  local word
  for word; do [[ $word == "$cur"* ]] && COMPREPLY+=("$word"); done
}

# Names of the project here; they are never read as anything but names.
_igor_names() {
  local names
  mapfile -t names < <(command igor completion --names "$@" 2>/dev/null)
  _igor_offer "\${names[@]}"
}

_igor_files() {
  local files
  mapfile -t files < <(compgen -f -- "$cur")
  COMPREPLY+=("\${files[@]}")
  compopt -o filenames 2>/dev/null
}

# A command line of its own begins at this word.
_igor_command() {
  if declare -F _command_offset >/dev/null; then
    _command_offset "$1"
  elif declare -F _comp_command_offset >/dev/null; then
    _comp_command_offset "$1"
  elif ((COMP_CWORD == $1)); then
    mapfile -t COMPREPLY < <(compgen -c -- "$cur" | sort -u)
  else
    _igor_files
  fi
}

# The words that lead on from these words of a verb.
_igor_words() {
  case $1 in
${words}
  esac
}

_igor_flags() {
  case $1 in
${flags}
  esac
}

_igor() {
  local cur=\${COMP_WORDS[COMP_CWORD]} word verb='' topic='' flag='' group='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $flag ]]; then
      # bash takes the = of --host=NAME for a word.
      [[ $word == '=' ]] && continue
      case $flag in ${flagsWithValue("host-groups").join(" | ")}) group=$word ;; esac
      flag=''
      continue
    fi
    case $word in
      ${flagsWithValue().join(" | ")}) flag=$word && continue ;;
      --) i=$((i + 1)) && break ;;
      -*) continue ;;
    esac
    case "$verb\${verb:+ }$word" in
      ${ways.join(" | ")}) verb="$verb\${verb:+ }$word" ;;
      *)
        case $verb in ${verbatim.join(" | ")}) break ;; esac
        topic="$topic\${topic:+ }$word"
        ;;
    esac
  done
  if [[ -n $flag ]]; then
    [[ $cur == '=' ]] && cur=''
    case $flag in
      ${flagsWithValue("host-groups").join(" | ")}) _igor_names host-groups ;;
      ${flagsWithValue("hosts").join(" | ")}) _igor_names hosts "$group" ;;
    esac
    return
  fi
  if ((i == COMP_CWORD)) && [[ $cur == -* && \${COMP_WORDS[i - 1]} != -- ]]; then
    _igor_flags "$verb"
    return
  fi
  _igor_words "$verb"
  case $verb in
${values}
  esac
}

complete -F _igor igor
`;
}

function argumentOf(values: NonNullable<Place["arguments"]>["values"]): string | undefined {
  switch (values) {
    case undefined:
      return undefined;
    case "command":
      return '_igor_command "$i"';
    case "verb":
      return '_igor_words "$topic"';
    case "action-or-file":
      return "_igor_names actions && _igor_files";
    case "file":
      return "_igor_files";
    default:
      return `_igor_offer ${values.join(" ")}`;
  }
}
