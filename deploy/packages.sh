# Sourced by deploy/run and deploy/test: installs what is missing of packages.txt. Needs no network when nothing is.
# shellcheck shell=bash

packages_file="$(dirname "${BASH_SOURCE[0]}")/packages.txt"

# packages_of SECTION…: the packages of these sections, one a line.
packages_of() {
  local section
  for section in "$@"; do
    awk -v wanted="[$section]" '/^\[/ { here = ($0 == wanted); next } here && /^[^#]/' "$packages_file"
  done
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing_packages() {
  local package
  for package in $(packages_of "$@"); do
    is_installed "$package" || echo "$package"
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "cannot run '$*': it needs root, and there is no sudo here" >&2
    return 1
  fi
}

# The tests start NSD, BIND and Knot themselves, as ordinary processes in folders of their own; their packages would also start
# them as this machine's name server, on port 53. The mask keeps systemd from that for good (`systemctl unmask nsd` for whoever
# wants it), and RUNLEVEL=1, where none of them is to run, keeps invoke-rc.d from it where there is no systemd.
keep_stopped() {
  if [ -d /run/systemd/system ]; then
    as_root systemctl --quiet mask "$1.service"
  fi
}

# Right after a machine's first start its own updates hold apt's locks for a while.
lock_patience_seconds=120

# apt-get has no patience of its own for this lock. Old package lists will often do, so a failure is left to the installation.
update_package_lists() {
  local wait_until=$((SECONDS + lock_patience_seconds)) said
  until said="$(as_root env LC_ALL=C apt-get update -q 2>&1)"; do
    [[ "$said" == *"Could not get lock"* && "$SECONDS" -lt "$wait_until" ]] || break
    sleep 2
  done
  echo "$said"
}

# install_packages SECTION…
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  echo "Installing ${missing[*]}"
  case " ${missing[*]} " in *" nsd "*) keep_stopped nsd ;; esac
  case " ${missing[*]} " in *" bind9 "*) keep_stopped named ;; esac
  case " ${missing[*]} " in *" knot "*) keep_stopped knot ;; esac
  if as_root true && { update_package_lists; install_missing "${missing[@]}"; }; then return 0; fi
  echo "Could not install ${missing[*]}: that needs root or sudo, and a network or a Debian mirror that can be reached." >&2
  return 1
}

install_missing() {
  as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout="$lock_patience_seconds" "$@"
}
