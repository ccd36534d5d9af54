/** What a shell is told so that it asks `kumbh` what can stand where the cursor is. Pure. */

import type { SHELLS } from "#cli/verbs/setup.ts";
import { unreachable } from "#shared/assert.ts";

export type Shell = (typeof SHELLS)[number];

/** Where nothing of ours can stand, each of them offers files. */
export function scriptFor(shell: Shell): string {
  switch (shell) {
    case "bash":
      return BASH;
    case "zsh":
      return ZSH;
    case "fish":
      return FISH;
    default:
      return unreachable(shell, "shell");
  }
}

const BASH = `# Completion of kumbh for bash. For ever: add this line to ~/.bashrc
#   source <(kumbh completion bash)
_kumbh() {
  local IFS=$'\\n'
  COMPREPLY=($(kumbh complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _kumbh kumbh`;

const ZSH = `#compdef kumbh
# Completion of kumbh for zsh. For ever: add this line to ~/.zshrc, below compinit
#   source <(kumbh completion zsh)
_kumbh() {
  local -a found
  found=("\${(@f)$(kumbh complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=(\${found:#})
  if (( $#found )); then
    compadd -a found
  else
    _files
  fi
}
compdef _kumbh kumbh`;

const FISH = `# Completion of kumbh for fish. For ever:
#   kumbh completion fish > ~/.config/fish/completions/kumbh.fish
function __kumbh_complete
  set -l words (commandline -opc) (commandline -ct)
  kumbh complete -- $words[2..-1] 2>/dev/null
end
complete -c kumbh -a '(__kumbh_complete)'`;
