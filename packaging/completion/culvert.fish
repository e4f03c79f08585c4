# Completion of culvert's commands and options; the program itself names them. Files are completed too.
function __culvert_complete
    set -l line (commandline -cp)
    culvert "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
end
complete -c culvert -a '(__culvert_complete)'
