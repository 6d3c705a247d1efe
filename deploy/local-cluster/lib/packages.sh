# Sourced. What the local cluster needs from the system.

# A program of each package, by which its presence is known.
declare -A PACKAGE_PROGRAMS=(
  [containerd]=containerd [runc]=runc [containernetworking-plugins]=/usr/lib/cni/ptp [nftables]=nft
  [iptables]=iptables [iproute2]=ip [socat]=socat
  [openssl]=openssl [util-linux]=nsenter [curl]=curl
)

require_root() {
  [ "$(uname -s)" = Linux ] || die "the local cluster runs on Linux only. With Docker, ./quickstart uses K3s in a container instead."
  [ "$(id -u)" = 0 ] || die "the local cluster needs root: it makes network namespaces, mounts and cgroups.
Run the same command with sudo, or name a cluster of yours: PGROK_CLUSTER=<kubeconfig file>, or install Docker."
}

missing_packages() {
  local package program
  for package in "${!PACKAGE_PROGRAMS[@]}"; do
    program=${PACKAGE_PROGRAMS[$package]}
    PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || [ -x "$program" ] || echo "$package"
  done | sort
}

can_install_packages() {
  command -v apt-get >/dev/null ||
    die "the local cluster needs these Debian packages, or what your system calls them: $(missing_packages | paste -sd ' ')"
}

require_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  can_install_packages
  say "installing Debian packages that a Kubernetes node needs: ${missing[*]}"
  apt_install "${missing[@]}" || die "apt-get could not install: ${missing[*]}"
}

apt_install() {
  local log
  log=$(mktemp)
  # A package may start its service; the cluster runs its own containerd and wants no other.
  if ! { DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}
