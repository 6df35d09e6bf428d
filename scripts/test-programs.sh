#!/bin/sh
# Brings the Debian packages that tests need and npm cannot bring. Does nothing where they are there; needs root where not,
# and without it says what is missing: the tests that need it are then skipped by name.
#   openssh-server  a real sshd, which `scout ship sftp://…` is tested against
#   openssh-client  sftp, ssh-keygen: what `scout ship sftp://…` calls, and the keys of that test
#   openssl         the certificates of the test control plane
#   docker-registry distribution, as upstream and as pull-through proxy (test/registry/programs.ts unpacks it where root is missing)
#   containerd      containerd and ctr, which pull by what `scout mirrors` prints (the same)
#   bsdutils        script, which gives a test a terminal to type a passphrase at
set -eu

missing=''
need() { # PACKAGE PROGRAM…
  package=$1
  shift
  for program in "$@"; do
    PATH="$PATH:/usr/sbin" command -v "$program" >/dev/null 2>&1 || { missing="$missing $package"; return 0; }
  done
}
need openssh-server sshd
need openssh-client ssh sftp ssh-keygen
need openssl openssl
need docker-registry docker-registry
need containerd containerd ctr
need bsdutils script

[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
  echo "Tests need these Debian packages:$missing" >&2
  echo "Run as root: apt-get install --no-install-recommends$missing" >&2
  exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "Tests need, and there is no apt-get to install it with:$missing" >&2
  exit 0
fi
echo "Installing what tests need:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of words
apt-get install --yes --no-install-recommends --quiet=2 $missing >/dev/null 2>&1 || {
  apt-get update --quiet=2
  apt-get install --yes --no-install-recommends --quiet=2 $missing
}
