# Sourced. Faults for tests: what happens to a pod when its node fails.

# Cuts the pod's address off before anything is killed, so that its peers hear nothing: no FIN, no RST.
# The address stays cut off; Kubernetes gives the pod's successor another one.
crash_pod() { # <namespace> <pod>
  local ip uid
  ip=$(node_kubectl --namespace "$1" get pod "$2" -o 'jsonpath={.status.podIP}')
  uid=$(node_kubectl --namespace "$1" get pod "$2" -o 'jsonpath={.metadata.uid}')
  [ -n "$ip" ] && [ -n "$uid" ] || die "pod $1/$2 has no address yet"
  drop_packets_of "$ip"
  kill_processes_of "$uid"
  node_kubectl --namespace "$1" delete pod "$2" --grace-period=0 --force >/dev/null 2>&1
}

drop_packets_of() { # <pod IP>
  in_node nft -f - <<NFT
table ip pgrok_faults {
  set cut_off { type ipv4_addr; }
  chain forward { type filter hook forward priority raw; policy accept; ip saddr @cut_off drop; ip daddr @cut_off drop; }
  chain output { type filter hook output priority raw; policy accept; ip daddr @cut_off drop; }
  chain input { type filter hook input priority raw; policy accept; ip saddr @cut_off drop; }
}
add element ip pgrok_faults cut_off { $1 }
NFT
}

kill_processes_of() { # <pod uid>
  local root pids
  pids=$(while read -r root; do
    find "$root/$CGROUP/pods" -path "*pod$1*" -name cgroup.procs -exec cat {} + 2>/dev/null || true
  done < <(cgroup_roots) | sort -un)
  # shellcheck disable=SC2086 # one argument each
  [ -z "$pids" ] || kill -KILL $pids 2>/dev/null || true
}
