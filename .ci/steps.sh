# Sourced by .ci/run and .ci/long: runs steps with a time limit, adds up the tests they report, and ends with the sum.
#
# A step that runs tests reports their numbers, as the summary of `dotnet test` or as a line "N passed, N failed"; those are summed. Any
# step that exits with another code than 0 without having reported a failed test counts as one failure. Later steps run even when one
# failed, so that one run tells everything. The last line is the sum; the exit code is 0 only when nothing failed.
export CI=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TERM=dumb DEBIAN_FRONTEND=noninteractive
passed=0 failed=0 times=() broken=()
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# add_numbers: adds what the step's output in $log says to the sums, and sets step_failed.
add_numbers() {
    local kind number p=0 f=0
    while read -r kind number; do
        case $kind in
            p) p=$((p + number)) ;;
            f) f=$((f + number)) ;;
        esac
    done < <(sed -nE '
        s/^([0-9]+) passed, ([0-9]+) failed.*/p \1\nf \2/p
        /^Test run summary:/,/^  duration:/ { s/^  succeeded: ([0-9]+)$/p \1/p; s/^  (failed|error): ([0-9]+)$/f \2/p }' "$log")
    passed=$((passed + p)) failed=$((failed + f)) step_failed=$f
}

# step SECONDS NAME COMMAND…: runs it with a time limit and no standard input. A shell starts its background jobs with SIGINT ignored, and
# nohup with SIGHUP; programs inherit that, and tests that send these signals would wait for ever.
step() {
    local limit=$1 name=$2 began=$SECONDS code
    shift 2
    echo "=== $name"
    timeout --kill-after=20 "$limit" env --default-signal=INT,QUIT,HUP "$@" </dev/null 2>&1 | tee "$log"
    code=${PIPESTATUS[0]}
    add_numbers
    times+=("$(printf '%4d s  %s' $((SECONDS - began)) "$name")")
    mapfile -t -O "${#broken[@]}" broken < <(grep -E -A 8 '^(failed|FAILED) +[^ ]' "$log" | head -60)
    [ "$code" -eq 0 ] && return 0
    [ "$step_failed" -gt 0 ] || failed=$((failed + 1))
    [ "$code" -eq 124 ] && echo "$name: ended after its limit of $limit s"
    echo "$name: FAILED (exit code $code)"
    return "$code"
}

# install COMMAND:PACKAGE…: installs the packages whose commands are missing.
install() {
    local tool missing=()
    for tool in "$@"; do
        command -v "${tool%%:*}" >/dev/null || missing+=("${tool#*:}")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    step 300 "package lists" apt-get update -q
    step 600 "packages: ${missing[*]}" apt-get install -q -y --no-install-recommends "${missing[@]}"
}

# finish: the times, once more what failed, and the sum.
finish() {
    echo "=== time"
    printf '%s\n' "${times[@]}" "$(printf '%4d s  in all' "$SECONDS")"
    [ ${#broken[@]} -eq 0 ] || printf '%s\n' "=== what failed" "${broken[@]}"
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}
