# Shared by scripts/demo, scripts/test, .ci/run and Benchmarks: what a machine must have, and how we build.
# Sourced, never run. The caller has set `set -euo pipefail`.
#
#   need_packages NAME…     Debian packages that are missing get installed, without starting any daemon
#   need_swift              says what to do when there is no toolchain
#   resolve [FLAG…]         Swift packages, tried three times: networks hiccup
#   build_release           the binary that users and benchmarks run
# shellcheck shell=bash disable=SC2034

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# What the build itself needs.
build_packages=(libevent-dev pkg-config)

# Release builds carry the Swift library with them: one file to copy, and no time lost in the dynamic linker.
release_flags=(--configuration release --product brownout --static-swift-stdlib)

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "error: $*"
    exit 1
}

as_root() {
    if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

can_be_root() {
    ((EUID == 0)) || { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; }
}

# Those of the given Debian packages that are not installed, one a line.
missing_packages() {
    local package status
    for package; do
        status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
        [[ $status == installed ]] || printf '%s\n' "$package"
    done
}

need_packages() {
    command -v dpkg-query >/dev/null || die "this is no Debian or Ubuntu; install by hand what stands for: $*"
    local missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    if ! command -v apt-get >/dev/null || ! can_be_root; then
        die "missing packages, and neither root nor sudo to install them. Run: apt-get install ${missing[*]}"
    fi
    say "installing ${missing[*]}"
    # A subshell, so that its EXIT trap gives the machine back however the installation ends.
    (install_without_starting_daemons "${missing[@]}") ||
        die "could not install ${missing[*]}. Run by hand: apt-get update && apt-get install ${missing[*]}"
}

# Debian starts what it installs (nginx, Redis, PostgreSQL) unless /usr/sbin/policy-rc.d says 101. Ours does for
# as long as the installation takes; one that was there before comes back afterwards, also after a kill in between.
policy=/usr/sbin/policy-rc.d
kept_policy=$policy.kept-by-brownout

install_without_starting_daemons() {
    trap forbid_no_more EXIT
    trap 'exit 130' INT TERM
    forbid_daemons
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@" >&2
}

forbid_daemons() {
    if [[ -e $policy && ! -e $kept_policy ]]; then as_root mv "$policy" "$kept_policy"; fi
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
}

forbid_no_more() {
    as_root rm -f "$policy"
    if [[ -e $kept_policy ]]; then as_root mv "$kept_policy" "$policy"; fi
}

need_swift() {
    command -v swift >/dev/null || die "no Swift toolchain in PATH. Brownout builds with Swift 6.2 or newer: https://swift.org/install"
}

# Up to three times, a little later each time.
retry() {
    local attempt
    for attempt in 1 2; do
        "$@" && return 0
        say "attempt $attempt of 3 failed: $*"
        sleep $((attempt * 5))
    done
    "$@"
}

# Takes the flags of the build that follows, if it has a build folder of its own.
# shellcheck disable=SC2120
resolve() {
    retry swift package "$@" resolve >&2 || die "the Swift packages could not be fetched"
}

build_release() {
    need_swift
    need_packages "${build_packages[@]}"
    resolve
    swift build "${release_flags[@]}" >&2 || die "the release build failed"
}
