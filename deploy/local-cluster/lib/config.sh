# Sourced. The configuration files of the node's processes.

write_configs() { # <image of the pod sandbox>
  mkdir -p "$RUN"/{config/cni,logs,kubelet,pod-logs,cni-state}
  write_containerd_config "$1"
  write_cni_config
  write_kubelet_config
  write_corefile
  # Pods get the cluster's names only; what runs here must not depend on the world outside.
  echo "nameserver $NODE_IP" >"$RUN/config/resolv.conf"
}

cni_plugins() {
  local folder
  for folder in /usr/lib/cni /opt/cni/bin /usr/libexec/cni; do
    [ ! -x "$folder/ptp" ] || { echo "$folder" && return; }
  done
}

write_containerd_config() { # <image of the pod sandbox>
  cat >"$RUN/config/containerd.toml" <<TOML
version = 2
root = "$RUN/containerd"
state = "$RUN/containerd-state"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.internal.v1.opt"]

[grpc]
  address = "$RUN/containerd.sock"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/$1"
  # Root without CAP_SYS_RESOURCE may not lower a score; runc would die on it.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$(cni_plugins)"
    conf_dir = "$RUN/config/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
TOML
}

# Point to point rather than a bridge: every packet between pods is routed by the node, so that
# Services work without the br_netfilter module, and a pod can be cut off with one nftables rule.
write_cni_config() {
  cat >"$RUN/config/cni/10-pgrok.conflist" <<JSON
{
  "cniVersion": "1.0.0",
  "name": "pgrok",
  "plugins": [
    {
      "type": "ptp",
      "ipam": {
        "type": "host-local",
        "dataDir": "$RUN/cni-state",
        "ranges": [[{"subnet": "$POD_CIDR"}]],
        "routes": [{"dst": "0.0.0.0/0"}]
      }
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
JSON
}

write_kubelet_config() {
  cat >"$RUN/config/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $RUN/pki/ca.crt}
authorization: {mode: Webhook}
containerRuntimeEndpoint: unix://$RUN/containerd.sock
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP/pods
failSwapOn: false
clusterDomain: cluster.local
clusterDNS: [$NODE_IP]
resolvConf: $RUN/config/resolv.conf
podLogsDir: $RUN/pod-logs
volumePluginDir: $RUN/kubelet/volume-plugins
# The disk is the machine's: it may well be full, and is not this cluster's to clean.
evictionHard: {memory.available: "50Mi", nodefs.available: "0%", nodefs.inodesFree: "0%", imagefs.available: "0%"}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
serializeImagePulls: false
oomScoreAdj: 0
YAML
}

write_corefile() {
  cat >"$RUN/config/Corefile" <<COREFILE
.:53 {
    bind $NODE_IP
    errors
    ready 127.0.0.1:8181
    kubernetes cluster.local in-addr.arpa {
        kubeconfig $RUN/pki/coredns.kubeconfig
        ttl 2
    }
    cache 2
}
COREFILE
}

# Grants CoreDNS what it reads. Everything else has its role in Kubernetes already.
coredns_rbac() {
  cat <<'YAML'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: pgrok-local-coredns}
rules:
  - {apiGroups: [""], resources: [services, pods, namespaces], verbs: [list, watch]}
  - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: pgrok-local-coredns}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: pgrok-local-coredns}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: coredns}]
YAML
}
