# Sourced by deploy/run: the steps of the quick start.
# shellcheck shell=bash

quick_start_user=schoolgate

default_folder() {
  local home=~ # unlike $HOME always set
  if [ "$(id -u)" -eq 0 ]; then
    echo /var/lib/schoolgate-quickstart
  else
    echo "${XDG_STATE_HOME:-$home/.local/state}/schoolgate"
  fi
}

# upstreams_of FILE: its nameserver lines as udp://ADDRESS. A zone index (fe80::1%eth0) cannot be written there.
upstreams_of() {
  [ -r "$1" ] || return 0
  awk '$1 == "nameserver" && $2 !~ /%/ { print "udp://" ($2 ~ /:/ ? "[" $2 "]" : $2) }' "$1"
}

build_release() {
  local source=$1 build=$1/build/run
  leave_build_to_owner "$source" # what an earlier run did not, because it was killed
  as_owner_of "$source" cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSCHOOLGATE_TESTS=OFF \
    --log-level=WARNING >/dev/null
  as_owner_of "$source" cmake --build "$build"
}

# install_release CLONE FOLDER: CMake notes in the build folder what it installed, with sudo as root. A process of its own,
# so that its trap is.
install_release() (
  source=$1
  trap 'leave_build_to_owner "$source"' EXIT
  mkdir -p "$2"
  cmake --install "$source/build/run" --prefix "$2" >/dev/null
)

add_quick_start_user() {
  local group=(--user-group)
  ! getent group "$quick_start_user" >/dev/null || group=(--gid "$quick_start_user")
  useradd --system "${group[@]}" --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin \
    "$quick_start_user"
}

# Root's daemon gives up root for a user of its own, who must own what it writes.
make_state_folder() {
  if [ "$(id -u)" -eq 0 ]; then
    id "$quick_start_user" >/dev/null 2>&1 || add_quick_start_user
    install -d -m 0750 -o "$quick_start_user" -g "$(id -g "$quick_start_user")" "$1"
  else
    install -d -m 0750 "$1"
  fi
}

# must_not_be_of_another FOLDER: what was begun with sudo can only go on with sudo, and what was not, without.
must_not_be_of_another() {
  [ -e "$1/bin" ] && [ ! -O "$1/bin" ] || return 0
  echo "deploy/run: $1 was made by $(stat -c %U "$1/bin"), and $(id -un) cannot go on with it:" \
    "run it as that user, or choose another folder with --state" >&2
  return 1
}

# must_be_open_to_daemon FOLDER: root's daemon reads it as its own user, who may not pass every folder that root passes.
must_be_open_to_daemon() {
  [ "$(id -u)" -eq 0 ] || return 0
  runuser -u "$quick_start_user" -- test -x "$1" && return 0
  echo "deploy/run: the user $quick_start_user, whom the daemon becomes, cannot enter $1: open it and the folders" \
    "above it with  chmod o+x FOLDER  or choose another with --state" >&2
  return 1
}

# must_not_be_in_use FOLDER: a daemon at work there keeps the programs and the configuration that it was started with.
must_not_be_in_use() {
  local lock=$1/state/history/lock
  [ -e "$lock" ] || return 0
  flock --nonblock "$lock" true && return 0
  echo "deploy/run: a schoolgated is at work in $1: stop it first, or choose another folder with --state" >&2
  return 1
}

# write_unless_edited FILE <TEXT: writes it, unless somebody has changed what was written last time.
write_unless_edited() {
  local file=$1 mark="# Written by deploy/run, which leaves the file alone once you have changed it." text written
  text="$(cat)"
  if [ -e "$file" ]; then
    written="$(sed -n '1s/.* Digest: //p' "$file")"
    if [ "$written" != "$(tail -n +2 "$file" | digest)" ]; then
      echo "$file has been changed by hand and stays as it is."
      return 0
    fi
  fi
  printf '%s Digest: %s\n%s\n' "$mark" "$(printf '%s\n' "$text" | digest)" "$text" >"$file.new"
  mv "$file.new" "$file"
}

