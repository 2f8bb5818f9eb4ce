import type { Shell } from './complete-words.ts'

/**
 * Asks `holdfast completion candidates` about the words up to the cursor. The words come from the line itself, since
 * bash breaks its own at `:` and `=`, which addresses and joined options hold.
 */
const BASH = `# Completion of holdfast for bash 3.2 or newer: eval "$(holdfast completion bash)"
_holdfast() {
  local line="\${COMP_LINE:0:COMP_POINT}" begins="" current="" value description
  local -a words
  read -ra words <<<"$line"
  if [[ $line == *[[:space:]] ]]; then begins=--new-word; else current="\${words[\${#words[@]}-1]}"; fi
  local broken="\${current%"\${current##*[:=]}"}"
  COMPREPLY=()
  while IFS=$'\\t' read -r value description; do
    if [[ $value == :files ]]; then
      type compopt >/dev/null 2>&1 && compopt -o default
      continue
    fi
    value="\${value#"$broken"}"
    [[ $value == --* ]] || value="$(printf %q "$value")"
    COMPREPLY+=("$value")
  done < <(command holdfast completion candidates $begins -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _holdfast holdfast
`

const ZSH = `#compdef holdfast
# Completion of holdfast for zsh: eval "$(holdfast completion zsh)" after compinit, or a file _holdfast in $fpath
_holdfast() {
  local -a begins found values
  local line wants_files last=$CURRENT
  if [[ -z $words[CURRENT] ]]; then begins=(--new-word); (( last-- )); fi
  found=("\${(@f)$(command holdfast completion candidates $begins -- "\${(@Q)words[2,last]}" 2>/dev/null)}")
  for line in $found; do
    if [[ $line == :files ]]; then
      wants_files=1
    else
      values+=("\${\${line//:/\\\\:}/$'\\t'/:}")
    fi
  done
  (( $#values )) && _describe -t holdfast holdfast values
  [[ -n $wants_files ]] && _files
}
if [[ $funcstack[1] == _holdfast ]]; then _holdfast "$@"; else compdef _holdfast holdfast; fi
`

const FISH = `# Completion of holdfast for fish: holdfast completion fish | source
function __holdfast_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l begins
    if test -z "$current"
        set begins --new-word
    else
        set -a words $current
    end
    for line in (command holdfast completion candidates $begins -- $words[2..-1] 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path $current
        else
            echo $line
        end
    end
end
complete -c holdfast -f -a '(__holdfast_candidates)'
`

const POWERSHELL = `# Completion of holdfast for PowerShell: holdfast completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName holdfast -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements |
    Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
    Select-Object -Skip 1 |
    ForEach-Object { $_.ToString() })
  # An empty word gets lost on its way to a program in older versions, so an option says that one begins.
  $begins = @(if ($wordToComplete -eq '') { '--new-word' })
  & holdfast completion candidates @begins '--' @words 2>$null |
    Where-Object { $_ -ne ':files' } |
    ForEach-Object {
      $value, $description = $_ -split "\`t", 2
      $tip = if ($description) { $description } else { $value }
      [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $tip)
    }
}
`

/** The script that teaches each shell to complete command lines of holdfast. */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
  powershell: POWERSHELL,
}
