# Sourced by deploy/test: its stages, a function each. They run from the clone's folder, with `set -e`. Whatever they run
# adds "PASSED FAILED SKIPPED" as a line to the file SCHOOLGATE_TALLY.
# shellcheck shell=bash

# shellcheck disable=SC2034 # used by deploy/test
all_stages=(style release end_to_end load quick_start asan tsan fuzz tidy)
# shellcheck disable=SC2034
quick_stages=(style release end_to_end)

stage_title() {
  case "$1" in
    style) echo "floors, format, shell scripts" ;;
    release) echo "release build, unit tests and scenarios" ;;
    end_to_end) echo "the real programs against a real upstream" ;;
    load) echo "$(load_lookups) lookups through the history, each accounted for" ;;
    quick_start) echo "deploy/run, and what it says to try next" ;;
    asan) echo "AddressSanitizer and UndefinedBehaviorSanitizer, all of it again" ;;
    tsan) echo "ThreadSanitizer, where there are threads" ;;
    fuzz) echo "each fuzzer, $(fuzz_seconds) s" ;;
    tidy) echo "clang-tidy" ;;
  esac
}

is_long() { [ "${SCHOOLGATE_LONG:-}" = 1 ]; }
load_lookups() { if is_long; then echo 100000000; else echo 1000000; fi; }
fuzz_seconds() { if is_long; then echo 600; else echo 30; fi; }

# build PRESET [TARGET…]
build() {
  local preset=$1
  shift
  as_owner_of . cmake --preset "$preset" --log-level=WARNING >/dev/null
  as_owner_of . cmake --build --preset "$preset" ${1:+--target "$@"}
}

tally() { python3 tests/tally.py "$@"; }

# unit_tests PRESET [OPTION OF CTEST…]: each in a process of its own.
unit_tests() {
  local junit=$PWD/build/$1/junit.xml code=0
  rm -f "$junit"
  ctest --test-dir "build/$1" --output-on-failure --no-tests=error --output-junit "$junit" -j 2 "${@:2}" || code=$?
  tally ctest "$junit"
  return "$code"
}

# unit_tests_together PRESET [OPTION OF CTEST…]: many in a process. Each alone is how the release runs them.
unit_tests_together() { python3 tests/together.py "build/$1" "${@:2}"; }

# end_to_end PRESET [TEST…]: two modules at a time, for most of it is waiting, or as many as AT_ONCE says.
end_to_end() {
  local installed=$SCHOOLGATE_OPEN_FOLDER/$1
  cmake --install "build/$1" --prefix "$installed" >/dev/null
  shift
  if [ $# -eq 0 ]; then mapfile -t < <(cd tests/end_to_end && basename -s .py test_*.py) && set -- "${MAPFILE[@]}"; fi
  export -f module tally
  printf '%s\n' "$@" | SCHOOLGATE_BUILD="$installed" PYTHONPATH=tests/end_to_end \
    xargs -P "${AT_ONCE:-2}" -n 1 --process-slot-var=SCHOOLGATE_SLOT bash -c 'module "$1"' module
}

# module TEST: what it says stays together.
module() {
  local said code=0
  said=$(tally unittest "$1" 2>&1) || code=$?
  printf '%s\n%s\n' "--- $1" "$said"
  return "$code"
}

# count COMMAND…: runs it, as one test.
count() {
  if "$@"; then echo 1 0 0 >>"$SCHOOLGATE_TALLY"; else echo 0 1 0 >>"$SCHOOLGATE_TALLY"; return 1; fi
}

own_sources() { find base dns filter lists policy history resolver web admin-cli tests -name '*.cpp' -o -name '*.h' | sort; }
own_scripts() { printf '%s\n' deploy/run deploy/test deploy/*.sh; }

stage_style() {
  tally unittest discover -s tests -p '*_test.py'
  own_scripts | count xargs -n 1 bash -n
  own_sources | count xargs clang-format --dry-run -Werror
}

stage_release() {
  build release
  unit_tests release
}

stage_end_to_end() {
  build release schoolgated schoolgate
  end_to_end release
}

stage_load() {
  build release history_load
  count build/release/tests/load/history_load "$(load_lookups)"
}

# Builds in build/run, as deploy/run does for everybody.
stage_quick_start() {
  PYTHONPATH=tests/end_to_end tally unittest quick_start_test
}

stage_asan() {
  export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
  build asan
  # Left out: UndefinedBehaviorSanitizer opens a pipe to look at an object's type, and this test takes the descriptors away.
  unit_tests_together asan -E HttpServerTest.OutOfDescriptorsItWaitsAndGoesOn
  # A daemon that gave up root may not be traced, and that is how leaks are looked for; the unit tests look for them.
  # Never the long ones: they ask whether the release wears out.
  ASAN_OPTIONS+=:detect_leaks=0 SCHOOLGATE_LONG=0 end_to_end asan
}

stage_tsan() {
  cp tests/tsan_suppressions.txt "$SCHOOLGATE_OPEN_FOLDER"
  export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$SCHOOLGATE_OPEN_FOLDER/tsan_suppressions.txt
  build tsan filter_test history_test resolver_test daemon_test web_test schoolgated schoolgate
  # Left out: what one thread does with thousands of small images, which takes minutes here and says nothing of threads.
  unit_tests_together tsan -R '^(filter|history|resolver|resolver/daemon|web)\.' -E '^filter\.(Exhaustive|Differential|Overlay\.EverySet)'
  # One at a time: it is ten times slower, and what is promised in seconds is measured.
  AT_ONCE=1 end_to_end tsan test_reload test_transport test_history.Search
}

# fuzz TARGET: what it finds grows in the build folder; the seeds are only read.
fuzz() {
  local name=${1%_fuzz}
  local corpora=("build/fuzz/corpus/$name")
  mkdir -p "${corpora[0]}"
  [ ! -d "tests/fuzz/corpus/$name" ] || corpora+=("tests/fuzz/corpus/$name")
  count "build/fuzz/tests/fuzz/$1" -max_total_time="$(fuzz_seconds)" -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
    -print_final_stats=1 -artifact_prefix=build/fuzz/ "${corpora[@]}"
}

# Two at a time: each takes one core.
stage_fuzz() {
  local targets
  as_owner_of . cmake --preset fuzz --log-level=WARNING >/dev/null
  mapfile -t targets < <(as_owner_of . ninja -C build/fuzz -t targets all | sed -n 's|^tests/fuzz/\([a-z_]*_fuzz\): CXX_EXECUTABLE.*|\1|p')
  as_owner_of . cmake --build --preset fuzz --target "${targets[@]}"
  export -f fuzz count fuzz_seconds is_long
  printf '%s\n' "${targets[@]}" | xargs -P 2 -n 1 bash -c 'fuzz "$1"' fuzz
}

stage_tidy() {
  # clang's own command lines, and no precompiled headers: they would have to be built first.
  as_owner_of . cmake --preset fuzz -B build/tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON --log-level=WARNING >/dev/null
  local sources
  mapfile -t sources < <(own_sources | grep '\.cpp$' | grep -v '^tests/')
  count xargs -P 2 -n 4 clang-tidy --quiet -p build/tidy <<<"$(printf '%s\n' "${sources[@]}")"
}
