# Sourced. What belongs to one named cluster: its folder, its addresses, its cgroup.
#
# Everything that a cluster makes lies in its folder, or in the namespaces of its processes and goes
# away with them. The one thing beside these is its cgroup.

STATE_DIR=${PGROK_STATE:-/var/lib/pgrok}

use_instance() { # <name>
  INSTANCE=$1
  [[ $INSTANCE =~ ^[a-z][a-z0-9-]{0,19}$ ]] ||
    die "cluster name '$INSTANCE': want a lower-case letter, then up to 19 letters, digits or dashes"
  RUN=$STATE_DIR/$INSTANCE
  CGROUP=pgrok-$INSTANCE
  NODE_NAME=$INSTANCE-node
  KUBECONFIG_FILE=$RUN/kubeconfig
}

# Takes the first free number; each number stands for networks of its own, so that clusters coexist.
claim_addresses() {
  local number
  exec 8>"$STATE_DIR/.lock"
  flock 8
  if [ ! -f "$RUN/number" ]; then
    for number in $(seq 0 99); do
      ! grep -qsx "$number" "$STATE_DIR"/*/number && [ -z "$(ip route show root "10.199.$number.0/24")" ] && break
    done
    echo "$number" >"$RUN/number"
  fi
  exec 8>&-
}

load_addresses() {
  local number
  number=$(cat "$RUN/number")
  LINK=pgrok$number # the host's end of the veth pair
  NETWORK=10.199.$number.0/24
  HOST_IP=10.199.$number.1
  NODE_IP=10.199.$number.2
  POD_CIDR=10.198.$number.0/24
  SERVICE_CIDR=10.197.$number.0/24
  API_SERVICE_IP=10.197.$number.1
}

# The node's first process, when it runs. Its executable tells it from a stranger with a recycled pid.
node_pid() {
  local pid
  pid=$(cat "$RUN/node.pid" 2>/dev/null) || return 1
  cat "/proc/$pid/cmdline" 2>/dev/null | tr '\0' ' ' | grep -q "local-cluster/node $INSTANCE " || return 1
  echo "$pid"
}

in_node() { # <command…>: in the node's network, mount and process namespaces
  nsenter --target "$(node_pid)" --net --mount --pid -- "$@"
}

node_kubectl() { "$(program_path kubectl)" --kubeconfig "$KUBECONFIG_FILE" "$@"; }

# cgroup v2 has one hierarchy, v1 one for each controller.
cgroup_roots() {
  if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    echo /sys/fs/cgroup
  else
    find /sys/fs/cgroup -mindepth 1 -maxdepth 1 -type d
  fi
}

make_cgroup() {
  local root
  while read -r root; do
    mkdir -p "$root/$CGROUP/node" "$root/$CGROUP/pods"
    if [ -f "$root/cgroup.subtree_control" ] && [ -s "$root/cgroup.controllers" ]; then
      sed 's/[^ ]*/+&/g' "$root/cgroup.controllers" >"$root/cgroup.subtree_control"
      sed 's/[^ ]*/+&/g' "$root/$CGROUP/cgroup.controllers" >"$root/$CGROUP/cgroup.subtree_control"
    fi
    # v1 starts a cpuset empty, and nothing may run in it before it has processors and memory.
    local file
    for file in cpuset.cpus cpuset.mems; do
      [ ! -f "$root/$file" ] || [ -f "$root/cgroup.controllers" ] || {
        cat "$root/$file" >"$root/$CGROUP/$file"
        cat "$root/$file" >"$root/$CGROUP/node/$file"
        cat "$root/$file" >"$root/$CGROUP/pods/$file"
      }
    done
  done < <(cgroup_roots)
}

join_cgroup() { # the calling process
  local root
  while read -r root; do
    echo "$BASHPID" >"$root/$CGROUP/node/cgroup.procs"
  done < <(cgroup_roots)
}

cgroup_processes() {
  local root
  while read -r root; do
    [ ! -d "$root/$CGROUP" ] || find "$root/$CGROUP" -name cgroup.procs -exec cat {} +
  done < <(cgroup_roots) | sort -un
}

remove_cgroup() {
  local root
  while read -r root; do
    [ ! -d "$root/$CGROUP" ] || find "$root/$CGROUP" -depth -type d -exec rmdir {} \;
  done < <(cgroup_roots)
}

memory_mib() { # of everything that runs in the cluster, file cache left out
  local root=/sys/fs/cgroup
  [ -f "$root/cgroup.controllers" ] || root=$root/memory
  awk '$1 == "total_rss" || $1 == "anon" { print int($2 / 1048576); exit }' "$root/$CGROUP/memory.stat"
}