digest() {
  sha256sum | cut -c 1-16
}

# The starter policy; its lists stay where the installation puts them, so that an update reaches them.
quick_start_policy() {
  sed 's|^source = "\([^/]*\)"|source = "share/schoolgate/starter/\1"|' "$1/share/schoolgate/starter/policy.toml"
}

# quick_start_configuration PORT PAGE_PORT UPSTREAM…
quick_start_configuration() {
  local port=$1 page_port=$2 servers=""
  shift 2
  [ $# -eq 0 ] || servers="$(printf '"%s", ' "$@")"
  cat <<END
[server]
listen = ["127.0.0.1:$port"]
state = "state"
user = "$quick_start_user"

[policy]
file = "policy.toml"

[upstream]
servers = [${servers%, }]

[block]
ipv4 = "127.0.0.1"
page = { http = ["127.0.0.1:$page_port"] }
END
}

# port_of KEY FILE: the port of the first address of `KEY = ["ADDRESS:PORT"…`.
port_of() {
  sed -n "s/.*\<$1 *= *\[\"[^\"]*:\([0-9]*\)\".*/\1/p" "$2" | head -n 1
}

# tell_when_ready FOLDER PID: waits until the daemon with that process id answers, then says what to try.
tell_when_ready() {
  local schoolgate="$1/bin/schoolgate" configuration="$1/schoolgate.toml" daemon=$2 wait_until=$((SECONDS + 60))
  sleep 0.5 # a daemon that cannot start has said so by then
  # Until the filter is built nothing is answered.
  until grep -q '"image": *{"digest": *"[^"]' < <(status_of "$schoolgate" "$configuration") ||
    [ "$SECONDS" -ge "$wait_until" ]; do
    kill -0 "$daemon" 2>/dev/null || return 0
    sleep 0.2
  done
  kill -0 "$daemon" 2>/dev/null || return 0
  tell_what_to_try "$schoolgate" "$configuration" "$daemon"
}

tell_what_to_try() {
  local configuration=$2 daemon=$3 port page_port sudo=""
  port="$(port_of listen "$configuration")"
  page_port="$(port_of http "$configuration")"
  # What the daemon knows is for root and its own user.
  if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_USER:-}" ]; then sudo="sudo "; fi
  local schoolgate config
  schoolgate="$sudo$(printf '%q' "$1")"
  config="--config $(printf '%q' "$configuration")"
  cat <<END

Schoolgate answers on 127.0.0.1:$port. What to try next, in another terminal:

  a blocked name        kdig @127.0.0.1 -p $port +edns gambling.schoolgate.test
  an allowed name       kdig @127.0.0.1 -p $port example.com
  the block page        curl -H 'Host: gambling.schoolgate.test' http://127.0.0.1:$page_port/
  why is it blocked?    $schoolgate check gambling.schoolgate.test $config
  who asked for what?   $schoolgate history search --limit 5 $config
  is all well?          $schoolgate status $config

Groups and rules are in $(dirname "$configuration")/policy.toml; after a change: ${sudo}kill -HUP $daemon
Ctrl-C stops it.
END
  is_answered_upstream "$1" "$configuration" || cat <<END

No upstream answers: filtering works, allowed names get SERVFAIL.
Give one with  deploy/run --upstream udp://ADDRESS
END
}

# is_answered_upstream SCHOOLGATE CONFIGURATION: the daemon asks each server for the root's when it starts.
is_answered_upstream() {
  local wait_until=$((SECONDS + 5))
  while [ "$SECONDS" -lt "$wait_until" ]; do
    case "$(status_of "$1" "$2")" in
      *'"state":"answering"'*) return 0 ;;
      *'"no upstream '*) return 1 ;;
    esac
    sleep 0.2
  done
  return 1
}

status_of() {
  "$1" status --json --config "$2" 2>/dev/null || true
}
