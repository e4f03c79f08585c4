# Completion of culvert's commands and options; the program itself names them. Files are completed too.
complete -c culvert -a '(culvert "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'
