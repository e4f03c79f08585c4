# Completion of culvert's commands and options; the program itself names them. Files are completed where it names none.
_culvert() {
    local IFS=$'\n'
    COMPREPLY=($(compgen -W "$(culvert "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o bashdefault -o default -F _culvert culvert
