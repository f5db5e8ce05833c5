# Sourced by deploy/run and deploy/test: with sudo they leave nothing of root's in somebody's clone.
# shellcheck shell=bash

# as_owner_of FOLDER COMMAND…
as_owner_of() {
  local owner
  owner="$(stat -c %U "$1")"
  shift
  if [ "$(id -u)" -eq 0 ] && [ "$owner" != root ] && [ "$owner" != UNKNOWN ]; then
    runuser -u "$owner" -- "$@"
  else
    "$@"
  fi
}

# leave_build_to_owner CLONE: what root wrote below its build folder belongs to the clone's owner again.
leave_build_to_owner() {
  [ "$(id -u)" -eq 0 ] && [ -d "$1/build" ] || return 0
  chown -hR --from=root "$(stat -c %u:%g "$1")" "$1/build"
}
